#include "apps/cli/plan_request.h"

#include <fmt/core.h>

#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

Result<Duration> duration_or(const std::string& text, Duration otherwise) {
  return text.empty() ? Result<Duration>(otherwise) : parse_duration(text);
}

// "20g" or an energy.
Status set_pause_cost(const std::string& text, JobRequest& job) {
  if (text.empty()) return {};
  if (text.ends_with("g")) {
    if (const auto grams = parse_double(trim(std::string_view(text).substr(0, text.size() - 1))); grams && *grams >= 0.0) {
      job.pause_g = *grams;
      return {};
    }
  }
  const auto energy = parse_energy(text);
  if (!energy) return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is neither grams nor an energy, e.g. 20g or 30Wh", printable(text)));
  job.pause_j = in_joules(*energy);
  return {};
}

template <class T>
Result<T> named(std::string_view option, Result<T> result) {
  if (!result) return fail(result.error().kind, fmt::format("{}: {}", option, result.error().message));
  return result;
}

}  // namespace

Result<JobRequest> plan_request_of(const App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  JobRequest job;
  OLIVINE_TRY(job.duration, named("--duration", parse_duration(o.duration)));
  OLIVINE_TRY(job.deadline, named("--deadline", parse_duration(o.deadline)));
  // Who follows a plan asks when, not how much.
  if (o.power.empty() && !o.follow) return fail(ErrorKind::kInvalid, "--power is required: what the facility draws for the job, e.g. 2.4kW");
  OLIVINE_TRY(const Power power, named("--power", parse_power(o.power.empty() ? "1kW" : o.power)));
  job.power_w = in_watts(power);
  if (!o.paused_power.empty()) {
    OLIVINE_TRY(const Power paused, named("--paused-power", parse_power(o.paused_power)));
    job.paused_power_w = in_watts(paused);
  }
  OLIVINE_TRY(job.pause_time, named("--pause-time", duration_or(o.pause_time, {})));
  OLIVINE_TRY(job.min_run, named("--min-run", duration_or(o.min_run, {})));
  OLIVINE_TRY(job.objective, objective_from(o.objective));
  if (auto status = set_pause_cost(o.pause_cost, job); !status) return fail(status.error().kind, "--pause-cost: " + status.error().message);
  job.may_pause = !o.no_pause;
  if (o.start == "now") job.now = app.clock.now().wall;
  else {
    OLIVINE_TRY(job.now, named("--start", parse_wall_time(o.start)));
  }
  return job;
}

}  // namespace olivine::cli
