#include "planning/follow.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "planning/online/online_policy.h"
#include "planning/slot_choice.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr std::int64_t kMostSlots = 2'000'000;

const std::optional<IntensitySeries>& series_of(const ZoneIntensity& zone, Objective objective) {
  return objective == Objective::kAverage ? zone.average : zone.marginal;
}

// The point that holds at a time.
const IntensityPoint* point_at(const std::optional<IntensitySeries>& series, WallTime t) {
  if (!series) return nullptr;
  const auto& points = series->points;
  const auto point =
      std::upper_bound(points.begin(), points.end(), t, [](WallTime x, const IntensityPoint& p) { return x < p.end; });
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
      : r_(rules),
        s_(state),
        now_(now),
        left_{rules.work.ns - state.done.ns},
        slot_(slot_for(rules, left_, now)),
        slot_kwh_(rules.power_w * in_seconds(slot_) / kJoulesPerKilowattHour),
        series_(series_of(zone, rules.objective)) {
    set_job();
  }

  FollowStep step() const {
    const IntensityPoint* here = point_at(series_, now_);
    const std::vector<double> prices = here == nullptr ? std::vector<double>{} : slot_prices();
    OnlineMoment moment;
    moment.now = here == nullptr ? std::nan("") : r_.pause_above ? here->g_per_kwh * slot_kwh_ : prices.front();
    moment.forecast = prices.empty() ? std::span<const double>{} : std::span(prices).subspan(1);
    moment.done = left_.ns <= 0 ? job_.work : 0;  // `job_` is what is left
    moment.restart_left = slots_up(s_.restart_left, slot_);
    moment.slots_left = job_.deadline;
    moment.min_run_left = s_.state == JobState::kRunning ? slots_up(min_run_left(), slot_) : 0;
    moment.state = s_.state;
    const auto policy = r_.pause_above ? at_or_below(*r_.pause_above * slot_kwh_) : model_predictive();
    const OnlineChoice choice = decide(*policy, job_, moment);
    switch (choice.reason) {
      case OnlineReason::kOverdue: return run_on(r_.finish_by, "it runs until it is done");
      case OnlineReason::kStarted: return run_on(r_.finish_by, "it has started");
      case OnlineReason::kDeadline: return run_on(r_.finish_by, "the deadline leaves no more time to wait");
      case OnlineReason::kUnknown:
        return run_on({now_.ns + r_.slot.ns}, fmt::format("no {} intensity is known for now", name_of(r_.objective)));
      case OnlineReason::kPolicy: break;
    }
    FollowStep step = r_.pause_above ? by_threshold(choice, *here, moment) : by_plan(choice, *here);
    if (!step.run) step.latest = latest();
    return step;
  }

 private:
  // Of the rules, shorter where less work is left; not so short that the slots to the deadline are too many.
  static Duration slot_for(const FollowRules& r, Duration left, WallTime now) {
    const std::int64_t least = std::max(seconds(1).ns, (r.finish_by.ns - now.ns) / kMostSlots);
    return {std::max(std::min(r.slot.ns, left.ns), least)};
  }

  void set_job() {
    job_.work = std::max<std::size_t>(slots_up(left_, slot_), 1);
    job_.last_part = std::clamp(
        static_cast<double>(left_.ns) / static_cast<double>(slot_.ns) - static_cast<double>(job_.work - 1), 1e-6, 1.0);
    job_.deadline = static_cast<std::size_t>(std::max<std::int64_t>(r_.finish_by.ns - grid_start().ns, 0) / slot_.ns);
    job_.reserve = slots_up(Duration{left_.ns + r_.margin.ns}, slot_) - slots_up(left_, slot_);
    job_.restart = slots_up(r_.pause_time, slot_);
    job_.min_run = std::max<std::size_t>(slots_up(r_.min_run, slot_), 1);
    job_.edge_cost = r_.pause_g / 2.0;  // a pause is two edges
    job_.pause_energy = r_.pause_j / kJoulesPerKilowattHour / slot_kwh_;
    job_.paused_power = r_.paused_power_w / r_.power_w;
    job_.may_pause = r_.may_pause;
  }

  // Grams of a slot of running, from now to the deadline or to where the data end.
  std::vector<double> slot_prices() const {
    const std::int64_t known_ns = series_->points.back().end.ns - grid_start().ns;
    const std::size_t count = std::min(job_.deadline, slots_up(Duration{known_ns}, slot_));
    std::vector<double> prices = slot_means(*series_, grid_start(), slot_, std::max<std::size_t>(count, 1));
    for (double& price : prices) price *= slot_kwh_;
    return prices;
  }

  FollowStep run_on(WallTime until, std::string why) const {
    return {true, std::max(until, WallTime{now_.ns + r_.slot.ns}), std::move(why), std::nullopt};
  }
  // To the nanosecond: slots are counted so that they end no later than this, and no replan of the same wait goes beyond it.
  WallTime latest() const {
    const std::int64_t restart_ns = s_.state == JobState::kFresh ? 0 : r_.pause_time.ns;
    return {r_.finish_by.ns - left_.ns - r_.margin.ns - restart_ns};
  }
  WallTime time_of(std::size_t slot) const { return {grid_start().ns + static_cast<std::int64_t>(slot) * slot_.ns}; }

  FollowStep by_threshold(const OnlineChoice& choice, const IntensityPoint& here, const OnlineMoment& moment) const {
    std::string why = fmt::format("{} now, the limit is {:.0f} g/kWh", grams_text(&here), *r_.pause_above);
    if (choice.run && here.g_per_kwh > *r_.pause_above)
      return {true, std::min(here.end, WallTime{now_.ns + min_run_left().ns}),
              fmt::format("{}; no run is shorter than {}", why, format_duration(r_.min_run)), std::nullopt};
    return {choice.run, choice.run ? here.end : std::min(here.end, time_of(slots_to_spare(job_, moment))),
            std::move(why), std::nullopt};
  }

  Duration min_run_left() const { return {std::max<std::int64_t>(r_.min_run.ns - s_.ran.ns, 0)}; }

  // A step that comes a moment late still plans in the slots of the data.
  WallTime grid_start() const {
    const std::int64_t late_ns = now_.ns % r_.slot.ns;
    return {late_ns < r_.slot.ns / 20 ? now_.ns - late_ns : now_.ns};
  }

  FollowStep by_plan(const OnlineChoice& choice, const IntensityPoint& here) const {
    const auto& segments = choice.plan.segments;
    if (segments.empty()) return run_on({now_.ns + r_.slot.ns}, "no plan: " + choice.no_plan);
    if (choice.run) {
      const bool to_the_end = segments.size() == 1;
      return run_on(std::min(time_of(segments.front().end), next_news(here)),
                    grams_text(&here) + (to_the_end ? " now, and no better time to wait for" : " now"));
    }
    return {false, std::min(time_of(segments.front().begin), next_news(here)), why_wait(choice.plan), std::nullopt};
  }

  // The means of the work that is left: a dirty first hour is no reason to wait when the rest makes up for it.
  std::string why_wait(const SlotSchedule& plan) const {
    std::vector<WallInterval> spans;
    for (const SlotRun& s : plan.segments) spans.push_back({time_of(s.begin), time_of(s.end)});
    spans.back().end.ns -=
        static_cast<std::int64_t>(std::llround((1.0 - job_.last_part) * static_cast<double>(slot_.ns)));
    const WallTime begin = grid_start();
    std::string text =
        fmt::format("{} if it ran now, {} from {} on", mean_text(*series_, {{begin, {begin.ns + left_.ns}}}),
                    mean_text(*series_, spans), hour_text(spans.front().begin, now_));
    if (plan.pauses() > 0) text += fmt::format(", with {} pause{}", plan.pauses(), plan.pauses() == 1 ? "" : "s");
    return text;
  }

  // The plan is made anew when the intensity changes.
  WallTime next_news(const IntensityPoint& here) const { return std::max(here.end, WallTime{now_.ns + r_.slot.ns}); }

  const FollowRules& r_;
  const FollowState& s_;
  WallTime now_;
  Duration left_, slot_;
  double slot_kwh_;
  const std::optional<IntensitySeries>& series_;
  OnlineJob job_;
};

}  // namespace

FollowState state_after(const std::vector<WallInterval>& spans, bool runs, Duration pause_time) {
  FollowState state;
  if (spans.empty()) return state;
  state.state = runs ? JobState::kRunning : JobState::kPaused;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::int64_t length_ns = spans[i].end.ns - spans[i].begin.ns, restart_ns = i == 0 ? 0 : pause_time.ns;
    state.done.ns += std::max<std::int64_t>(length_ns - restart_ns, 0);
    state.restart_left = {runs ? std::max<std::int64_t>(restart_ns - length_ns, 0) : 0};
    state.ran = {runs ? length_ns : 0};
  }
  return state;
}

FollowStep next_step(const FollowRules& rules, const FollowState& state, const ZoneIntensity& intensity, WallTime now) {
  return Follower(rules, state, intensity, now).step();
}

}  // namespace olivine
