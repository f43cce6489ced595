// What a ledger does when its file is not what it should be.
#include <gtest/gtest.h>

#include <fstream>

#include "base/prng.h"
#include "ledger/database.h"
#include "ledger/ledger_fixture.h"
#include "ledger/schema.h"

namespace olivine {
namespace {

using namespace ledger_test;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The file alone: a log that was left beside it would mend it again.
void write_ledger(const std::string& path, const std::string& content) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  write_file(path, content);
}

TEST(LedgerDamage, RefusesANewerSchemaAndLeavesItAlone) {
  const Directory directory;
  const std::string path = sound_ledger(directory);
  ASSERT_EQ(
      outside_sql(path, "UPDATE meta SET value = '2' WHERE key = 'schema_version'; PRAGMA wal_checkpoint(TRUNCATE)"),
      "");
  const std::string before = content_of(path);
  for (const auto& ledger : {open_ledger(path), Ledger::open_read_only(path)}) {
    ASSERT_FALSE(ledger);
    EXPECT_EQ(ledger.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(ledger.error().message.find("version 2"), std::string::npos) << ledger.error().message;
    EXPECT_NE(ledger.error().message.find(path), std::string::npos);
  }
  EXPECT_EQ(content_of(path), before);
}

TEST(LedgerDamage, RefusesWhatIsNoLedgerAndLeavesItAlone) {
  const Directory directory;
  const std::string path = directory.file();
  for (const std::string& content :
       {std::string("dear diary\n"), std::string(100'000, 'x'), std::string("SQLite format 3\0", 16),
        std::string("SQLite format 3\0", 16) + std::string(5000, '\7')}) {
    write_file(path, content);
    for (const auto& ledger : {open_ledger(path), Ledger::open_read_only(path)}) {
      ASSERT_FALSE(ledger);
      EXPECT_EQ(ledger.error().kind, ErrorKind::kCorrupt) << ledger.error().message;
      EXPECT_NE(ledger.error().message.find(path), std::string::npos);
      EXPECT_EQ(ledger.error().message.find('\n'), std::string::npos);
    }
    EXPECT_EQ(content_of(path), content);
  }
  std::filesystem::remove(path);
  ASSERT_EQ(outside_sql(path, "CREATE TABLE mails(text)"), "");
  const std::string before = content_of(path);
  for (const auto& ledger : {open_ledger(path), Ledger::open_read_only(path)}) {
    ASSERT_FALSE(ledger);
    EXPECT_EQ(ledger.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(ledger.error().message.find("another program"), std::string::npos) << ledger.error().message;
  }
  EXPECT_EQ(content_of(path), before);
}

TEST(LedgerDamage, RefusesTablesThatAreNotOurs) {
  for (const char* sql :
       {"DROP TRIGGER energy_fact_delete; DROP TRIGGER energy_fact_update; DROP TABLE energy_fact",
        "DROP TRIGGER energy_fact_delete; DROP TRIGGER energy_fact_update; DROP TABLE energy_fact;"
        "CREATE VIEW energy_fact AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "ALTER TABLE run ADD COLUMN mine INTEGER", "DROP TABLE meta"}) {
    const Directory directory;
    const std::string path = sound_ledger(directory);
    ASSERT_EQ(outside_sql(path, sql), "");
    for (const auto& ledger : {open_ledger(path), Ledger::open_read_only(path)}) {
      ASSERT_FALSE(ledger) << sql;
      EXPECT_EQ(ledger.error().kind, ErrorKind::kCorrupt) << ledger.error().message;
    }
  }
}

TEST(LedgerDamage, ALostGuardIsAFault) {
  const Directory directory;
  const std::string path = sound_ledger(directory);
  ASSERT_EQ(outside_sql(path, "DROP TRIGGER energy_fact_update; CREATE TABLE extra(x)"), "");
  const auto faults = Ledger::open_read_only(path).value()->check().value();
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0], "schema: extra is not of olivine");
  EXPECT_EQ(faults[1], "schema: energy_fact_update is missing");
}

// SQLite tells of a damaged tree in several lines, and ids may hold anything.
TEST(LedgerDamage, EveryFaultIsOneHarmlessLine) {
  const Directory directory;
  const std::string path = sound_ledger(directory);
  ASSERT_EQ(outside_sql(path,
                        "DROP TRIGGER run_identity; UPDATE run SET run_id = char(10, 27) || 'x' WHERE number = 1;"
                        "PRAGMA wal_checkpoint(TRUNCATE)"),
            "");
  std::string bytes = content_of(path);
  const auto page = static_cast<std::size_t>(std::stoi(outside_answer(path, "PRAGMA page_size")));
  const auto root = static_cast<std::size_t>(
      std::stoi(outside_answer(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'gap_fact'")));
  bytes[(root - 1) * page + 3] = '\x7f';  // cells in the page
  write_ledger(path, bytes);
  const auto faults = Ledger::open_read_only(path).value()->check().value();
  EXPECT_GE(faults.size(), 4U);
  for (const std::string& fault : faults) EXPECT_EQ(fault.find_first_of("\n\x1b"), std::string::npos) << fault;
  const auto open = open_ledger(path).value();
  const std::string id = "\n\x1bx";
  for (const Status& status :
       {open->append("\n\n", batch_of(1)), open->append(id, batch_of(1)), open->end_run(id, run_end(5)),
        open->remove(std::string(9'999, '\n'), {1}), open->begin_run(run_start(1))}) {
    if (status) continue;
    EXPECT_EQ(status.error().message.find_first_of("\n\x1b"), std::string::npos);
    EXPECT_LT(status.error().message.size(), 600U);
  }
}

TEST(LedgerDamage, FlippedBitsNeverCrashAndAreReported) {
  const Directory directory;
  const std::string sound = content_of(sound_ledger(directory));
  const std::string path = directory.file("flipped.sqlite");
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
  std::vector<Segment> segments;
  for (std::int64_t n = 0; n < 20; ++n) {
    const Batch batch = batch_of(n);
    facts.insert(facts.end(), batch.facts.begin(), batch.facts.end());
    gaps.insert(gaps.end(), batch.gaps.begin(), batch.gaps.end());
    segments.push_back(*batch.segment);
  }
  Prng prng(20261124);
  int silent = 0;
  for (int round = 0; round < 400; ++round) {
    std::string bytes = sound;
    const std::size_t at = prng.below(bytes.size());
    const auto bit = static_cast<char>(1 << prng.below(8));
    bytes[at] = static_cast<char>(bytes[at] ^ bit);
    write_ledger(path, bytes);
    const auto ledger = Ledger::open_read_only(path);
    if (!ledger) continue;  // reported
    const auto faults = (*ledger)->check();
    const auto rows = (*ledger)->runs();
    if (!faults || !faults->empty() || !rows) continue;
    // A bit that no data use, in the unused part of a page: then all reads back as it was written.
    ASSERT_EQ(rows->size(), 3U) << "round " << round;
    for (const RunRow& row : *rows) {
      const auto stored = (*ledger)->load(row.start.run_id);
      ASSERT_TRUE(stored) << "round " << round << ", byte " << at;
      EXPECT_TRUE(stored->facts == facts && stored->gaps == gaps && stored->segments == segments) << "round " << round;
      EXPECT_EQ(row.end->record_json, run_end(0).record_json);
    }
    ++silent;
  }
  EXPECT_LT(silent, 300);  // about a third of this small file is unused
}

TEST(LedgerDamage, CutFilesNeverCrash) {
  const Directory directory;
  const std::string sound = content_of(sound_ledger(directory));
  const std::string path = directory.file("cut.sqlite");
  for (std::size_t size = 1; size < sound.size(); size += 997) {
    write_ledger(path, sound.substr(0, size));
    const auto ledger = open_ledger(path);
    if (!ledger) continue;
    const auto faults = (*ledger)->check();
    EXPECT_TRUE(!faults || !faults->empty()) << size;
  }
}

TEST(Schema, MigratesInOneTransactionAndOnlyForward) {
  const auto database = Database::open({"memory", Database::Mode::kMemory, seconds(1)}).value();
  EXPECT_EQ(schema_version(*database).value(), 0);
  std::vector<Migration> steps{{1, "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL); CREATE TABLE a(x);"}};
  ASSERT_TRUE(migrate(*database, steps));
  EXPECT_EQ(schema_version(*database).value(), 1);
  steps.push_back({2, "CREATE TABLE b(x);"});
  steps.push_back({3, "CREATE TABLE c(x); CREATE TABLE a(x);"});  // fails in its second half
  EXPECT_FALSE(migrate(*database, steps));
  EXPECT_EQ(schema_version(*database).value(), 1);
  EXPECT_EQ(database->ask("SELECT count(*) FROM sqlite_schema WHERE name IN ('b', 'c')").value(), "0");
  steps.back().sql = "CREATE TABLE c(x);";
  ASSERT_TRUE(migrate(*database, steps));
  EXPECT_EQ(schema_version(*database).value(), 3);
  ASSERT_TRUE(migrate(*database, steps));  // nothing left to do
  EXPECT_EQ(schema_version(*database).value(), 3);
}

}  // namespace
}  // namespace olivine
