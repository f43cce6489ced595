// What the flags of `olivine plan` ask for, without the intensities; and the follower that `--follow` starts.
//
// Units: by type. Errors: kInvalid names the flag. Threads: one. Lifetime: values.
#pragma once

#include "apps/cli/app.h"
#include "apps/cli/plan_options.h"
#include "planning/single_job.h"

namespace olivine::cli {

// Without zones, slot, curve and transfer.
Result<JobRequest> plan_request_of(const App& app);
// --points and the service level: into the request's scales, the fastest of them being what one would start at once. The names of
// the scales; `points` gets a line for each point, what was left out with its reason.
Result<std::vector<std::string>> add_points(App& app, JobRequest& job, std::vector<std::string>& points);
// --start
Result<WallTime> plan_start(const App& app);
// "5%" or "5", from 0 to 100, as a fraction.
Result<double> percent_of(std::string_view option, std::string_view text);
// In W, above 0 and up to 10 GW; from 0 on where the work rests.
Result<double> watts_of(std::string_view option, std::string_view text, bool may_be_0 = false);
// From `least` (1 ns: above 0) to `most`: sums of times within stay within 64 bits.
inline constexpr Duration kLongestAsked = hours(24 * 3660);
Result<Duration> duration_within(std::string_view option, std::string_view text, Duration least,
                                 Duration most = kLongestAsked);
// --slot: above 0, and neither longer than `span` nor so short that it has more than 2,000,000 of them.
Result<Duration> slot_within(const std::string& text, Duration span);
// Up to 1000 t.
Result<double> grams_of(std::string_view option, std::string_view text);
// --min-saving as a fraction; 0 when nothing is asked.
Result<double> least_saving(const PlanOptions& options);

// `plan --jobs`.
int plan_queue_command(App& app);

// `plan --follow`: one JSON line for each change of what the work shall do, when it is due; a last one with what was planned and
// what became of it. Ends when standard input does, or at a line "end".
int plan_follow(App& app);

}  // namespace olivine::cli
