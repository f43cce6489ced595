#include "planning/online/online_policy.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "planning/online/thresholds.h"

namespace olivine {
namespace {

// Slots of work in all that the guard keeps room for.
std::size_t guarded_work(const OnlineJob& job) {
  return static_cast<std::size_t>(std::ceil(static_cast<double>(job.work) * job.work_factor - 1e-9));
}

class AtOnce final : public OnlinePolicy {
 public:
  std::string name() const override { return "at_once"; }
  bool wants_to_run(const OnlineJob&, const OnlineMoment&) const override { return true; }
  std::optional<double> worst_case(const OnlineJob&) const override { return std::nullopt; }
};

// The exact programme on what is expected, anew in every slot. With a perfect forecast it is the oracle.
class ModelPredictive final : public OnlinePolicy {
 public:
  std::string name() const override { return "mpc"; }
  bool wants_to_run(const OnlineJob& job, const OnlineMoment& moment) const override {
    const std::size_t reserve = guarded_work(job) - job.work, left = work_left(job, moment);
    std::vector<double> prices{moment.now};
    prices.insert(prices.end(), moment.forecast.begin(), moment.forecast.end());
    prices.resize(std::min(prices.size(), moment.slots_left - std::min(reserve, moment.slots_left - 1)));
    JobShape rest{.slots = static_cast<double>(left), .pause_slots = job.restart, .pause_cost = 2.0 * job.edge_cost, .state = moment.state};
    const auto plan = cheapest_pause_resume(rest, prices);
    return !plan || plan->segments.front().begin == 0;  // no plan: nobody waits for the unknown
  }
  std::optional<double> worst_case(const OnlineJob&) const override { return std::nullopt; }
};

class LastWeekQuantile final : public OnlinePolicy {
 public:
  explicit LastWeekQuantile(const PolicySettings& settings) : s_(settings) {}
  std::string name() const override { return "last_week_quantile"; }
  bool wants_to_run(const OnlineJob&, const OnlineMoment& moment) const override {
    std::vector<double> week;
    for (std::size_t i = moment.past.size() - std::min(s_.week, moment.past.size()); i < moment.past.size(); ++i)
      if (!std::isnan(moment.past[i])) week.push_back(moment.past[i]);
    if (week.empty()) return true;
    const auto rank = static_cast<std::size_t>(std::ceil(s_.quantile * static_cast<double>(week.size())));
    const auto place = week.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, week.size()) - 1);
    std::nth_element(week.begin(), place, week.end());
    return moment.now <= *place;
  }
  std::optional<double> worst_case(const OnlineJob&) const override { return std::nullopt; }

 private:
  PolicySettings s_;
};

using BandMaker = Result<Band> (*)(std::size_t work, PriceLimits limits, double edge_cost, double trust);

// Thresholds, with the exact programme between them where they leave it free.
class ByBand final : public OnlinePolicy {
 public:
  ByBand(std::string name, BandMaker maker, const PolicySettings& settings) : name_(std::move(name)), maker_(maker), s_(settings) {}
  std::string name() const override { return name_; }
  bool wants_to_run(const OnlineJob& job, const OnlineMoment& moment) const override {
    const Band& band = band_of(job);
    if (band.lower.empty()) return true;
    const std::size_t slot = std::min(moment.done, job.work - 1);
    if (moment.now <= band.lower[slot]) return true;
    if (moment.now > band.upper[slot]) return false;
    return band.hysteresis ? moment.state == JobState::kRunning : advice_.wants_to_run(job, moment);
  }
  std::optional<double> worst_case(const OnlineJob& job) const override {
    if (job.restart > 0) return std::nullopt;
    return olivine::worst_case(band_of(job), {s_.low, s_.high}, job.edge_cost);
  }

 private:
  Band band_of(const OnlineJob& job) const {
    auto band = maker_(job.work, {s_.low, s_.high}, job.edge_cost, s_.trust);
    return band ? std::move(*band) : Band{};
  }
  std::string name_;
  BandMaker maker_;
  PolicySettings s_;
  ModelPredictive advice_;
};

Result<Band> one_threshold(std::size_t work, PriceLimits limits, double, double) { return trust_band(work, limits, 0.0); }
Result<Band> by_trust(std::size_t work, PriceLimits limits, double, double trust) { return trust_band(work, limits, trust); }
Result<Band> proven(std::size_t work, PriceLimits limits, double edge_cost, double) { return proven_thresholds(work, limits, edge_cost); }
Result<Band> published(std::size_t work, PriceLimits limits, double edge_cost, double) { return published_thresholds(work, limits, edge_cost); }

}  // namespace

Status check(const OnlineJob& job) {
  if (job.work == 0) return fail(ErrorKind::kInvalid, "a job of no work; it needs at least one slot");
  if (!std::isfinite(job.edge_cost) || job.edge_cost < 0.0)
    return fail(ErrorKind::kInvalid, fmt::format("a switch cost of {}; it must be a number of 0 or more", job.edge_cost));
  if (!(job.work_factor >= 1.0 && job.work_factor <= 1e3))
    return fail(ErrorKind::kInvalid, fmt::format("a work factor of {}; it lies between 1 and 1000", job.work_factor));
  if (guarded_work(job) > job.deadline)
    return fail(ErrorKind::kInvalid, fmt::format("{} slots of work (times {}) do not fit into {}", job.work, job.work_factor, job.deadline));
  return {};
}

std::vector<std::string> policy_names() {
  return {"at_once", "mpc", "last_week_quantile", "one_threshold", "double_threshold", "published_threshold", "learning_augmented"};
}

namespace {

// One slot of the job's life.
void step(const OnlineJob& job, bool run, std::size_t t, OnlineMoment& moment, OnlineOutcome& out) {
  if (!run) {
    if (moment.state != JobState::kRunning) return;
    moment.state = JobState::kPaused;
    moment.restart_left = 0;
    SlotRun& last = out.segments.back();  // it may have been paused before its restart was over
    last.overhead = std::min(last.overhead, last.end - last.begin);
    return;
  }
  if (moment.state != JobState::kRunning) {
    moment.restart_left = moment.state == JobState::kPaused ? job.restart : 0;
    out.segments.push_back({t, t, moment.restart_left});
    out.cost += 2.0 * job.edge_cost;
    moment.state = JobState::kRunning;
  }
  out.cost += moment.now;
  out.segments.back().end = t + 1;
  if (moment.restart_left > 0) --moment.restart_left;
  else ++moment.done;
}

}  // namespace

Result<std::unique_ptr<OnlinePolicy>> make_policy(const std::string& name, const PolicySettings& settings) {
  const auto with_band = [&](BandMaker maker) -> Result<std::unique_ptr<OnlinePolicy>> {
    OLIVINE_CHECK_STATUS(maker(1, {settings.low, settings.high}, 0.0, settings.trust));
    return std::make_unique<ByBand>(name, maker, settings);
  };
  if (name == "at_once") return std::make_unique<AtOnce>();
  if (name == "mpc") return std::make_unique<ModelPredictive>();
  if (name == "last_week_quantile") return std::make_unique<LastWeekQuantile>(settings);
  if (name == "one_threshold") return with_band(one_threshold);
  if (name == "double_threshold") return with_band(proven);
  if (name == "published_threshold") return with_band(published);
  if (name == "learning_augmented") return with_band(by_trust);
  return fail(ErrorKind::kNotFound, fmt::format("no policy is named {}; there are {}", name, fmt::join(policy_names(), ", ")));
}

std::size_t work_left(const OnlineJob& job, const OnlineMoment& moment) {
  return (moment.done < job.work ? job.work - moment.done : 1) + moment.restart_left;
}

bool must_run(const OnlineJob& job, const OnlineMoment& moment) {
  const std::size_t in_all = guarded_work(job), left = moment.done < in_all ? in_all - moment.done : 1;
  const std::size_t restart = moment.state == JobState::kFresh ? 0 : job.restart;  // after a wait
  return moment.slots_left < left + restart + 1;
}

bool decides_to_run(const OnlinePolicy& policy, const OnlineJob& job, const OnlineMoment& moment) {
  return must_run(job, moment) || std::isnan(moment.now) || policy.wants_to_run(job, moment);
}

Result<OnlineOutcome> run_online(const OnlinePolicy& policy, const OnlineJob& job, std::span<const double> prices, std::size_t begin,
                                 const Forecaster& forecaster, std::optional<std::size_t> takes) {
  OLIVINE_CHECK_STATUS(check(job));
  if (begin > prices.size() || prices.size() - begin < job.deadline)
    return fail(ErrorKind::kInvalid, fmt::format("{} prices do not reach from slot {} to a deadline of {}", prices.size(), begin, job.deadline));
  OnlineOutcome out;
  OnlineMoment moment;
  const std::size_t really = takes.value_or(job.work);
  for (std::size_t t = 0; moment.done < really && begin + t < prices.size(); ++t) {
    const bool late = t >= job.deadline;  // it took longer than the guard kept room for: it runs on
    moment.past = prices.first(begin + t);
    moment.now = prices[begin + t];
    moment.slots_left = late ? 1 : job.deadline - t;
    const std::vector<double> forecast = late || !forecaster ? std::vector<double>{} : forecaster(begin + t, moment.slots_left - 1);
    moment.forecast = forecast;
    const bool forced = must_run(job, moment);
    const bool run = decides_to_run(policy, job, moment);
    if (run) out.forced += forced ? 1 : 0;
    step(job, run, t, moment, out);
  }
  out.in_time = moment.done == really && out.segments.back().end <= job.deadline;
  return out;
}

Result<double> least_cost(const OnlineJob& job, std::span<const double> window) {
  OLIVINE_CHECK_STATUS(check(job));
  const JobShape shape{.slots = static_cast<double>(job.work), .pause_slots = job.restart, .pause_cost = 2.0 * job.edge_cost};
  OLIVINE_TRY(const SlotSchedule best, cheapest_pause_resume(shape, window.first(std::min(window.size(), job.deadline))));
  return best.cost + 2.0 * job.edge_cost;
}

}  // namespace olivine
