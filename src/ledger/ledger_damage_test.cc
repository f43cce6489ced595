// What a ledger does when its file, its directory or its disk is not what it should be.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "base/prng.h"
#include "ledger/database.h"
#include "ledger/ledger_fixture.h"
#include "ledger/mount_type.h"
#include "ledger/schema.h"

namespace olivine {
namespace {

using namespace ledger_test;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// The file alone: a log that was left beside it would mend it again.
void write_ledger(const std::string& path, const std::string& content) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  write_file(path, content);
}

// A closed ledger in one file, without side files.
std::string sound_ledger(const Directory& directory, int runs = 3) {
  const std::string path = directory.file("sound.sqlite");
  const auto ledger = open_ledger(path).value();
  for (int n = 0; n < runs; ++n) {
    const RunStart start = run_start(n);
    EXPECT_TRUE(ledger->begin_run(start));
    for (std::int64_t b = 0; b < 20; ++b) EXPECT_TRUE(ledger->append(start.run_id, batch_of(b)));
    EXPECT_TRUE(ledger->end_run(start.run_id, run_end(n)));
  }
  EXPECT_EQ(outside_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)"), "");
  return path;
}

// Runs `body` in a process without root's rights; true when it returned true there.
bool as_nobody(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
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

TEST(LedgerDamage, NamesWhatStandsAtThePath) {
  const Directory directory;
  const auto refusal = [](const std::string& path) {
    const auto ledger = open_ledger(path);
    return ledger ? std::string("opened") : std::string(name_of(ledger.error().kind)) + ": " + ledger.error().message;
  };
  EXPECT_NE(refusal(directory.path()).find("invalid: the ledger " + directory.path() + " is a directory"),
            std::string::npos);
  EXPECT_NE(refusal("").find("invalid: the ledger's path is empty"), std::string::npos);
  ASSERT_EQ(::symlink("nowhere", directory.file("dangling").c_str()), 0);
  EXPECT_NE(refusal(directory.file("dangling")).find("is a link to a file that is not there"), std::string::npos);
  ASSERT_EQ(::mkfifo(directory.file("fifo").c_str(), 0600), 0);
  EXPECT_NE(refusal(directory.file("fifo")).find("is not a regular file"), std::string::npos);
  write_file(directory.file("file"), "x");
  EXPECT_NE(refusal(directory.file("file/ledger.sqlite")).find("ot a directory"), std::string::npos);
  EXPECT_EQ(Ledger::open_read_only(directory.file("none")).error().kind, ErrorKind::kNotFound);
  write_file(directory.file("empty"), "");
  EXPECT_EQ(Ledger::open_read_only(directory.file("empty")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(refusal(directory.file("empty")), "opened");  // a start that was killed leaves an empty file
  // A link to a ledger is followed, so that its side files stand beside the real one.
  ASSERT_EQ(::symlink(sound_ledger(directory).c_str(), directory.file("link").c_str()), 0);
  EXPECT_EQ(refusal(directory.file("link")), "opened");
  EXPECT_FALSE(std::filesystem::exists(directory.file("link-wal")));
  EXPECT_EQ(open_ledger(directory.file("link")).value()->runs()->size(), 3U);
}

TEST(LedgerDamage, ReadsInADirectoryThatCannotBeWritten) {
  const Directory directory;
  const std::string path = sound_ledger(directory);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
  ::chmod(path.c_str(), 0444);
  ::chmod(directory.path().c_str(), 0555);
  const auto reads = [&] {
    const auto ledger = Ledger::open_read_only(path);
    return ledger && (*ledger)->runs()->size() == 3 && (*ledger)->check()->empty() &&
           (*ledger)->append("x", batch_of(1)).error().kind == ErrorKind::kPermission;
  };
  EXPECT_TRUE(as_nobody(reads));
  const auto refused = [](const std::string& file) {
    const auto ledger = open_ledger(file);
    return !ledger && ledger.error().kind == ErrorKind::kPermission;
  };
  EXPECT_TRUE(as_nobody([&] { return refused(path); }));
  EXPECT_TRUE(as_nobody([&] { return refused(directory.file("new.sqlite")); }));
  EXPECT_TRUE(as_nobody([&] { return refused(directory.file("new/ledger.sqlite")); }));
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(path.c_str(), 0644);
  EXPECT_TRUE(as_nobody([&] { return refused(path); }) || ::geteuid() != 0);  // of another user
}

TEST(LedgerDamage, ReadsWhatAWriterLeftInItsLog) {
  const Directory directory;
  const std::string path = directory.file();
  const RunStart start = run_start(1);
  {
    const auto writer = open_ledger(path).value();
    ASSERT_TRUE(writer->begin_run(start));
    ASSERT_TRUE(writer->append(start.run_id, batch_of(1)));
    const auto reader = Ledger::open_read_only(path).value();  // beside a writer
    EXPECT_EQ(reader->load(start.run_id)->facts, batch_of(1).facts);
    ASSERT_TRUE(writer->append(start.run_id, batch_of(2)));
    EXPECT_EQ(reader->load(start.run_id)->facts.size(), 8U);
  }
  ASSERT_GT(std::filesystem::file_size(path + "-wal"), 0U);
  for (const char* suffix : {"", "-wal", "-shm"}) ::chmod((path + suffix).c_str(), 0444);
  ::chmod(directory.path().c_str(), 0555);
  EXPECT_TRUE(as_nobody([&] {
    const auto ledger = Ledger::open_read_only(path);
    return ledger && (*ledger)->load(start.run_id)->facts.size() == 8;
  }));
  ::chmod(directory.path().c_str(), 0755);
}

// Fills a small file system, sees that an append says so, makes room, and goes on.
void fill_and_free(Ledger& ledger, const std::string& run_id, const std::function<void(bool full)>& set_full) {
  ASSERT_TRUE(ledger.append(run_id, batch_of(0)));
  set_full(true);
  std::int64_t stored = 1;
  Status status;
  Batch large = batch_of(1);
  large.segment->bytes.assign(20'000, 'x');
  for (int tries = 0; tries < 2000 && status; ++tries) {
    status = ledger.append(run_id, large);
    if (status) ++stored;
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kTransient);
  EXPECT_NE(status.error().message.find("disk is full; free some space"), std::string::npos) << status.error().message;
  EXPECT_EQ(ledger.append(run_id, large).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(ledger.load(run_id)->segments.size(), static_cast<std::size_t>(stored));  // reading works on
  set_full(false);
  ASSERT_TRUE(ledger.append(run_id, large)) << ledger.append(run_id, large).error().message;
  ASSERT_TRUE(ledger.end_run(run_id, run_end(1)));
  EXPECT_EQ(ledger.load(run_id)->segments.size(), static_cast<std::size_t>(stored) + 1);
  EXPECT_EQ(ledger.check().value(), std::vector<std::string>{});
}

TEST(LedgerDamage, GoesOnAfterAFullDisk) {
  const Directory directory;
  const std::string small = directory.file("small");
  ASSERT_EQ(::mkdir(small.c_str(), 0700), 0);
  if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "no right to mount a small disk";
  {
    const auto ledger = open_ledger(small + "/ledger.sqlite").value();
    const RunStart start = run_start(1);
    ASSERT_TRUE(ledger->begin_run(start));
    fill_and_free(*ledger, start.run_id, [&](bool full) {
      if (full) {
        write_file(small + "/ballast", std::string(300'000, 'b'));
      } else {
        std::filesystem::remove(small + "/ballast");
      }
    });
  }
  ::umount2(small.c_str(), MNT_DETACH);
}

TEST(LedgerDamage, OpensOnAFullDiskOrSaysSo) {
  const Directory directory;
  const std::string small = directory.file("small");
  ASSERT_EQ(::mkdir(small.c_str(), 0700), 0);
  if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=256k") != 0) GTEST_SKIP() << "no right to mount a small disk";
  write_file(small + "/ballast", std::string(1'000'000, 'b'));
  const auto ledger = open_ledger(small + "/ledger.sqlite");
  EXPECT_FALSE(ledger);
  if (!ledger) {
    EXPECT_EQ(ledger.error().kind, ErrorKind::kTransient);
    EXPECT_NE(ledger.error().message.find("disk is full"), std::string::npos) << ledger.error().message;
  }
  std::filesystem::remove(small + "/ballast");
  EXPECT_TRUE(open_ledger(small + "/ledger.sqlite"));
  ::umount2(small.c_str(), MNT_DETACH);
}

TEST(LedgerDamage, ABusyFileIsTransient) {
  const Directory directory;
  Ledger::Options options;
  options.path = directory.file();
  options.busy_timeout = milliseconds(30);
  const auto ledger = Ledger::open(options).value();
  const RunStart start = run_start(1);
  ASSERT_TRUE(ledger->begin_run(start));
  const auto other = Database::open({options.path, Database::Mode::kReadWrite, milliseconds(30)}).value();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  const Status status = ledger->append(start.run_id, batch_of(1));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kTransient);
  EXPECT_NE(status.error().message.find("another process"), std::string::npos) << status.error().message;
  ASSERT_TRUE(other->execute("ROLLBACK"));
  EXPECT_TRUE(ledger->append(start.run_id, batch_of(1)));
}

TEST(LedgerDamage, NetworkHomeUsesTheRollbackJournalAndSaysSo) {
  const Directory directory;
  Ledger::Options options;
  options.path = directory.file();
  options.network_home = true;
  const RunStart start = run_start(1);
  {
    const auto ledger = Ledger::open(options).value();
    EXPECT_NE(ledger->notice().find("write-ahead log is off"), std::string::npos) << ledger->notice();
    ASSERT_TRUE(ledger->begin_run(start));
    ASSERT_TRUE(ledger->append(start.run_id, batch_of(1)));
    EXPECT_FALSE(std::filesystem::exists(options.path + "-wal"));
    EXPECT_EQ(outside_answer(options.path, "PRAGMA journal_mode"), "delete");
  }
  options.network_home = false;  // moved to a local disk
  {
    const auto ledger = Ledger::open(options).value();
    EXPECT_EQ(ledger->notice(), "");
    ASSERT_TRUE(ledger->append(start.run_id, batch_of(2)));
    EXPECT_TRUE(std::filesystem::exists(options.path + "-wal"));
  }
  options.network_home = true;  // and back
  const auto ledger = Ledger::open(options).value();
  ASSERT_TRUE(ledger->append(start.run_id, batch_of(3)));
  EXPECT_EQ(ledger->load(start.run_id)->facts.size(), 12U);
  EXPECT_FALSE(std::filesystem::exists(options.path + "-wal"));
}

TEST(MountType, KnowsNetworksByNumberAndDistrustsTheUnknown) {
  EXPECT_EQ(network_type(0x6969), "NFS");
  EXPECT_EQ(network_type(0xFF534D42), "CIFS");
  EXPECT_EQ(network_type(0x0BD00BD0), "Lustre");
  EXPECT_EQ(network_type(0x47504653), "GPFS");
  EXPECT_EQ(network_type(0x5346414F), "AFS");
  EXPECT_EQ(network_type(0x65735546), "FUSE");
  EXPECT_EQ(network_type(0x01021997), "9p");
  EXPECT_EQ(network_type(0x00C36400), "Ceph");
  EXPECT_EQ(network_type(0x12345678), "unknown type 0x12345678");
  for (const std::uint32_t local : {0xEF53U, 0x58465342U, 0x9123683EU, 0x01021994U, 0x794C7630U, 0x2FC12FC1U}) {
    EXPECT_EQ(network_type(local), std::nullopt) << local;
  }
  EXPECT_EQ(network_file_system("/no/such/directory"), "unknown type");
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
