#include "planning/simulation/job_trace.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr Duration kTenYears = hours(24 * 3660);
constexpr std::int64_t kHourNs = 3'600'000'000'000, kDayNs = 24 * kHourNs;

bool in_working_hours(WallTime at) {
  const std::int64_t day = at.ns / kDayNs, hour = at.ns % kDayNs / kHourNs;
  return (day + 3) % 7 < 5 && hour >= 8 && hour < 18;  // 1970-01-01 was a Thursday
}

WallTime arrival_of(Prng& random, const TraceSettings& s) {
  const bool by_day = random.uniform() < s.day_share;
  constexpr int kTries = 1000;  // a span without working hours takes any
  WallTime at;
  for (int i = 0; i < kTries; ++i) {
    at.ns = s.begin.ns + static_cast<std::int64_t>(random.uniform() * static_cast<double>(s.span.ns));
    if (!by_day || in_working_hours(at)) break;
  }
  return at;
}

}  // namespace

Result<std::vector<QueueJob>> generate_jobs(const TraceSettings& s) {
  constexpr std::size_t kMostJobs = 1'000'000;
  const bool sound = s.jobs >= 1 && s.jobs <= kMostJobs && s.begin.ns >= 0 && s.span.ns > 0 && s.median_length.ns > 0 &&
                     s.longest >= s.median_length && s.spread >= 0.0 && s.spread <= 5.0 && s.slack >= 0.0 &&
                     s.slack <= 1000.0 && s.least_slack.ns >= 0 && s.power_w > 0.0 && std::isfinite(s.power_w) &&
                     s.day_share >= 0.0 && s.day_share <= 1.0;
  if (!sound)
    return fail(
        ErrorKind::kInvalid,
        "a trace has 1 to 1,000,000 jobs, a span and lengths above 0, a spread of 0 to 5 and a slack of 0 to 1000");
  Prng random(s.seed);
  std::vector<QueueJob> jobs;
  jobs.reserve(s.jobs);
  for (std::size_t i = 0; i < s.jobs; ++i) {
    QueueJob job;
    job.arrival = arrival_of(random, s);
    const double length = static_cast<double>(s.median_length.ns) * std::exp(s.spread * random.normal());
    job.length = {static_cast<std::int64_t>(std::clamp(length, 60e9, static_cast<double>(s.longest.ns)))};
    // A slack beyond ten years is behind every simulation's end.
    const double slack = std::min(s.slack * static_cast<double>(job.length.ns), static_cast<double>(kTenYears.ns));
    const auto slack_ns = static_cast<std::int64_t>(slack);
    job.deadline = {job.arrival.ns + job.length.ns + std::max(slack_ns, s.least_slack.ns)};
    job.power_w = s.power_w;
    jobs.push_back(std::move(job));
  }
  std::sort(jobs.begin(), jobs.end(), [](const QueueJob& a, const QueueJob& b) { return a.arrival < b.arrival; });
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].name = fmt::format("job-{}", i + 1);
  return jobs;
}

}  // namespace olivine
