#include "ledger/ledger_fixture.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace olivine::ledger_test {

namespace {
int keep_first(void* text, int columns, char** values, char**) {
  if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(text) = values[0];
  return 1;  // one row is enough
}
}  // namespace

std::string outside_sql(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
  std::string text = code == SQLITE_OK ? "" : sqlite3_errmsg(handle);
  sqlite3_close(handle);
  return text;
}

std::string outside_answer(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  sqlite3_open(path.c_str(), &handle);
  std::string text;
  sqlite3_exec(handle, sql.c_str(), &keep_first, &text, nullptr);
  sqlite3_close(handle);
  return text;
}

TEST(LedgerFixture, SpeaksSql) {
  const Directory directory;
  EXPECT_EQ(outside_sql(directory.file(), "CREATE TABLE t(x); INSERT INTO t VALUES(7)"), "");
  EXPECT_EQ(outside_answer(directory.file(), "SELECT x FROM t"), "7");
  EXPECT_NE(outside_sql(directory.file(), "SELECT y FROM t"), "");
}

}  // namespace olivine::ledger_test
