// RecordSchedule and RecordBudget as JSON, as the ledger keeps them in a run's closing.
//
// Units: in the names. Errors: the readers throw the JSON library's exceptions, for closing_from_json to catch.
// Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "report/run_record.h"

namespace olivine {

std::string to_json(const RecordSchedule& schedule);
RecordSchedule schedule_from_json(std::string_view json);
std::string to_json(const RecordBudget& budget);
RecordBudget budget_from_json(std::string_view json);

}  // namespace olivine
