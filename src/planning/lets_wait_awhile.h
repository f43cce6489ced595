// "Let's Wait Awhile" (Wiesner et al., Middleware 2021), scenario II: machine-learning jobs of a year, each put off to its deadline.
//
// 3,387 jobs in steps of 30 minutes of 2020, all of the same power. The deadline follows from when the job would have ended:
//   next workday   ended on Saturday: Monday 9:00; on Sunday or from 17:00 on: 9:00 of the next day (of Friday's evening that
//                  is Saturday); before 9:00: 9:00; else there is nothing to shift
//   semi-weekly    the next Monday or Thursday 9:00; ended at exactly 9:00 on a Monday, then; on a Thursday, the Monday
// Plans are made on a forecast, the intensity plus normal noise with a deviation of a share of the year's mean, and pay the real
// intensity. Without a pause: cheapest_contiguous; with pauses: cheapest_pause_resume without a cost.
//
// Units: g/kWh, steps; savings are shares of what all jobs emit when they start at once. Errors: kInvalid with name and
// line for a text of another form, and for jobs beyond the series. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

struct AwhileJob {
  std::size_t submitted = 0, steps = 0;  // steps from 2020-01-01T00:00
};
struct AwhileInput {
  std::vector<double> g_per_kwh;  // each step from 2020-01-01 on
  std::vector<AwhileJob> jobs;
};
// Time,Carbon Intensity in steps of 15 or 30 minutes (two quarters are averaged; what is missing takes the value before), as published;
// and submit step,duration in steps. `name` is for messages.
Result<AwhileInput> parse_awhile(std::string_view name, std::string_view series, std::string_view jobs);

enum class AwhileDeadline { kNextWorkday, kSemiWeekly };
// The step at which a job that would end at `end` must have ended.
std::size_t awhile_deadline(AwhileDeadline rule, std::size_t end);

struct AwhileSaving {
  double contiguous = 0.0, with_pauses = 0.0;
};
Result<AwhileSaving> awhile_saving(const AwhileInput& input, AwhileDeadline rule, double noise, std::uint64_t seed);

}  // namespace olivine
