// StoreFile: the SQLite file behind the feature store, and Query, one prepared statement.
//
// The ledger has a wrapper of its own with other needs (many writers, hostile files, 256 KiB of cache); grid stands below
// the ledger and cannot use it (docs/adr/0015). Write-ahead log, one writer; every change is one transaction, so that a
// killed process leaves the state before or after it and nothing between.
//
// Units: none. Errors: kTransient (locked, disk full), kPermission, kCorrupt, kInternal; each names the file.
// Threads: one user. Lifetime: queries and transactions end before the file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace olivine::features {

class StoreFile {
 public:
  // Makes the directory (0700) and the file where missing, and brings its tables up to date.
  static Result<std::unique_ptr<StoreFile>> open(const std::string& path);
  ~StoreFile();
  StoreFile(const StoreFile&) = delete;
  StoreFile& operator=(const StoreFile&) = delete;

  Status execute(const std::string& sql);
  Error error(int code) const;
  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }

 private:
  explicit StoreFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
  sqlite3* handle_ = nullptr;
};

class Query {
 public:
  static Result<Query> of(StoreFile& file, const char* sql);
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();
  // Parameters ?1, ?2 in order; texts and bytes must live until the query has run.
  Query& bind(std::int64_t value);
  Query& bind(std::string_view text);
  Query& bind(std::span<const double> cells);  // as bytes
  Result<bool> next();                         // true: a row is there; false: at the end, and ready to be bound again
  Status run();                                // steps to the end
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::vector<double> cells(int column) const;

 private:
  Query(StoreFile& file, sqlite3_stmt* handle) : file_(&file), handle_(handle) {}
  void keep(int code);
  StoreFile* file_;
  sqlite3_stmt* handle_;
  int bound_ = 0, failed_ = 0;
};

// BEGIN IMMEDIATE ... COMMIT; rolls back when it goes out of scope uncommitted.
class StoreTransaction {
 public:
  static Result<StoreTransaction> begin(StoreFile& file);
  StoreTransaction(StoreTransaction&& other) noexcept : file_(other.file_) { other.file_ = nullptr; }
  StoreTransaction& operator=(StoreTransaction&&) = delete;
  ~StoreTransaction();
  Status commit();

 private:
  explicit StoreTransaction(StoreFile& file) : file_(&file) {}
  StoreFile* file_;
};

}  // namespace olivine::features
