// What `olivine plan --jobs` says; see plan_render.h.
#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/plan_parts.h"
#include "apps/cli/plan_render.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kListedJobs = 40;  // in the text; --json has all
constexpr std::size_t kWidestName = 24;

// Wide enough for most names; a longer one stands on a line of its own.
std::size_t name_column(const QueueRequest& r) {
  std::size_t column = 16;
  for (std::size_t j = 0; j < std::min(kListedJobs, r.jobs.size()); ++j) {
    const std::size_t needed = display_width(printable(r.jobs[j].name)) + 2;
    if (needed <= kWidestName) column = std::max(column, needed);
  }
  return column;
}

}  // namespace

std::string queue_text(const QueueRequest& r, const QueuePlan& plan, const std::vector<std::string>& sources) {
  std::string text = fmt::format(
      "plan      {} job{} on {} units in {}: {}, {}\n", r.jobs.size(), r.jobs.size() == 1 ? "" : "s", r.capacity,
      r.zone.zone, saved_text(plan.saving.average, "by average"), saved_text(plan.saving.marginal, "at the margin"));
  const std::size_t column = name_column(r);
  for (std::size_t j = 0; j < std::min(kListedJobs, r.jobs.size()); ++j) {
    const PlannedJob& job = plan.jobs[j];
    const std::string name = printable(r.jobs[j].name);
    text += "  " + name + std::string(column - std::min(column, display_width(name)), ' ');
    if (display_width(name) >= column) text += "\n  " + std::string(column, ' ');
    if (job.segments.empty()) {
      text += "left out\n";
      continue;
    }
    text += fmt::format(
        "{}  {}{}\n", span_text(job.segments.front().begin, job.segments.back().end),
        grams_text(job.emissions_g.average),
        job.pauses == 0 ? std::string() : fmt::format("  {} pause{}", job.pauses, job.pauses == 1 ? "" : "s"));
  }
  if (r.jobs.size() > kListedJobs) text += fmt::format("  ... {} more: --json has all\n", r.jobs.size() - kListedJobs);
  text += fmt::format("{:<10}{:>14}  {:>14}\n", "", "average", "marginal");
  text += fmt::format("{:<10}{:>14}  {:>14}   first come, first served, no pauses; {} of its jobs late\n", "baseline",
                      grams_text(plan.baseline_g.average), grams_text(plan.baseline_g.marginal), plan.baseline_late);
  const std::string proof =
      plan.left_out == r.jobs.size()
          ? std::string("no job is planned")
          : fmt::format("made least by {}; no schedule emits less than {} (gap {} %; {})", name_of(r.objective),
                        format_carbon(grams(plan.bound)), format_number(plan.gap * 100.0), plan.method);
  text += fmt::format("{:<10}{:>14}  {:>14}   {}\n", "plan", grams_text(plan.emissions_g.average),
                      grams_text(plan.emissions_g.marginal), proof);
  for (const std::string& source : sources) text += "intensity " + source + "\n";
  for (const std::string& note : plan.notes) text += "note      " + note + "\n";
  return text;
}

}  // namespace olivine::cli
