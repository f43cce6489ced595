// Made-up traces of jobs: arrivals by working hours, lengths log-normal, slack in proportion to length. Ours, and labelled so: the
// shape (many short jobs, few long ones that take most of the hours) is that of published cluster traces, the numbers are settings,
// not a fit to any of them.
//
//   generate_jobs({.seed = 1, .jobs = 200, .begin = 2022-01-01, .span = 4 weeks})   median 2 h, more than one in six above 8 h
//
// A job's arrival falls on a working day's 8 to 18 o'clock (UTC) with `day_share`, else anywhere. Its deadline is slack x length, at least
// `least_slack`, after the arrival plus the length.
//
// Units: by type; W of facility power. Errors: kInvalid for settings that make no sense. Threads: pure: the seed decides all, on every
// machine. Lifetime: values.
#pragma once

#include <cstdint>

#include "planning/queue_plan.h"

namespace olivine {

struct TraceSettings {
  std::uint64_t seed = 1;
  std::size_t jobs = 200;
  WallTime begin{};
  Duration span = hours(28 * 24);
  Duration median_length = hours(2), longest = hours(72);
  double spread = 1.5;  // standard deviation of the logarithm of the length
  double slack = 2.0;
  Duration least_slack = hours(6);
  double power_w = 1000.0;
  double day_share = 0.6;
};

Result<std::vector<QueueJob>> generate_jobs(const TraceSettings& settings);

}  // namespace olivine
