#include "grid/features/store_file.h"

#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace olivine::features {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr std::int64_t kSchemaVersion = 1;

// One statement a line of thought: definitions; rows that the online side keeps; materialised features and how far they
// reach; snapshots. Cells are the doubles of a row as bytes, null is NaN.
constexpr const char* kSchemaSql =
    "CREATE TABLE IF NOT EXISTS view(number INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL,"
    " hash TEXT NOT NULL, definition TEXT NOT NULL, applied_ns INTEGER NOT NULL, UNIQUE(name, version)) STRICT;"
    "CREATE TABLE IF NOT EXISTS online_row(view INTEGER NOT NULL, entity TEXT NOT NULL, event_ns INTEGER NOT NULL,"
    " ingest_ns INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY(view, entity, event_ns, ingest_ns)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE IF NOT EXISTS online_state(view INTEGER NOT NULL, entity TEXT NOT NULL, last_ingest_ns INTEGER NOT "
    "NULL,"
    " kept_after_ns INTEGER NOT NULL, PRIMARY KEY(view, entity)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS feature_row(view INTEGER NOT NULL, time_ns INTEGER NOT NULL, entity TEXT NOT NULL,"
    " cells BLOB NOT NULL, PRIMARY KEY(view, time_ns, entity)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS watermark(view INTEGER PRIMARY KEY, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,"
    " step_ns INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS snapshot(name TEXT PRIMARY KEY, hash TEXT NOT NULL, recipe TEXT NOT NULL,"
    " content TEXT NOT NULL, made_ns INTEGER NOT NULL) STRICT;";

ErrorKind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM: return ErrorKind::kTransient;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return ErrorKind::kPermission;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::kCorrupt;
    case SQLITE_TOOBIG: return ErrorKind::kInvalid;
    default: return ErrorKind::kInternal;
  }
}

Status make_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (directory.empty() || std::filesystem::is_directory(directory, error)) return {};
  std::filesystem::create_directories(directory, error);
  if (error) return tl::unexpected<Error>(error_from_errno(error.value(), "making " + directory.string()));
  ::chmod(directory.c_str(), 0700);
  return {};
}

// A version of the tables that is not ours is left alone.
Status prepare(StoreFile& file) {
  std::int64_t version = 0;
  {
    OLIVINE_TRY(Query query, Query::of(file, "PRAGMA user_version"));
    OLIVINE_TRY(const bool row, query.next());
    if (row) version = query.integer(0);
  }
  if (version == kSchemaVersion) return {};
  if (version != 0)
    return fail(ErrorKind::kUnsupported,
                fmt::format("feature store {}: version {} of a newer Olivine; this one reads version {}", file.path(),
                            version, kSchemaVersion));
  OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file));
  OLIVINE_CHECK_STATUS(file.execute(kSchemaSql));
  OLIVINE_CHECK_STATUS(file.execute(fmt::format("PRAGMA user_version={}", kSchemaVersion)));
  return transaction.commit();
}

}  // namespace

Result<std::unique_ptr<StoreFile>> StoreFile::open(const std::string& path) {
  OLIVINE_CHECK_STATUS(make_directory_of(path));
  std::unique_ptr<StoreFile> file(new StoreFile(path));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (const int code = sqlite3_open_v2(path.c_str(), &file->handle_, flags, nullptr); code != SQLITE_OK)
    return tl::unexpected<Error>(file->error(code));
  sqlite3_busy_timeout(file->handle_, kBusyTimeoutMs);
  sqlite3_db_config(file->handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(file->handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  OLIVINE_CHECK_STATUS(file->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
  OLIVINE_CHECK_STATUS(prepare(*file));
  return file;
}

StoreFile::~StoreFile() { sqlite3_close_v2(handle_); }

Status StoreFile::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status{} : Status(tl::unexpected<Error>(error(code)));
}

Error StoreFile::error(int code) const {
  std::string text = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  std::replace(text.begin(), text.end(), '\n', ' ');
  const ErrorKind kind = kind_of(code);
  const char* advice = kind == ErrorKind::kTransient    ? "try again when the disk or the other writer allows"
                       : kind == ErrorKind::kPermission ? "make the file and its directory writable (chmod u+w)"
                       : kind == ErrorKind::kCorrupt
                           ? "it is damaged or no feature store; move it away to start a new one"
                           : "please report this";
  return Error{kind, fmt::format("feature store {}: {} (SQLite code {}); {}", path_, text, code, advice)};
}

Result<Query> Query::of(StoreFile& file, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v2(file.handle(), sql, -1, &handle, nullptr);
  if (code != SQLITE_OK) return tl::unexpected<Error>(file.error(code));
  return Query(file, handle);
}

Query::Query(Query&& other) noexcept
    : file_(other.file_), handle_(other.handle_), bound_(other.bound_), failed_(other.failed_) {
  other.handle_ = nullptr;
}

Query::~Query() { sqlite3_finalize(handle_); }

void Query::keep(int code) {
  if (failed_ == SQLITE_OK) failed_ = code;
}

Query& Query::bind(std::int64_t value) {
  keep(sqlite3_bind_int64(handle_, ++bound_, value));
  return *this;
}

Query& Query::bind(std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  keep(sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Query& Query::bind(std::span<const double> cells) {
  static const double nothing = 0.0;  // a null pointer would bind NULL
  keep(sqlite3_bind_blob64(handle_, ++bound_, cells.empty() ? &nothing : cells.data(), cells.size_bytes(),
                           SQLITE_STATIC));
  return *this;
}

Result<bool> Query::next() {
  const int code = failed_ != SQLITE_OK ? failed_ : sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  bound_ = 0;
  failed_ = SQLITE_OK;
  if (code != SQLITE_DONE) {
    const Error failure = file_->error(code);
    sqlite3_reset(handle_);
    return tl::unexpected<Error>(failure);
  }
  sqlite3_reset(handle_);
  return false;
}

Status Query::run() {
  while (true) {
    OLIVINE_TRY(const bool row, next());
    if (!row) return {};
  }
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return data == nullptr ? std::string()
                         : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::vector<double> Query::cells(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  std::vector<double> values(static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)) / sizeof(double));
  if (!values.empty()) std::memcpy(values.data(), data, values.size() * sizeof(double));
  return values;
}

Result<StoreTransaction> StoreTransaction::begin(StoreFile& file) {
  OLIVINE_CHECK_STATUS(file.execute("BEGIN IMMEDIATE"));
  return StoreTransaction(file);
}

Status StoreTransaction::commit() {
  OLIVINE_CHECK_STATUS(file_->execute("COMMIT"));
  file_ = nullptr;
  return {};
}

StoreTransaction::~StoreTransaction() {
  if (file_ != nullptr && sqlite3_get_autocommit(file_->handle()) == 0)
    sqlite3_exec(file_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace olivine::features
