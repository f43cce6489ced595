#include "ledger/ledger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "ledger/ledger_fixture.h"

namespace olivine {
namespace {

using namespace ledger_test;

// A ledger with one ended run of three batches.
struct OneRun {
  Directory directory;
  std::unique_ptr<Ledger> ledger = std::move(*open_ledger(directory.file()));
  RunStart start = run_start(1);
  OneRun() {
    EXPECT_TRUE(ledger->begin_run(start));
    for (std::int64_t n = 0; n < 3; ++n) EXPECT_TRUE(ledger->append(start.run_id, batch_of(n)));
    EXPECT_TRUE(ledger->end_run(start.run_id, run_end(1)));
  }
};

TEST(Ledger, GivesBackWhatWasAppended) {
  OneRun one;
  const auto stored = one.ledger->load(one.start.run_id);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->run.start.name, "bert");
  EXPECT_EQ(stored->run.start.project, "nlp");
  EXPECT_EQ(stored->run.start.command_json, one.start.command_json);
  EXPECT_EQ(stored->run.start.machine_json, one.start.machine_json);
  EXPECT_EQ(stored->run.start.context_json, one.start.context_json);
  EXPECT_EQ(stored->run.start.boot_id, "boot");
  EXPECT_EQ(stored->run.start.owner_pid, 42);
  EXPECT_EQ(stored->run.start.owner_start_ticks, 4711);
  EXPECT_EQ(stored->run.start.started, one.start.started);
  ASSERT_TRUE(stored->run.end);
  EXPECT_EQ(stored->run.end->status, "done");
  EXPECT_EQ(stored->run.end->exit_code, 0);
  EXPECT_FALSE(stored->run.end->exit_signal);
  EXPECT_EQ(stored->run.end->record_json, run_end(1).record_json);
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
  std::vector<Segment> segments;
  for (std::int64_t n = 0; n < 3; ++n) {
    const Batch batch = batch_of(n);
    facts.insert(facts.end(), batch.facts.begin(), batch.facts.end());
    gaps.insert(gaps.end(), batch.gaps.begin(), batch.gaps.end());
    segments.push_back(*batch.segment);
  }
  EXPECT_EQ(stored->facts, facts);
  EXPECT_EQ(stored->gaps, gaps);
  EXPECT_EQ(stored->segments, segments);
  EXPECT_EQ(one.ledger->check().value(), std::vector<std::string>{});
  EXPECT_EQ(one.ledger->notice(), "");
}

TEST(Ledger, KeepsExtremeNumbersAndBytes) {
  Directory directory;
  const auto ledger = open_ledger(directory.file()).value();
  RunStart start = run_start(1, std::string("a\0b", 3));
  start.started = {{INT64_MIN}, {INT64_MAX}, -1};
  ASSERT_TRUE(ledger->begin_run(start));
  Batch batch;
  batch.facts.push_back({INT32_MAX, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, 0, 0, 0, 0});
  batch.segment = Segment{INT64_MIN, INT64_MAX, 0, std::string("\0\xff\0", 3)};
  ASSERT_TRUE(ledger->append(start.run_id, batch));
  const auto stored = ledger->load(start.run_id);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->run.start.name, start.name);
  EXPECT_EQ(stored->run.start.started, start.started);
  EXPECT_EQ(stored->facts, batch.facts);
  EXPECT_EQ(stored->segments.front(), *batch.segment);
  EXPECT_EQ(ledger->check().value(), std::vector<std::string>{});
}

TEST(Ledger, RefusesFactsThatDoNotConserveEnergyAndStoresNothingOfTheBatch) {
  Directory directory;
  const auto ledger = open_ledger(directory.file()).value();
  const RunStart start = run_start(1);
  ASSERT_TRUE(ledger->begin_run(start));
  const EnergyFact good{0, 0, 1, 10, 0, 1, 2, 3, 4, 0};
  std::vector<EnergyFact> bad(6, good);
  bad[0].measured_uj = 11;                        // parts do not sum
  bad[1].attributed_uj = -1, bad[1].idle_uj = 6;  // sums, but negative
  bad[2].measured_uj = -10;
  bad[3].end_ns = -1;  // time runs backwards
  bad[4].maybe_more_uj = -1;
  bad[5].measured_uj = INT64_MAX, bad[5].attributed_uj = INT64_MAX, bad[5].others_uj = INT64_MAX;  // overflows
  for (const EnergyFact& fact : bad) {
    Batch batch;
    batch.facts = {good, fact};
    const Status status = ledger->append(start.run_id, batch);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kInternal);
    EXPECT_NE(status.error().message.find("CHECK"), std::string::npos) << status.error().message;
  }
  EXPECT_TRUE(ledger->load(start.run_id)->facts.empty());
  ASSERT_TRUE(ledger->append(start.run_id, batch_of(1)));  // still usable
  EXPECT_EQ(ledger->load(start.run_id)->facts.size(), 4U);
}

TEST(Ledger, RunsHaveABeginningAndAnEnd) {
  OneRun one;
  EXPECT_EQ(one.ledger->begin_run(one.start).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(one.ledger->append(one.start.run_id, batch_of(4)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(one.ledger->append("no-such-run", batch_of(4)).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(one.ledger->end_run("no-such-run", run_end(4)).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(one.ledger->load("no-such-run").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(one.ledger->remove("no-such-run", {0}).error().kind, ErrorKind::kNotFound);
  RunEnd other = run_end(1);
  other.status = "failed";
  EXPECT_EQ(one.ledger->end_run(one.start.run_id, other).error().kind, ErrorKind::kInvalid);
  RunEnd assessed_again = run_end(1);  // an assessment may be redone, a measurement not
  assessed_again.record_json = R"({"schema":"olivine.run/1","zone":"FR"})";
  ASSERT_TRUE(one.ledger->end_run(one.start.run_id, assessed_again));
  EXPECT_EQ(one.ledger->find(one.start.run_id)->end->record_json, assessed_again.record_json);
  EXPECT_EQ(one.ledger->check().value(), std::vector<std::string>{});
}

TEST(Ledger, ListsUnfinishedRuns) {
  OneRun one;
  EXPECT_TRUE(one.ledger->unfinished()->empty());
  const RunStart cut = run_start(2);
  ASSERT_TRUE(one.ledger->begin_run(cut));
  const auto unfinished = one.ledger->unfinished().value();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].start.run_id, cut.run_id);
  EXPECT_FALSE(unfinished[0].end);
  RunEnd end = run_end(2);
  end.status = "interrupted";
  end.exit_code.reset();
  end.exit_signal = 9;
  ASSERT_TRUE(one.ledger->end_run(cut.run_id, end));
  EXPECT_TRUE(one.ledger->unfinished()->empty());
  EXPECT_EQ(one.ledger->find(cut.run_id)->end->exit_signal, 9);
}

TEST(Ledger, RemovalLeavesATombstone) {
  OneRun one;
  const RunStart kept = run_start(2, "kept");
  ASSERT_TRUE(one.ledger->begin_run(kept));
  ASSERT_TRUE(one.ledger->append(kept.run_id, batch_of(7)));
  ASSERT_TRUE(one.ledger->remove(one.start.run_id, {99}));
  const auto rows = one.ledger->runs().value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].start.run_id, kept.run_id);  // newest first
  const RunRow& tombstone = rows[1];
  EXPECT_EQ(tombstone.start.run_id, one.start.run_id);
  EXPECT_EQ(tombstone.start.started, one.start.started);
  EXPECT_EQ(tombstone.removed->ns, 99);
  EXPECT_EQ(tombstone.start.name, "");
  EXPECT_EQ(tombstone.start.command_json, "");
  EXPECT_EQ(tombstone.end->ended_wall_ns, run_end(1).ended_wall_ns);
  EXPECT_EQ(tombstone.end->record_json, "");
  const auto stored = one.ledger->load(one.start.run_id);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_TRUE(stored->facts.empty() && stored->gaps.empty() && stored->segments.empty());
  EXPECT_EQ(one.ledger->load(kept.run_id)->facts, batch_of(7).facts);
  EXPECT_EQ(one.ledger->remove(one.start.run_id, {100}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(one.ledger->append(one.start.run_id, batch_of(1)).error().kind, ErrorKind::kGone);
  ASSERT_TRUE(one.ledger->remove(kept.run_id, {100}));  // also one that never ended
  EXPECT_FALSE(one.ledger->find(kept.run_id)->end);
  EXPECT_TRUE(one.ledger->unfinished()->empty());
  EXPECT_EQ(one.ledger->find("last").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(one.ledger->check().value(), std::vector<std::string>{});
}

TEST(Ledger, RemovedTextIsGoneFromTheFiles) {
  OneRun one;
  RunStart secret = run_start(2);
  secret.command_json = R"(["a-word-nobody-else-uses"])";
  ASSERT_TRUE(one.ledger->begin_run(secret));
  ASSERT_TRUE(one.ledger->remove(secret.run_id, {1}));
  for (const auto& entry : std::filesystem::directory_iterator(one.directory.path())) {
    std::string content(std::filesystem::file_size(entry.path()), '\0');
    FILE* file = std::fopen(entry.path().c_str(), "rb");
    ASSERT_EQ(std::fread(content.data(), 1, content.size(), file), content.size());
    std::fclose(file);
    EXPECT_EQ(content.find("a-word-nobody-else-uses"), std::string::npos) << entry.path();
  }
}

TEST(Ledger, FactsCannotBeChangedFromOutside) {
  OneRun one;
  const std::string path = one.directory.file();
  for (const char* sql : {
           "UPDATE energy_fact SET component = 9",
           "DELETE FROM energy_fact",
           "UPDATE gap_fact SET reason = ''",
           "DELETE FROM gap_fact",
           "UPDATE batch SET segment = x'00'",
           "DELETE FROM batch",
           "UPDATE run SET started_wall_ns = 0",
           "UPDATE run SET name = 'x'",
           "UPDATE run SET machine_json = '{}'",
           "UPDATE run SET open = 1",
           "DELETE FROM run",
           "UPDATE run_end SET status = 'failed'",
           "UPDATE run_end SET ended_wall_ns = 0",
           "DELETE FROM run_end",
           "INSERT INTO batch(run, sequence, facts, gaps, hash) VALUES(1, 3, 0, 0, '')",
       }) {
    EXPECT_NE(outside_sql(path, sql).find("facts are appended once"), std::string::npos) << sql;
  }
  EXPECT_NE(outside_sql(path, "INSERT INTO energy_fact VALUES(1, 0, 9, 0, 0, 1, 5, 0, 1, 1, 1, 1, 'x')"),
            "");  // STRICT
  EXPECT_EQ(one.ledger->check().value(), std::vector<std::string>{});
  ASSERT_TRUE(one.ledger->remove(one.start.run_id, {5}));
  EXPECT_NE(outside_sql(path, "DELETE FROM tombstone").find("appended once"), std::string::npos);
  EXPECT_NE(outside_sql(path, "UPDATE tombstone SET removed_wall_ns = 0").find("appended once"), std::string::npos);
}

// Somebody drops the guards and edits: the hashes tell.
TEST(Ledger, EditedRowsAreFound) {
  for (const char* sql : {
           "DROP TRIGGER energy_fact_update; UPDATE energy_fact SET maybe_more_uj = 7 WHERE batch = 1 AND position = 2",
           "DROP TRIGGER energy_fact_delete; DELETE FROM energy_fact WHERE batch = 1 AND position = 3",
           "DROP TRIGGER gap_fact_update; UPDATE gap_fact SET reason = 'killed' WHERE batch = 1",
           "DROP TRIGGER batch_update; UPDATE batch SET segment = x'00' WHERE sequence = 1",
           "DROP TRIGGER batch_update; UPDATE batch SET ticks = 2 WHERE sequence = 1",
           "DROP TRIGGER batch_delete; DROP TRIGGER energy_fact_delete; DROP TRIGGER gap_fact_delete;"
           "DELETE FROM batch WHERE sequence = 2; DELETE FROM energy_fact WHERE batch = 2; DELETE FROM gap_fact WHERE "
           "batch = 2",
           "DROP TRIGGER run_update; UPDATE run SET machine_json = '{}'",
           "UPDATE run_end SET record_json = '{}'",
           "INSERT INTO energy_fact VALUES(1, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)",
       }) {
    OneRun one;
    ASSERT_EQ(outside_sql(one.directory.file(), sql), "");
    const auto faults = one.ledger->check();
    ASSERT_TRUE(faults) << faults.error().message;
    EXPECT_FALSE(faults->empty()) << sql;
    const auto stored = one.ledger->load(one.start.run_id);
    ASSERT_FALSE(stored) << sql;
    EXPECT_EQ(stored.error().kind, ErrorKind::kCorrupt);
    EXPECT_NE(stored.error().message.find(one.directory.file()), std::string::npos) << stored.error().message;
    EXPECT_NE(stored.error().message.find(one.start.run_id), std::string::npos) << stored.error().message;
  }
}

TEST(Ledger, FindsByIdPrefixNameAndLast) {
  Directory directory;
  const auto ledger = open_ledger(directory.file()).value();
  EXPECT_EQ(ledger->find("last").error().kind, ErrorKind::kNotFound);
  std::vector<RunStart> starts;
  for (const char* id : {"0192aaaa-0000-7000-8000-000000000001", "0192aaaa-0000-7000-8000-000000000002",
                         "0192bbbb-0000-7000-8000-000000000003", "0193cccc-0000-7000-8000-000000000004"}) {
    RunStart start = run_start(static_cast<std::int64_t>(starts.size()));
    start.run_id = id;
    start.name = starts.size() == 3 ? "0192" : starts.size() == 2 ? "gpt" : "bert";
    ASSERT_TRUE(ledger->begin_run(start));
    starts.push_back(start);
  }
  const auto id = [&](const std::string& text) {
    const auto row = ledger->find(text);
    return row ? row->start.run_id : std::string(name_of(row.error().kind)) + ": " + row.error().message;
  };
  EXPECT_EQ(id("last"), starts[3].run_id);
  EXPECT_EQ(id(starts[0].run_id), starts[0].run_id);
  EXPECT_EQ(id("0192b"), starts[2].run_id);
  EXPECT_EQ(id("0192B"), starts[2].run_id);
  EXPECT_EQ(id("0193cccc-0000"), starts[3].run_id);
  EXPECT_EQ(id("bert"), starts[1].run_id);  // the newest of the name
  EXPECT_EQ(id("0192"), starts[3].run_id);  // an ambiguous prefix, but a name
  EXPECT_EQ(id("0192a").rfind("invalid: several runs begin with 0192a", 0), 0U) << id("0192a");
  EXPECT_EQ(id("019").rfind("not_found: ", 0), 0U) << id("019");  // too short for a prefix
  EXPECT_EQ(id("0192_").rfind("not_found: ", 0), 0U);
  EXPECT_EQ(id("%").rfind("not_found: ", 0), 0U);
  EXPECT_NE(id("nobody").find("olivine ls"), std::string::npos);
  EXPECT_EQ(id("\x1b[2J").find('\x1b'), std::string::npos);
  ASSERT_TRUE(ledger->remove(starts[3].run_id, {1}));
  EXPECT_EQ(id("last"), starts[2].run_id);
  EXPECT_EQ(id("0193"), starts[3].run_id);  // a tombstone is found by its id
}

TEST(Ledger, FileIsForItsOwnerOnly) {
  Directory directory;
  const std::string path = directory.path() + "/state/olivine/ledger.sqlite";
  const auto ledger = open_ledger(path);
  ASSERT_TRUE(ledger) << ledger.error().message;
  ASSERT_TRUE((*ledger)->begin_run(run_start(1)));
  struct stat info{};
  for (const char* suffix : {"", "-wal", "-shm"}) {
    ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600U) << suffix;
  }
  for (const std::string& made : {directory.path() + "/state", directory.path() + "/state/olivine"}) {
    ASSERT_EQ(::stat(made.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700U);
  }
}

TEST(RunId, IsAUuidOfVersion7ThatSortsByTime) {
  const std::string id = new_run_id({1'700'000'000'123'456'789});
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(id.substr(0, 15), "018bcfe5-687b-7");
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  EXPECT_LT(id, new_run_id({1'700'000'000'124'000'000}));
  EXPECT_EQ(new_run_id({-5}).substr(0, 15), "00000000-0000-7");
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(new_run_id({1}));
  EXPECT_EQ(ids.size(), 10'000U);
}

}  // namespace
}  // namespace olivine
