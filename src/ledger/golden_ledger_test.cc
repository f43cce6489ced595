// tests/golden/ledger-v1.sqlite was written by schema version 1 and stays as it is: every later version must read it.
// OLIVINE_UPDATE_GOLDEN_LEDGER=1 writes it anew, which is right only as long as version 1 is not released.
#include <gtest/gtest.h>

#include "ledger/ledger_fixture.h"
#include "ledger/schema.h"

namespace olivine {
namespace {

using namespace ledger_test;

const std::string kGolden = OLIVINE_SOURCE_DIR "/tests/golden/ledger-v1.sqlite";

// Three runs: one that ended, one that was cut off, one that was removed.
std::vector<RunStart> golden_starts() {
  std::vector<RunStart> starts;
  for (const char* id : {"018bcfe5-687b-7000-8000-000000000001", "018bcfe5-6c63-7000-8000-000000000002",
                         "018bcfe5-704b-7000-8000-000000000003"}) {
    RunStart start = run_start(static_cast<std::int64_t>(starts.size()), "golden " + std::to_string(starts.size()));
    start.run_id = id;
    starts.push_back(start);
  }
  return starts;
}

void write_golden() {
  std::filesystem::remove(kGolden);
  // Small pages keep the file small; the ledger takes any page size.
  ASSERT_EQ(outside_sql(kGolden, "PRAGMA page_size=1024; VACUUM"), "");
  {
    const auto ledger = open_ledger(kGolden).value();
    const auto starts = golden_starts();
    for (const RunStart& start : starts) {
      ASSERT_TRUE(ledger->begin_run(start));
      for (std::int64_t n = 0; n < 5; ++n) ASSERT_TRUE(ledger->append(start.run_id, batch_of(n)));
    }
    ASSERT_TRUE(ledger->end_run(starts[0].run_id, run_end(0)));
    ASSERT_TRUE(ledger->end_run(starts[2].run_id, run_end(2)));
    ASSERT_TRUE(ledger->remove(starts[2].run_id, {1'700'000'100'000'000'000}));
  }
  ASSERT_EQ(outside_sql(kGolden, "PRAGMA journal_mode=DELETE; VACUUM"), "");
}

TEST(GoldenLedger, VersionOneStillReads) {
  if (std::getenv("OLIVINE_UPDATE_GOLDEN_LEDGER") != nullptr) write_golden();
  ASSERT_LT(std::filesystem::file_size(kGolden), 50'000U);
  const Directory directory;
  const std::string path = directory.file();
  std::filesystem::copy_file(kGolden, path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  for (const bool read_only : {true, false}) {
    const auto opened = read_only ? Ledger::open_read_only(path) : open_ledger(path);
    ASSERT_TRUE(opened) << opened.error().message;
    Ledger& ledger = **opened;
    EXPECT_EQ(ledger.check().value(), std::vector<std::string>{});
    const auto starts = golden_starts();
    const auto rows = ledger.runs().value();
    ASSERT_EQ(rows.size(), 3U);
    for (std::size_t i = 0; i < 2; ++i) {
      const auto stored = ledger.load(starts[i].run_id);
      ASSERT_TRUE(stored) << stored.error().message;
      EXPECT_EQ(stored->run.start.name, starts[i].name);
      EXPECT_EQ(stored->run.start.started, starts[i].started);
      EXPECT_EQ(stored->run.end.has_value(), i == 0);
      ASSERT_EQ(stored->segments.size(), 5U);
      for (std::int64_t n = 0; n < 5; ++n) {
        const Batch batch = batch_of(n);
        const auto at = static_cast<std::size_t>(n);
        EXPECT_EQ(stored->segments[at], *batch.segment);
        EXPECT_EQ(stored->gaps[at], batch.gaps[0]);
        EXPECT_TRUE(std::equal(batch.facts.begin(), batch.facts.end(),
                               stored->facts.begin() + static_cast<std::ptrdiff_t>(4 * n)));
      }
    }
    EXPECT_EQ(rows[0].removed->ns, 1'700'000'100'000'000'000);
    EXPECT_EQ(rows[2].end->record_json, run_end(0).record_json);
  }
  EXPECT_TRUE(open_ledger(path).value()->append(golden_starts()[1].run_id, batch_of(5)));  // and it can be written on
}

}  // namespace
}  // namespace olivine
