// Fuzzes the file of jobs: whatever it holds, the answer is one line or jobs that are within the bounds, with names of their own.
#include <cstdint>
#include <set>
#include <string_view>

#include "planning/queue_file.h"
#include "tests/fuzz/laws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace olivine;
  using fuzz::require;
  constexpr WallTime kNow{1'640'995'200'000'000'000};
  const auto jobs = queue_from_csv("jobs.csv", {reinterpret_cast<const char*>(data), size}, kNow, true);
  if (!jobs) {
    require(jobs.error().message.find('\n') == std::string::npos, "an error of more than one line");
    return 0;
  }
  std::set<std::string> names;
  for (const QueueJob& job : *jobs) {
    require(names.insert(job.name).second, "a name stands twice");
    require(job.length.ns > 0 && job.power_w > 0.0 && job.units >= 1 && job.priority >= 1, "a job of nothing");
    // One without an arrival, which is there from the start on, may be late by then: it is left out by name.
    require(job.deadline > job.arrival || job.arrival == kNow, "a deadline before its job");
  }
  return 0;
}
