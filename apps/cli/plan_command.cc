// plan: where and when a job emits least. Exit 1 when the saving is below --min-saving.
#include <fmt/core.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_request.h"
#include "planning/single_job.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json both_json(const BothSignals& both) {
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  return {{"average", number(both.average)}, {"marginal", number(both.marginal)}};
}

Json segments_json(const PricedSchedule& schedule) {
  Json list = Json::array();
  for (const PlannedSegment& s : schedule.segments)
    list.push_back({{"start", format_utc(s.begin)}, {"end", format_utc(s.end)}, {"zone", s.zone}, {"scale", 1}});
  return list;
}

std::string plan_json(const JobRequest& job, const Result<JobPlan>& plan) {
  Json out{{"schema", "olivine.plan/1"}, {"objective", name_of(job.objective)}, {"feasible", plan.has_value()}};
  if (!plan) {
    out["baseline"] = out["plan"] = out["saving"] = out["bound"] = out["gap"] = nullptr;
    out["reason"] = plan.error().message;
    out["notes"] = Json::array();
    return out.dump(2, ' ', false, Json::error_handler_t::replace);
  }
  out["baseline"] = {{"emissions_g", both_json(plan->baseline.emissions_g)}, {"segments", segments_json(plan->baseline)}};
  out["plan"] = {{"segments", segments_json(plan->best)},
                 {"emissions_g", both_json(plan->best.emissions_g)},
                 {"energy_j", plan->best.energy_j},
                 {"cost", nullptr},
                 {"pauses", plan->best.pauses},
                 {"finish", format_utc(plan->best.finish)}};
  out["saving"] = both_json(plan->saving);
  out["bound"] = plan->bound_g;
  out["gap"] = 0.0;
  out["reason"] = nullptr;
  out["notes"] = plan->notes;
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string clock_text(WallTime t) { return format_utc(t).substr(0, 10) + " " + format_utc(t).substr(11, 5) + " UTC"; }

std::string saving_text(const std::optional<double>& saving, std::string_view how) {
  if (!saving) return fmt::format("unknown {}", how);
  if (std::abs(*saving) < 0.0005) return fmt::format("the same {}", how);
  return fmt::format("{} % {} {}", format_number(std::round(std::abs(*saving) * 1000.0) / 10.0), *saving > 0.0 ? "less" : "more", how);
}

std::string grams_text(const std::optional<double>& g) { return g ? format_carbon(grams(*g)) + " CO2e" : std::string("unknown"); }

std::string plan_text(const JobRequest& job, const JobPlan& plan, const std::vector<std::string>& sources) {
  const PricedSchedule& best = plan.best;
  const bool at_once = best.segments.front().begin == job.now && best.pauses == 0 && best.segments.front().zone == plan.baseline.segments.front().zone;
  std::string text = at_once ? fmt::format("plan      start at once in {}: nothing within {} emits less\n", best.segments.front().zone, format_duration(job.deadline))
                             : fmt::format("plan      start at {} in {}: {}, {}\n", clock_text(best.segments.front().begin), best.segments.front().zone,
                                           saving_text(plan.saving.average, "by average"), saving_text(plan.saving.marginal, "at the margin"));
  for (const PlannedSegment& s : best.segments)
    text += fmt::format("  run     {} .. {}  {}  {}\n", clock_text(s.begin), clock_text(s.end), s.zone, format_energy(joules(s.energy_j)));
  if (best.pauses > 0) text += fmt::format("  pauses  {}\n", best.pauses);
  text += fmt::format("{:<10}{:>14}  {:>14}\n", "", "average", "marginal");
  text += fmt::format("{:<10}{:>14}  {:>14}   at once in {}\n", "baseline", grams_text(plan.baseline.emissions_g.average),
                      grams_text(plan.baseline.emissions_g.marginal), plan.baseline.segments.front().zone);
  text += fmt::format("{:<10}{:>14}  {:>14}   made least by {}; no schedule emits less than {}\n", "plan", grams_text(best.emissions_g.average),
                      grams_text(best.emissions_g.marginal), name_of(job.objective), format_carbon(grams(plan.bound_g)));
  for (const std::string& source : sources) text += "intensity " + source + "\n";
  for (const std::string& note : plan.notes) text += "note      " + note + "\n";
  return text;
}

// What twice the time would bring, where the data reach that far.
std::string more_time_text(JobRequest job, const JobPlan& plan) {
  job.deadline = {job.deadline.ns * 2};
  const auto longer = plan_job(job);
  const auto saving = [&](const JobPlan& p) { return job.objective == Objective::kAverage ? p.saving.average : p.saving.marginal; };
  if (!longer || !saving(*longer) || !saving(plan)) return "";
  return fmt::format("within {} instead of {}: {}\n", format_duration(job.deadline), format_duration({job.deadline.ns / 2}),
                     saving_text(saving(*longer), job.objective == Objective::kAverage ? "by average" : "at the margin"));
}

}  // namespace

int plan_command(App& app) {
  if (app.options.of<PlanOptions>().follow) return plan_follow(app);
  auto job = plan_request_of(app);
  if (!job) return report_error(job.error());
  const auto intensities = plan_intensities(app, *job);
  if (!intensities) return report_error(intensities.error());
  job->zones = intensities->zones;
  job->slot = intensities->slot;
  const Result<JobPlan> plan = plan_job(*job);
  if (app.options.json) {
    if (const int code = print_json(app, plan_json(*job, plan)); code != 0) return code;
    if (!plan) return exit_code_of(plan.error().kind);
  } else {
    if (!plan) return report_error(plan.error());
    if (const int code = print(plan_text(*job, *plan, intensities->sources) + more_time_text(*job, *plan)); code != 0) return code;
  }
  const auto& saving = job->objective == Objective::kAverage ? plan->saving.average : plan->saving.marginal;
  const double least = app.options.of<PlanOptions>().min_saving_percent / 100.0;
  return least > 0.0 && saving.value_or(0.0) < least ? kExitNo : 0;
}

}  // namespace olivine::cli
