// Several writers share one ledger: threads with a Ledger each, and processes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "ledger/ledger_fixture.h"

namespace olivine {
namespace {

using namespace ledger_test;

constexpr int kWriters = 8;
constexpr int kRuns = 200;

// The message of the first failure, "" for none.
std::string record_runs(const std::string& path, int writer, int runs) {
  const auto ledger = open_ledger(path);
  if (!ledger) return ledger.error().message;
  for (int n = 0; n < runs; ++n) {
    RunStart start = run_start(n, "writer " + std::to_string(writer));
    start.owner_pid = writer;
    if (const Status s = (*ledger)->begin_run(start); !s) return s.error().message;
    for (std::int64_t batch = 0; batch < 2; ++batch) {
      if (const Status s = (*ledger)->append(start.run_id, batch_of(n + batch)); !s) return s.error().message;
    }
    if (const Status s = (*ledger)->end_run(start.run_id, run_end(n)); !s) return s.error().message;
  }
  return "";
}

void expect_all_there(const std::string& path, int writers, int runs) {
  const auto ledger = open_ledger(path).value();
  EXPECT_EQ(ledger->check().value(), std::vector<std::string>{});
  const auto rows = ledger->runs().value();
  EXPECT_EQ(rows.size(), static_cast<std::size_t>(writers * runs));
  std::vector<int> of_writer(static_cast<std::size_t>(writers));
  for (const RunRow& row : rows) {
    ++of_writer[static_cast<std::size_t>(row.start.owner_pid)];
    EXPECT_TRUE(row.end);
  }
  for (const int count : of_writer) EXPECT_EQ(count, runs);
  const auto stored = ledger->load(rows.front().start.run_id);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->facts.size(), 8U);
}

TEST(LedgerSharing, ThreadsLoseNothing) {
  const Directory directory;
  std::vector<std::string> errors(kWriters);
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] { errors[static_cast<std::size_t>(w)] = record_runs(directory.file(), w, kRuns); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& error : errors) EXPECT_EQ(error, "");
  expect_all_there(directory.file(), kWriters, kRuns);
}

// All begin at once on a file that is not there yet: one makes the tables, the others wait.
TEST(LedgerSharing, ProcessesLoseNothing) {
  const Directory directory;
  std::vector<pid_t> children;
  for (int w = 0; w < kWriters; ++w) {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string error = record_runs(directory.file(), w, kRuns);
      if (!error.empty()) std::fprintf(stderr, "writer %d: %s\n", w, error.c_str());
      ::_exit(error.empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  expect_all_there(directory.file(), kWriters, kRuns);
}

TEST(LedgerSharing, ANewFileIsMadeOnceByMany) {
  for (int round = 0; round < 20; ++round) {
    const Directory directory;
    std::vector<std::string> errors(kWriters);
    std::vector<std::thread> threads;
    for (int w = 0; w < kWriters; ++w) {
      threads.emplace_back([&, w] { errors[static_cast<std::size_t>(w)] = record_runs(directory.file(), w, 1); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& error : errors) EXPECT_EQ(error, "");
    expect_all_there(directory.file(), kWriters, 1);
  }
}

TEST(LedgerSharing, AReaderSeesWholeBatches) {
  const Directory directory;
  const auto writer = open_ledger(directory.file()).value();
  const RunStart start = run_start(1);
  ASSERT_TRUE(writer->begin_run(start));
  std::atomic<bool> stop = false;
  std::string trouble;
  std::thread reader([&] {
    const auto ledger = Ledger::open_read_only(directory.file());
    if (!ledger) trouble = ledger.error().message;
    while (trouble.empty() && !stop) {
      const auto stored = (*ledger)->load(start.run_id);
      if (!stored)
        trouble = stored.error().message;
      else if (stored->facts.size() != 4 * stored->segments.size())
        trouble = "part of a batch";
    }
  });
  for (std::int64_t n = 0; n < 500; ++n) ASSERT_TRUE(writer->append(start.run_id, batch_of(n)));
  stop = true;
  reader.join();
  EXPECT_EQ(trouble, "");
}

}  // namespace
}  // namespace olivine
