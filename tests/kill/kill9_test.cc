// A writer is killed with SIGKILL at random moments. After each kill: the ledger opens, it is sound, every batch that was
// acknowledged is there as it was written, and at most one beyond it (committed, but killed before it could say so).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/clock.h"
#include "base/prng.h"
#include "base/text.h"
#include "tests/kill/pattern.h"

extern char** environ;

namespace olivine {
namespace {

struct Writer {
  pid_t pid = -1;
  int out = -1;
};

Writer start_writer(const std::string& path, const std::string& run_id, bool rollback) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string program = OLIVINE_LEDGER_WRITER, path_argument = path, id_argument = run_id, last = "rollback";
  char* arguments[] = {program.data(), path_argument.data(), id_argument.data(), rollback ? last.data() : nullptr,
                       nullptr};
  Writer writer;
  if (::posix_spawn(&writer.pid, program.c_str(), &actions, nullptr, arguments, environ) != 0) writer.pid = -1;
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  writer.out = ends[0];
  return writer;
}

// Reads for `duration`, kills, reads the rest; the last number that stands on a whole line, -1 for none.
std::int64_t run_and_kill(const Writer& writer, Duration duration) {
  const SystemClock clock;
  const MonoTime end = clock.now().mono + duration;
  std::string text;
  bool killed = false;
  while (true) {
    const std::int64_t left_ns = (end - clock.now().mono).ns;
    pollfd ready{writer.out, POLLIN, 0};
    // The kill should not fall between two of poll's milliseconds only: the last one is waited out in full.
    const timespec wait{0,
                        killed ? 100'000'000 : std::max<std::int64_t>(0, std::min<std::int64_t>(left_ns, 100'000'000))};
    const int events = ::ppoll(&ready, 1, &wait, nullptr);
    if (!killed && (end - clock.now().mono).ns <= 0) {
      ::kill(writer.pid, SIGKILL);
      killed = true;
    }
    if (events <= 0) continue;
    char buffer[4096];
    const ssize_t got = ::read(writer.out, buffer, sizeof buffer);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(writer.out);
  int status = 0;
  ::waitpid(writer.pid, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the writer ended by itself";
  text.resize(text.find_last_of('\n') == std::string::npos ? 0 : text.find_last_of('\n'));
  if (text.empty()) return -1;
  const std::size_t line = text.find_last_of('\n');
  return parse_i64(std::string_view(text).substr(line == std::string::npos ? 0 : line + 1)).value_or(-2);
}

// The run holds batches 0..n with n the acknowledged one or the one behind it.
void expect_batches(const StoredRun& stored, std::int64_t acknowledged, const std::string& where) {
  const auto count = static_cast<std::int64_t>(stored.segments.size());
  EXPECT_GE(count, acknowledged + 1) << where;
  EXPECT_LE(count, acknowledged + 2) << where;
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
  for (std::int64_t n = 0; n < count; ++n) {
    const Batch batch = kill_test::batch_of(n);
    facts.insert(facts.end(), batch.facts.begin(), batch.facts.end());
    gaps.insert(gaps.end(), batch.gaps.begin(), batch.gaps.end());
    ASSERT_EQ(stored.segments[static_cast<std::size_t>(n)], *batch.segment) << where << ", batch " << n;
  }
  EXPECT_TRUE(stored.facts == facts) << where;
  EXPECT_TRUE(stored.gaps == gaps) << where;
}

void check_after_kill(const std::string& path, const std::string& run_id, bool rollback, std::int64_t acknowledged,
                      const std::string& where) {
  const auto ledger = Ledger::open({path, seconds(2), rollback});
  ASSERT_TRUE(ledger) << where << ": " << ledger.error().message;
  const auto faults = (*ledger)->check();
  ASSERT_TRUE(faults) << where << ": " << faults.error().message;
  ASSERT_EQ(*faults, std::vector<std::string>{}) << where;
  const auto stored = (*ledger)->load(run_id);
  if (!stored && stored.error().kind == ErrorKind::kNotFound) {
    EXPECT_EQ(acknowledged, -1) << where;  // killed before it began
    return;
  }
  ASSERT_TRUE(stored) << where << ": " << stored.error().message;
  expect_batches(*stored, acknowledged, where);
  RunEnd end;
  end.status = "interrupted";
  EXPECT_TRUE((*ledger)->end_run(run_id, end)) << where;  // what the next command does
}

class Kill9 : public testing::TestWithParam<bool> {};

TEST_P(Kill9, LosesNothingThatWasAcknowledged) {
  const char* setting = std::getenv("OLIVINE_KILLS");
  const std::uint64_t kills = parse_u64(setting == nullptr ? "200" : setting).value_or(200) / 2;
  // In memory where possible: SIGKILL leaves the page cache alone, so a disk would show nothing more, only slower.
  const std::filesystem::path root =
      ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
  const auto directory = root / ("olivine-kill9-" + std::to_string(::getpid()));
  Prng prng(20261124 + (GetParam() ? 1 : 0));
  std::string path;
  std::int64_t lines = 0;
  for (std::uint64_t i = 0; i < kills; ++i) {
    // A file lives through a few kills, so that a log that was cut off is also met by the next writer.
    if (i % 8 == 0) {
      std::filesystem::remove_all(directory);
      path = (directory / "ledger.sqlite").string();
    }
    const std::string run_id = new_run_id({static_cast<std::int64_t>(i) * 1'000'000});
    const std::string where = "kill " + std::to_string(i) + ", seed " + std::to_string(20261124 + (GetParam() ? 1 : 0));
    const Writer writer = start_writer(path, run_id, GetParam());
    ASSERT_GT(writer.pid, 0);
    // Most within the first batches, where the file is made and the log begins; some later, in checkpoints.
    const std::uint64_t longest_us = prng.below(4) == 0 ? 120'000 : 25'000;
    const std::int64_t acknowledged =
        run_and_kill(writer, nanoseconds(static_cast<std::int64_t>(prng.below(longest_us)) * 1000));
    lines += acknowledged + 1;
    check_after_kill(path, run_id, GetParam(), acknowledged, where);
    if (HasFatalFailure()) break;
  }
  EXPECT_GT(lines, static_cast<std::int64_t>(kills));
  if (!HasFailure()) std::filesystem::remove_all(directory);
}

// With the write-ahead log, and with the rollback journal of network homes.
INSTANTIATE_TEST_SUITE_P(Journals, Kill9, testing::Values(false, true),
                         [](const auto& parameter) { return parameter.param ? "RollbackJournal" : "WriteAheadLog"; });

}  // namespace
}  // namespace olivine
