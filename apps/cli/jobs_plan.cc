#include "apps/cli/jobs_plan.h"

#include <fmt/core.h>

#include <utility>

#include "apps/cli/jobs_follow.h"
#include "apps/cli/plan_follow.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_request.h"
#include "base/text.h"
#include "planning/single_job.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {

namespace {

Result<ProgramOutput> tool(const std::vector<std::string>& words, std::optional<Duration> limit) {
  auto said = run_program(words, {}, limit);
  if (!said && said.error().kind == ErrorKind::kNotFound)
    return fail(
        ErrorKind::kNotFound,
        fmt::format("{} is not on PATH: install the tools of the scheduler, or run this where they are", words[0]));
  return said;
}

// A plan of the flags' words, with nothing planned yet.
RecordSchedule kept_plan(const App& app, const JobRequest& job, const PlanIntensities& intensities) {
  const PlanOptions& p = app.options.of<PlanOptions>();
  RecordSchedule kept;
  kept.policy = "finish within " + p.deadline;
  kept.objective = p.objective;
  kept.zone = job.zones.front().zone;
  kept.source = joined(intensities.sources, "; ");
  if (!p.power.empty()) kept.power_w = job.power_w;
  return kept;
}

}  // namespace

Result<ProgramOutput> run_tool_within(Duration limit, const std::vector<std::string>& words) {
  return tool(words, limit);
}
Result<ProgramOutput> run_tool(const std::vector<std::string>& words) { return tool(words, kToolLimit); }
Result<ProgramOutput> run_long_tool(const std::vector<std::string>& words) { return tool(words, std::nullopt); }

std::string second_text(WallTime t) { return format_utc(t).substr(0, 19) + "Z"; }

Result<StartPlan> start_plan(App& app, Carried how) {
  PlanOptions& p = app.options.of<PlanOptions>();
  p.no_pause = how != Carried::kFollowedPauses;
  const bool stated = !p.power.empty();
  if (!stated) p.power = "1kW";  // when, not how much
  auto asked = plan_request_of(app);
  if (!stated) p.power.clear();
  OLIVINE_TRY(JobRequest job, std::move(asked));
  OLIVINE_TRY(const PlanIntensities intensities, plan_intensities(app, job));
  if (intensities.zones.size() != 1)
    return fail(ErrorKind::kInvalid, "the job stays where it is: name one zone, e.g. --zones FR");
  job.zones = intensities.zones;
  job.slot = intensities.slot;
  const RecordSchedule kept = kept_plan(app, job, intensities);
  if (how != Carried::kStart) {
    OLIVINE_TRY(const FollowRules rules, follow_rules(app, job));
    if (rules.pause_above) {
      const char* rests =
          p.no_pause ? "starts as soon as the intensity is at most" : "runs while the intensity is at most";
      return StartPlan{job.now, job.now,
                       fmt::format("{} {} g/kWh in {}, and in time for the deadline", rests,
                                   format_number(*rules.pause_above), job.zones.front().zone),
                       kept};
    }
    job = followed_job(std::move(job), rules);
  }
  OLIVINE_TRY(const JobPlan plan, plan_job(job));
  StartPlan out{job.now, plan.best.segments.front().begin, "", kept};
  out.kept.planned = {plan.saving.average, plan.saving.marginal};
  for (const PlannedSegment& s : plan.best.segments)
    out.kept.plan.push_back({s.begin, s.end, mean_over(job.zones.front().average, {s.begin, s.end}),
                             mean_over(job.zones.front().marginal, {s.begin, s.end})});
  std::string pauses;
  if (plan.best.pauses > 0)
    pauses = fmt::format(" with {} pause{}, done {}", plan.best.pauses, plan.best.pauses == 1 ? "" : "s",
                         second_text(plan.best.finish));
  out.text =
      fmt::format("start {} in {}{}: {}, {}, against starting at once (modelled at constant power)",
                  second_text(out.start), plan.best.segments.front().zone, pauses,
                  saving_text(plan.saving.average, "by average"), saving_text(plan.saving.marginal, "at the margin"));
  return out;
}

}  // namespace olivine::cli
