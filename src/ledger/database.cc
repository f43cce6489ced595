#include "ledger/database.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/text.h"

namespace olivine {

namespace {
constexpr int kMaxValueBytes = 64 << 20;
constexpr std::size_t kLongestDetail = 300;  // SQLite quotes what it finds in a damaged file

// Settings of every connection. trusted_schema: functions in a foreign schema may not run; secure_delete: what `rm`
// removes is overwritten, not only unlinked.
constexpr const char* kConnectionSql =
    "PRAGMA mmap_size=0; PRAGMA cache_size=-256; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
    "PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;";

std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

ErrorKind kind_of_errno(int error_number) { return error_from_errno(error_number, "").kind; }

// What a code means for the caller, and what the user can do about it.
struct Meaning {
  ErrorKind kind;
  const char* advice;
};

Meaning meaning_of(int code, int error_number) {
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
    return {ErrorKind::kTransient, "the disk is full; free some space and it goes on"};
  }
  if (code == SQLITE_READONLY_DBMOVED) {
    return {ErrorKind::kGone, "the file was moved or deleted while it was open; start the command again"};
  }
  switch (code & 0xff) {
    case SQLITE_FULL: return {ErrorKind::kTransient, "the disk is full; free some space and it goes on"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {ErrorKind::kTransient, "another process is writing to it; try again"};
    case SQLITE_PROTOCOL: return {ErrorKind::kTransient, "file locking does not settle; try again"};
    case SQLITE_IOERR: return {ErrorKind::kTransient, "the disk or file system failed; look at dmesg"};
    case SQLITE_NOMEM: return {ErrorKind::kTransient, "memory is short; try again"};
    case SQLITE_INTERRUPT: return {ErrorKind::kTransient, "interrupted; try again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::kPermission, "it cannot be written; make the file and its directory writable (chmod u+w)"};
    case SQLITE_CANTOPEN:
      return {error_number == 0 ? ErrorKind::kPermission : kind_of_errno(error_number),
              "it cannot be opened; check the permissions of the file and its directory"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::kCorrupt,
              "the file is damaged or no ledger; it is left as it is: move it away to start a new one"};
    case SQLITE_TOOBIG: return {ErrorKind::kInvalid, "a value is larger than 64 MiB"};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::kInternal, "it refuses what breaks its rules; this is a bug in olivine, please report it"};
    default: return {ErrorKind::kInternal, "this is a bug in olivine; please report it"};
  }
}
}  // namespace

// SQLite's own waiting grows to 100 ms a step and starves one of many writers; short steps with a spread do not.
int Database::wait_while_busy(void* state, int count) {
  auto& wait = *static_cast<BusyWait*>(state);
  if (count == 0) wait.waited_us = 0;
  if (wait.waited_us >= wait.limit_us) return 0;
  const std::int64_t step_us = std::min<std::int64_t>(300 + 200 * (count % 7) + 100 * std::min(count, 40), 5000);
  std::this_thread::sleep_for(std::chrono::microseconds(step_us));
  wait.waited_us += step_us;
  return 1;
}

Result<std::unique_ptr<Database>> Database::open(const Options& options) {
  std::unique_ptr<Database> database(new Database(options.path));
  std::string name = options.path;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (options.mode) {
    case Mode::kReadWrite: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::kReadOnly: flags |= SQLITE_OPEN_READONLY; break;
    case Mode::kImmutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      name = uri_of(options.path);
      break;
    case Mode::kMemory:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
      name = ":memory:";
      break;
  }
  const int code = sqlite3_open_v2(name.c_str(), &database->handle_, flags, nullptr);
  if (code != SQLITE_OK) return tl::unexpected<Error>(database->error(code));
  OLIVINE_CHECK_STATUS(database->configure(options));
  return database;
}

Status Database::configure(const Options& options) {
  wait_at_most(options.busy_timeout);
  sqlite3_busy_handler(handle_, wait_while_busy, &busy_wait_);
  sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);  // a ledger has none
  return execute(kConnectionSql);
}

Database::~Database() {
  if (handle_ != nullptr) sqlite3_close_v2(handle_);
}

Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected<Error>(error(code));
  return {};
}

Result<std::string> Database::ask(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
  std::string answer;
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (code == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, 0);
    if (text != nullptr) answer = reinterpret_cast<const char*>(text);
    code = SQLITE_DONE;
  }
  if (code != SQLITE_DONE) {
    const Error failure = error(code);
    sqlite3_finalize(statement);
    return tl::unexpected<Error>(failure);
  }
  sqlite3_finalize(statement);
  return answer;
}

Error Database::error(int code) const {
  return error(code, handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code));
}

Error Database::error(int code, std::string_view detail) const {
  const int primary = code & 0xff;
  const bool from_system = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
  const int error_number = from_system && handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
  const Meaning meaning = meaning_of(code, error_number);
  std::string text(detail);
  if (error_number != 0) text += fmt::format(", {}", std::strerror(error_number));
  return Error{meaning.kind, fmt::format("ledger {}: {} ({}, SQLite code {})", path_, meaning.advice,
                                         printable(text.substr(0, kLongestDetail)), code)};
}

Error Database::damaged(std::string_view what) const {
  return Error{ErrorKind::kCorrupt,
               fmt::format("ledger {}: {}; the file is damaged: restore a copy, or move it away to start a new one",
                           path_, printable(what))};
}

bool Database::busy() const {
  const int code = sqlite3_errcode(handle_) & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

bool Database::writable() const { return sqlite3_db_readonly(handle_, "main") == 0; }

void Database::wait_at_most(Duration limit) { busy_wait_.limit_us = std::max<std::int64_t>(0, limit.ns / 1000); }

void Database::wait(Duration step) const { std::this_thread::sleep_for(std::chrono::nanoseconds(step.ns)); }

Result<Transaction> Transaction::begin(Database& database) {
  OLIVINE_CHECK_STATUS(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Result<Transaction> Transaction::begin_reading(Database& database) {
  OLIVINE_CHECK_STATUS(database.execute("BEGIN"));
  return Transaction(database);
}

Status Transaction::commit() {
  OLIVINE_CHECK_STATUS(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself; a second ROLLBACK would only be refused.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->handle()) == 0) {
    sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace olivine
