// A queue as a file: CSV with a header, one job a row.
//
//   job,arrival,duration,power,deadline,gpus,priority,pause
//   train-7,2026-11-24T08:00Z,6h,2.4kW,24h,8,2,yes
//
// duration, power and deadline must be there. arrival: a time, a duration after the start of the plan, or nothing for its start. deadline:
// a time, or a duration after the arrival, which may lie before the start; one that has passed is no error here: the plan leaves
// the job out. gpus and priority: whole numbers of 1 or more, 1 where nothing is said. pause: yes or no.
// Lines that begin with '#' are comments above the header; below it they are jobs ("#12").
//
// Units: by type. Errors: kInvalid names file, line, column, value and what to write; a column that is not known is one. At most
// 100,000 jobs. Threads: pure. Lifetime: values.
#pragma once

#include <string_view>

#include "planning/queue_plan.h"

namespace olivine {

Result<std::vector<QueueJob>> queue_from_csv(std::string_view file, std::string_view text, WallTime start,
                                             bool may_pause);

}  // namespace olivine
