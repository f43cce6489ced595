// Database: one SQLite connection with the settings that every ledger needs, and its errors as values.
//
// The settings: no memory mapping, a page cache of 256 KiB (the whole program stays within 8 MB), cell sizes checked,
// the schema of the file not trusted, defensive mode on, values limited to 64 MiB. No checkpoint on close: that would
// cost two fsyncs at the end of every `olivine run`; the file with its -wal is complete and the next writer goes on.
//
// Units: none. Errors: error() turns SQLite's codes into kinds and says what to do; a failed call leaves the connection
// usable. Threads: one user (opened without mutexes). Lifetime: statements and transactions end before the database.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;

namespace olivine {

class Database {
 public:
  enum class Mode {
    kReadWrite,  // the file exists; nothing is created but SQLite's side files
    kReadOnly,   // shares the file with writers
    kImmutable,  // nobody writes and no side file can be made: a read-only directory
    kMemory,     // tests
  };
  struct Options {
    std::string path;  // absolute, so that SQLite never reads it as a URI
    Mode mode = Mode::kReadWrite;
    Duration busy_timeout = seconds(2);
  };
  static Result<std::unique_ptr<Database>> open(const Options& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Status execute(const std::string& sql);           // any number of statements without rows
  Result<std::string> ask(const std::string& sql);  // first column of the first row as text, "" without a row
  Error error(int code) const;                      // of the call that just failed with `code`
  Error error(int code, std::string_view detail) const;
  Error damaged(std::string_view what) const;  // kCorrupt, names the file
  bool busy() const;                           // the last error was another's lock
  bool writable() const;                       // SQLite opens a read-only file without a word
  void wait_at_most(Duration limit);           // from now on, for another's lock
  void wait(Duration step) const;              // sleeps, for a caller that tries again
  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }

 private:
  struct BusyWait {
    std::int64_t limit_us = 0;
    std::int64_t waited_us = 0;
  };
  static int wait_while_busy(void* state, int count);
  explicit Database(std::string path) : path_(std::move(path)) {}
  Status configure(const Options& options);

  std::string path_;
  sqlite3* handle_ = nullptr;
  BusyWait busy_wait_;
};

// BEGIN IMMEDIATE ... COMMIT; rolls back when it goes out of scope uncommitted, so a failed write leaves nothing.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  static Result<Transaction> begin_reading(Database& database);  // one view of the file over several queries
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace olivine
