#include "apps/cli/plan_picture.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "report/calendar.h"
#include "report/chart.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostPoints = 20'000;

double share_run(const std::vector<PlannedSegment>& segments, WallTime begin, WallTime end) {
  std::int64_t ns = 0;
  for (const PlannedSegment& s : segments)
    ns += std::max<std::int64_t>(0, std::min(s.end, end).ns - std::max(s.begin, begin).ns);
  return static_cast<double>(ns) / static_cast<double>(end.ns - begin.ns);
}

// The intensity, and the same where the work runs, down to the axis.
LineChart timeline_of(const PlanAnswer& a, const JobPlan& plan, const ZoneIntensity& zone, bool marginal) {
  const JobRequest& job = a.job;
  LineChart out;
  // A deadline within a slot: in shorter ones, up to it.
  const Duration fitting{std::gcd(job.deadline.ns, job.slot.ns)};
  const bool fits = job.deadline.ns / fitting.ns <= static_cast<std::int64_t>(kMostPoints);
  const Duration slot = fits ? fitting : std::min(job.slot, job.deadline);
  const std::size_t slots = static_cast<std::size_t>(job.deadline.ns / slot.ns);
  const std::size_t step = (slots + kMostPoints - 1) / kMostPoints;
  const Duration length{slot.ns * static_cast<std::int64_t>(step)};
  const auto means = slot_means(marginal ? *zone.marginal : *zone.average, job.now, length, slots / step);
  ChartLine intensity{zone.zone, {}, {}, {}}, runs{"plan", {}, {}, {}};
  for (std::size_t i = 0; i < means.size(); ++i) {
    const WallTime begin{job.now.ns + length.ns * static_cast<std::int64_t>(i)};
    const ChartValue value = std::isnan(means[i]) ? ChartValue() : ChartValue(means[i]);
    const double share = share_run(plan.best.segments, begin, {begin.ns + length.ns});
    const bool on = share > 0.0 && value;
    out.times.push_back(begin);
    out.marks.push_back(share > 0.0);
    out.until = WallTime{begin.ns + length.ns};
    intensity.values.push_back(value);
    runs.values.push_back(on ? value : ChartValue());
    runs.lower.push_back(on ? ChartValue(std::min(0.0, *value)) : ChartValue());
    runs.upper.push_back(runs.values.back());
  }
  out.title = fmt::format("Plan of {} in {}, {} intensity", format_duration(job.duration), zone.zone,
                          marginal ? "marginal" : "average");
  out.unit = "g CO2e/kWh";
  out.band_name = "the work runs";
  out.lines = {std::move(intensity), std::move(runs)};
  out.mark_name = "the work runs";
  return out;
}

}  // namespace

Result<Plot> plot_of(const App& app, const PlanAnswer& a, const JobPlan& plan) {
  const std::string& name = plan.best.segments.front().zone;
  const auto zone =
      std::find_if(a.job.zones.begin(), a.job.zones.end(), [&](const ZoneIntensity& z) { return z.zone == name; });
  const bool marginal = a.job.objective == Objective::kMarginal;
  if (zone == a.job.zones.end() || !(marginal ? zone->marginal : zone->average))
    return fail(ErrorKind::kNotFound, "nothing to draw: the intensity is not known");
  const LineChart timeline = timeline_of(a, plan, *zone, marginal);
  if (timeline.times.empty()) return fail(ErrorKind::kNotFound, "nothing to draw: no whole slot up to the deadline");
  LineChart alone = timeline;
  alone.lines.pop_back();
  Plot plot;
  OLIVINE_TRY(plot.text, sparkline_text(alone, app.style(false)));
  OLIVINE_TRY(plot.svg, line_chart_svg(timeline));
  return plot;
}

Result<std::string> calendar_of(const PlanAnswer& a, const JobPlan& plan) {
  std::vector<CalendarEvent> events;
  const std::size_t count = plan.best.segments.size();
  for (std::size_t i = 0; i < count; ++i) {
    const PlannedSegment& s = plan.best.segments[i];
    events.push_back({s.begin, s.end,
                      count == 1 ? fmt::format("Run the job in {}", s.zone)
                                 : fmt::format("Run the job in {} ({} of {})", s.zone, i + 1, count),
                      plan_sentence(a, plan) + "\n" + format_energy(joules(s.energy_j)), s.zone});
  }
  return calendar_text(events, a.job.now);
}

Result<std::string> calendar_of(const QueueRequest& request, const QueuePlan& plan) {
  std::vector<CalendarEvent> events;
  for (std::size_t j = 0; j < plan.jobs.size(); ++j)
    for (const PlannedSegment& s : plan.jobs[j].segments)
      events.push_back({s.begin, s.end, fmt::format("Run {}", printable(request.jobs[j].name)),
                        fmt::format("{} units, {}", request.jobs[j].units, format_energy(joules(s.energy_j))), s.zone});
  return calendar_text(events, request.now);
}

}  // namespace olivine::cli
