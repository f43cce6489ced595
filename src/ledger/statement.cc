#include "ledger/statement.h"

#include <sqlite3.h>

namespace olivine {

Statement::~Statement() { sqlite3_finalize(handle_); }

Result<StatementUse> StatementUse::of(Statement& statement, Database& database, const char* sql) {
  if (statement.handle_ == nullptr) {
    const int code =
        sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement.handle_, nullptr);
    if (code != SQLITE_OK) return tl::unexpected<Error>(database.error(code));
  }
  return StatementUse(statement.handle_, database);
}

StatementUse::StatementUse(StatementUse&& other) noexcept
    : handle_(other.handle_), database_(other.database_), bound_(other.bound_), failed_(other.failed_) {
  other.handle_ = nullptr;
}

StatementUse::~StatementUse() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void StatementUse::keep(int code) {
  if (failed_ == SQLITE_OK) failed_ = code;
}

void StatementUse::bind(std::int64_t value) { keep(sqlite3_bind_int64(handle_, ++bound_, value)); }

void StatementUse::bind(std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();  // a null pointer would bind NULL
  keep(sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void StatementUse::bind_blob(std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  keep(sqlite3_bind_blob64(handle_, ++bound_, data, bytes.size(), SQLITE_STATIC));
}

void StatementUse::bind_null() { keep(sqlite3_bind_null(handle_, ++bound_)); }

Result<bool> StatementUse::next() {
  if (failed_ != SQLITE_OK) return tl::unexpected<Error>(database_->error(failed_, sqlite3_errstr(failed_)));
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected<Error>(database_->error(code));
}

Status StatementUse::run() {
  while (true) {
    OLIVINE_TRY(const bool row, next());
    if (!row) break;
  }
  sqlite3_reset(handle_);
  bound_ = 0;
  return {};
}

std::int64_t StatementUse::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string StatementUse::text(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);  // raw bytes of a text, without conversion
  const int size = sqlite3_column_bytes(handle_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool StatementUse::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::optional<std::int64_t> StatementUse::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

}  // namespace olivine
