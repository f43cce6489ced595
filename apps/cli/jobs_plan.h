// The plan of a job that somebody else's scheduler runs, and the scheduler's tools.
//
// Units: by type. Errors: name the flag; kNotFound for a tool that is not on PATH, kTransient for one that hangs. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "apps/cli/plan_intensity.h"
#include "base/subprocess.h"
#include "report/record_schedule.h"

namespace olivine::cli {

// A scheduler that does not answer must not keep us from what is due.
inline constexpr Duration kToolLimit = seconds(30);
Result<ProgramOutput> run_tool(const std::vector<std::string>& words);
Result<ProgramOutput> run_tool_within(Duration limit, const std::vector<std::string>& words);
// For as long as it takes: sbatch --wait.
Result<ProgramOutput> run_long_tool(const std::vector<std::string>& words);
std::string second_text(WallTime t);  // "2026-11-27T02:00:00Z"

struct StartPlan {
  WallTime now, start;
  std::string text;          // "start 2026-11-27T02:00:00Z in FR: 41.0 % less by average, not known at the margin"
  RecordSchedule kept = {};  // as the ledger keeps it
};

enum class Carried {
  kStart,
  kFollowedStart,
  kFollowedPauses
};  // once; or as `plan --follow` does, which follow_job asks

// The best start, without pauses; of what is followed the first plan, and with --pause-above its rule.
Result<StartPlan> start_plan(App& app, Carried how = Carried::kStart);

}  // namespace olivine::cli
