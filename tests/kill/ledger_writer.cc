// ledger_writer PATH RUN_ID [rollback]: begins a run and appends batch after batch until it is killed. Each number that it
// writes to stdout is a batch whose append has returned: from then on it may not be lost. With `rollback` as on a network
// home.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "tests/kill/pattern.h"

namespace {
int refuse(const olivine::Error& error) {
  std::fprintf(stderr, "ledger_writer: %s\n", error.message.c_str());
  return 1;
}
}  // namespace

int main(int argc, char** argv) {
  using namespace olivine;
  if (argc < 3) return 2;
  auto ledger = Ledger::open({argv[1], seconds(2), argc > 3});
  if (!ledger) return refuse(ledger.error());
  RunStart start;
  start.run_id = argv[2];
  start.name = "killed";
  start.started = SystemClock().now();
  if (const Status begun = (*ledger)->begin_run(start); !begun) return refuse(begun.error());
  for (std::int64_t n = 0;; ++n) {
    if (const Status appended = (*ledger)->append(start.run_id, kill_test::batch_of(n)); !appended)
      return refuse(appended.error());
    const std::string line = std::to_string(n) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return 1;
  }
}
