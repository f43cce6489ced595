// The documented form of an activity table: CSV, UTF-8, a header, one row an activity (docs/methods/activities.md).
//
//   begin,end,hours,status,phase,zone,project,user,model,device,devices,cpus,memory_gb,cpu_used,energy_kwh,plane,reported_by,reported_gco2e,row
//   2023-01-01T00:00:00Z,2023-01-01T02:00:00Z,2,done,,FR,vision,,,a100,4,32,128,0.8,,,,,2
//
// Only begin and end must be there when it is read; the other columns may be left out and stand in any order. A text that a
// spreadsheet would take for a formula is written behind an apostrophe, which is taken off again when it is read.
//
// Units: as ActivityTable; times UTC to the second. Errors: none when written. Threads: pure. Lifetime: values.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "account/activities/activity_table.h"

namespace olivine {

std::string_view activity_csv_header();  // with its line end
void append_activity_row(const Activity& activity, std::string& out);
// The whole in pieces of some 64 KiB; `write` says false when it cannot take more.
bool write_activity_csv(const ActivityTable& table, const std::function<bool(std::string_view)>& write);

}  // namespace olivine
