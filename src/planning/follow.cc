#include "planning/follow.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"

namespace olivine {
namespace {

const std::optional<IntensitySeries>& series_of(const ZoneIntensity& zone, Objective objective) {
  return objective == Objective::kAverage ? zone.average : zone.marginal;
}

// The point that holds at a time.
const IntensityPoint* point_at(const std::optional<IntensitySeries>& series, WallTime t) {
  if (!series) return nullptr;
  const auto& points = series->points;
  const auto point = std::upper_bound(points.begin(), points.end(), t, [](WallTime x, const IntensityPoint& p) { return x < p.end; });
  return point != points.end() && point->begin <= t ? &*point : nullptr;
}

std::string grams_text(const IntensityPoint* point) {
  return point == nullptr ? std::string("an unknown intensity") : fmt::format("{:.0f} g/kWh", point->g_per_kwh);
}

// With its date where the hour alone could be another day's.
std::string hour_text(WallTime t, WallTime now) {
  const std::string text = format_utc(t);
  return (t.ns - now.ns < hours(24).ns ? "" : text.substr(0, 10) + " ") + text.substr(11, 5) + " UTC";
}

// Of the whole spans: what the work would be priced at, not what holds at one moment of it.
std::string mean_text(const IntensitySeries& series, const std::vector<WallInterval>& spans) {
  double sum = 0.0;
  std::int64_t known_ns = 0, length_ns = 0;
  for (const WallInterval& span : spans) {
    length_ns += span.end.ns - span.begin.ns;
    for (const IntensityPoint& p : series.points) {
      const std::int64_t part_ns = std::min(p.end, span.end).ns - std::max(p.begin, span.begin).ns;
      if (part_ns <= 0) continue;
      known_ns += part_ns;
      sum += p.g_per_kwh * static_cast<double>(part_ns);
    }
  }
  if (known_ns != length_ns || length_ns == 0) return "an unknown intensity";
  return fmt::format("{:.0f} g/kWh", sum / static_cast<double>(length_ns));
}

class Follower {
 public:
  Follower(const FollowRules& rules, const FollowState& state, const ZoneIntensity& zone, WallTime now)
      : r_(rules), s_(state), zone_(zone), now_(now), series_(series_of(zone, rules.objective)) {}

  FollowStep step() const {
    const Duration left{r_.work.ns - s_.done.ns};
    if (left.ns <= 0) return run_on(r_.finish_by, "it runs until it is done");
    if (!r_.may_pause && s_.state != JobState::kFresh) return run_on(r_.finish_by, "it has started");
    const std::int64_t free_ns = r_.finish_by.ns - now_.ns - left.ns - r_.margin.ns - restart_ns();
    if (free_ns <= 0) return run_on(r_.finish_by, "the deadline leaves no more time to wait");
    const IntensityPoint* here = point_at(series_, now_);
    if (here == nullptr) return run_on({now_.ns + r_.slot.ns}, fmt::format("no {} intensity is known for now", name_of(r_.objective)));
    return r_.pause_above ? by_threshold(*here, free_ns) : by_plan(*here, left);
  }

 private:
  // What a wait from now on would add to the work.
  std::int64_t restart_ns() const { return s_.state == JobState::kFresh ? 0 : r_.pause_time.ns; }
  FollowStep run_on(WallTime until, std::string why) const { return {true, std::max(until, WallTime{now_.ns + r_.slot.ns}), std::move(why)}; }

  FollowStep by_threshold(const IntensityPoint& here, std::int64_t free_ns) const {
    const bool run = here.g_per_kwh <= *r_.pause_above;
    const std::int64_t until = run ? here.end.ns : std::min(here.end.ns, now_.ns + free_ns);
    return {run, {until}, fmt::format("{} now, the limit is {:.0f} g/kWh", grams_text(&here), *r_.pause_above)};
  }

  // A step that comes a moment late still plans in the slots of the data.
  WallTime grid_start() const {
    const std::int64_t late_ns = now_.ns % r_.slot.ns;
    return {late_ns < r_.slot.ns / 20 ? now_.ns - late_ns : now_.ns};
  }

  FollowStep by_plan(const IntensityPoint& here, Duration left) const {
    JobRequest job;
    job.now = grid_start();
    job.duration = left;
    // What is known may end before the deadline does: plan as far as it goes.
    job.deadline = {std::min(r_.finish_by.ns - r_.margin.ns, series_->points.back().end.ns) - job.now.ns};
    job.slot = std::min(r_.slot, left);
    job.power_w = r_.power_w;
    job.paused_power_w = r_.paused_power_w;
    job.may_pause = r_.may_pause;
    job.pause_g = r_.pause_g;
    job.pause_j = r_.pause_j;
    job.pause_time = r_.pause_time;
    job.min_run = r_.min_run;
    job.objective = r_.objective;
    job.state = s_.state;
    job.zones = {zone_};
    const auto plan = plan_job(job);
    if (!plan) return run_on({now_.ns + r_.slot.ns}, "no plan: " + plan.error().message);
    const PlannedSegment& first = plan->best.segments.front();
    if (first.begin <= now_) {
      const bool to_the_end = plan->best.segments.size() == 1;
      return run_on(std::min(first.end, next_news(here)), to_the_end ? grams_text(&here) + " now, and no better time to wait for" : grams_text(&here) + " now");
    }
    return {false, std::min(first.begin, next_news(here)), why_wait(plan->best, job)};
  }

  // The means of the work that is left: a dirty first hour is no reason to wait when the rest makes up for it.
  std::string why_wait(const PricedSchedule& best, const JobRequest& job) const {
    std::vector<WallInterval> spans;
    for (const PlannedSegment& s : best.segments) spans.push_back({s.begin, s.end});
    std::string text = fmt::format("{} if it ran now, {} from {} on", mean_text(*series_, {{job.now, {job.now.ns + job.duration.ns}}}),
                                   mean_text(*series_, spans), hour_text(spans.front().begin, now_));
    if (best.pauses > 0) text += fmt::format(", with {} pause{}", best.pauses, best.pauses == 1 ? "" : "s");
    return text;
  }

  // The plan is made anew when the intensity changes.
  WallTime next_news(const IntensityPoint& here) const { return std::max(here.end, WallTime{now_.ns + r_.slot.ns}); }

  const FollowRules& r_;
  const FollowState& s_;
  const ZoneIntensity& zone_;
  WallTime now_;
  const std::optional<IntensitySeries>& series_;
};

}  // namespace

FollowStep next_step(const FollowRules& rules, const FollowState& state, const ZoneIntensity& intensity, WallTime now) {
  return Follower(rules, state, intensity, now).step();
}

}  // namespace olivine
