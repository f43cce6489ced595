// Statement: one prepared SQL statement, prepared once and used again; StatementUse resets it after each use.
//
//   OLIVINE_TRY(StatementUse insert, StatementUse::of(statement, database, kInsertGapSql));
//   insert.bind(run_number); insert.bind("reset");       // parameters ?1, ?2 in order
//   OLIVINE_CHECK_STATUS(insert.run());                  // a statement without rows
//   while (true) { OLIVINE_TRY(bool row, query.next()); if (!row) break; query.integer(0); }
//
// Units: none. Errors: of binding are kept and said by next() or run(). Threads: one. Lifetime: a use ends before its
// statement, a statement before its database; texts and blobs bound must live until the use ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/database.h"

struct sqlite3_stmt;

namespace olivine {

class Statement {
 public:
  Statement() = default;
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

 private:
  friend class StatementUse;
  sqlite3_stmt* handle_ = nullptr;
};

class StatementUse {
 public:
  static Result<StatementUse> of(Statement& statement, Database& database, const char* sql);
  StatementUse(StatementUse&& other) noexcept;
  StatementUse& operator=(StatementUse&&) = delete;
  ~StatementUse();

  void bind(std::int64_t value);
  void bind(std::string_view text);
  void bind_blob(std::string_view bytes);
  void bind_null();
  template <class T>
  void bind_optional(const std::optional<T>& value) {
    if (value) {
      bind(static_cast<std::int64_t>(*value));
    } else {
      bind_null();
    }
  }
  Status run();         // steps to the end, then ready to be bound again
  Result<bool> next();  // true: a row is there

  std::int64_t integer(int column) const;
  std::string text(int column) const;  // text or blob
  bool is_null(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  StatementUse(sqlite3_stmt* handle, Database& database) : handle_(handle), database_(&database) {}
  void keep(int code);

  sqlite3_stmt* handle_;
  Database* database_;
  int bound_ = 0;
  int failed_ = 0;
};

}  // namespace olivine
