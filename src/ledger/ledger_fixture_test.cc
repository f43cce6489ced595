#include "ledger/ledger_fixture.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

namespace olivine::ledger_test {

namespace {
int keep_first(void* text, int columns, char** values, char**) {
  if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(text) = values[0];
  return 1;  // one row is enough
}
}  // namespace

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::string sound_ledger(const Directory& directory) {
  const std::string path = directory.file("sound.sqlite");
  const auto ledger = open_ledger(path).value();
  for (int n = 0; n < 3; ++n) {
    const RunStart start = run_start(n);
    EXPECT_TRUE(ledger->begin_run(start));
    for (std::int64_t b = 0; b < 20; ++b) EXPECT_TRUE(ledger->append(start.run_id, batch_of(b)));
    EXPECT_TRUE(ledger->end_run(start.run_id, run_end(n)));
  }
  EXPECT_EQ(outside_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)"), "");
  return path;
}

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
