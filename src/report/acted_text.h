// The lines about what was done to a run beside measuring it: waiting and pausing by a plan, and its budget.
//
//   schedule  waited 2 h 10 min, paused 3 times (1 h 20 min); against starting at once 41 % less by average, 6 % less at the margin;
//             planned 45 % less by average, 8 % less at the margin (modelled at constant power)
//   schedule  Slurm job 7, by begin; planned 90 % less by average, not known at the margin (modelled at constant power), start
//             2022-01-01T02:00:00Z; what it did is not known
//   budget    1.6 kWh of 2 kWh used (80 %), counted while it ran; 80 % after 3 min 00 s
//
// Units: in the text. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "report/render.h"

namespace olivine {

std::string schedule_line(const RecordSchedule& schedule, const TextStyle& style);
// Planned and real spans with their intensities, a table for `show`; "" where none were kept.
std::string schedule_spans(const RecordSchedule& schedule, const ScheduleFigures& figures, const TextStyle& style);
std::string budget_line(const RecordBudget& budget, const TextStyle& style);

}  // namespace olivine
