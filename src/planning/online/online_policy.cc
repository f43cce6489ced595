#include "planning/online/online_policy.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "planning/online/thresholds.h"

namespace olivine {
namespace {

// Slots of work in all that the guard keeps room for.
std::size_t guarded_work(const OnlineJob& job) {
  return static_cast<std::size_t>(std::ceil(static_cast<double>(job.work) * job.work_factor - 1e-9)) + job.reserve;
}

class AtOnce final : public OnlinePolicy {
 public:
  std::string name() const override { return "at_once"; }
  OnlineChoice choose(const OnlineJob&, const OnlineMoment&) const override { return {true}; }
  std::optional<double> worst_case() const override { return std::nullopt; }
};

JobShape rest_of(const OnlineJob& job, const OnlineMoment& moment) {
  JobShape rest;
  rest.slots = static_cast<double>(work_left(job, moment)) - 1.0 + (moment.done < job.work ? job.last_part : 1.0);
  rest.min_run_slots = job.min_run;
  rest.pause_slots = job.restart;
  rest.pause_cost = 2.0 * job.edge_cost;
  rest.pause_energy = job.pause_energy;
  rest.paused_power = job.paused_power;
  rest.state = moment.state;
  return rest;
}

// The exact programme on what is expected, anew in every slot. With a perfect forecast it is the oracle.
class ModelPredictive final : public OnlinePolicy {
 public:
  std::string name() const override { return "mpc"; }
  OnlineChoice choose(const OnlineJob& job, const OnlineMoment& moment) const override {
    const std::size_t reserve = guarded_work(job) - job.work;
    std::vector<double> prices{moment.now};
    prices.insert(prices.end(), moment.forecast.begin(), moment.forecast.end());
    prices.resize(std::min(prices.size(), moment.slots_left - std::min(reserve, moment.slots_left - 1)));
    for (double& price : prices)
      if (price < 0.0)
        price = std::numeric_limits<double>::quiet_NaN();  // noise, or a market's moment: no reason to run
    auto plan = job.may_pause ? cheapest_pause_resume(rest_of(job, moment), prices)
                              : cheapest_contiguous(rest_of(job, moment), prices);
    if (!plan) return {true, {}, plan.error().message};  // nobody waits for the unknown
    const bool run = plan->segments.front().begin == 0;
    return {run, std::move(*plan)};
  }
  std::optional<double> worst_case() const override { return std::nullopt; }
};

class LastWeekQuantile final : public OnlinePolicy {
 public:
  explicit LastWeekQuantile(const PolicySettings& settings) : s_(settings) {}
  std::string name() const override { return "last_week_quantile"; }
  OnlineChoice choose(const OnlineJob&, const OnlineMoment& moment) const override {
    std::vector<double> week;
    for (std::size_t i = moment.past.size() - std::min(s_.week, moment.past.size()); i < moment.past.size(); ++i)
      if (!std::isnan(moment.past[i])) week.push_back(moment.past[i]);
    if (week.empty()) return {true};
    const auto rank = static_cast<std::size_t>(std::ceil(s_.quantile * static_cast<double>(week.size())));
    const auto place = week.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, week.size()) - 1);
    std::nth_element(week.begin(), place, week.end());
    return {moment.now <= *place};
  }
  std::optional<double> worst_case() const override { return std::nullopt; }

 private:
  PolicySettings s_;
};

class AtOrBelow final : public OnlinePolicy {
 public:
  explicit AtOrBelow(double price) : price_(price) {}
  std::string name() const override { return "at_or_below"; }
  OnlineChoice choose(const OnlineJob&, const OnlineMoment& moment) const override {
    return {moment.now <= price_ || (moment.state == JobState::kRunning && moment.min_run_left > 0)};
  }
  std::optional<double> worst_case() const override { return std::nullopt; }

 private:
  double price_;
};

// Thresholds, with the exact programme between them where they leave it free.
class ByBand final : public OnlinePolicy {
 public:
  ByBand(std::string name, Band band, std::optional<double> worst)
      : name_(std::move(name)), band_(std::move(band)), worst_(worst) {}
  std::string name() const override { return name_; }
  OnlineChoice choose(const OnlineJob& job, const OnlineMoment& moment) const override {
    const std::size_t slot = std::min(moment.done, band_.lower.size() - 1);
    if (moment.now <= band_.lower[slot]) return {true};
    if (moment.now > band_.upper[slot]) return {false};
    return band_.hysteresis ? OnlineChoice{moment.state == JobState::kRunning} : advice_.choose(job, moment);
  }
  std::optional<double> worst_case() const override { return worst_; }

 private:
  std::string name_;
  Band band_;
  std::optional<double> worst_;
  ModelPredictive advice_;
};

// Empty: no policy of thresholds has this name.
Result<std::optional<Band>> band_named(const std::string& name, const OnlineJob& job, const PolicySettings& s) {
  const PriceLimits limits{s.low, s.high};
  if (name == "one_threshold") return trust_band(job.work, limits, 0.0);
  if (name == "double_threshold" && !job.may_pause) return proven_start(job.work, limits, job.edge_cost);
  if (name == "double_threshold") return proven_thresholds(job.work, limits, job.edge_cost);
  if (name == "published_threshold") return published_thresholds(job.work, limits, job.edge_cost);
  if (name == "learning_augmented") return trust_band(job.work, limits, s.trust);
  return std::optional<Band>{};
}

}  // namespace

Status check(const OnlineJob& job) {
  if (job.work == 0) return fail(ErrorKind::kInvalid, "a job of no work; it needs at least one slot");
  if (!std::isfinite(job.edge_cost) || job.edge_cost < 0.0)
    return fail(ErrorKind::kInvalid,
                fmt::format("a switch cost of {}; it must be a number of 0 or more", job.edge_cost));
  if (!(job.work_factor >= 1.0 && job.work_factor <= 1e3))
    return fail(ErrorKind::kInvalid, fmt::format("a work factor of {}; it lies between 1 and 1000", job.work_factor));
  if (guarded_work(job) > job.deadline)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} slots of work (times {}) do not fit into {}", job.work, job.work_factor, job.deadline));
  return {};
}

std::vector<std::string> policy_names() {
  return {"at_once",           "mpc", "last_week_quantile", "one_threshold", "double_threshold", "published_threshold",
          "learning_augmented"};
}

bool goes_by_limits(const std::string& policy) {
  return policy == "one_threshold" || policy == "double_threshold" || policy == "published_threshold" ||
         policy == "learning_augmented";
}

namespace {

// One slot of the job's life.
void step(const OnlineJob& job, bool run, std::size_t t, double price, OnlineMoment& moment, OnlineOutcome& out) {
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
    moment.min_run_left = job.min_run;
    out.segments.push_back({t, t, moment.restart_left});
    out.cost += 2.0 * job.edge_cost;
    moment.state = JobState::kRunning;
  }
  out.cost += price;
  out.segments.back().end = t + 1;
  moment.min_run_left -= std::min<std::size_t>(moment.min_run_left, 1);
  if (moment.restart_left > 0)
    --moment.restart_left;
  else
    ++moment.done;
}

}  // namespace

std::unique_ptr<OnlinePolicy> model_predictive() { return std::make_unique<ModelPredictive>(); }
std::unique_ptr<OnlinePolicy> at_or_below(double price) { return std::make_unique<AtOrBelow>(price); }

Result<std::unique_ptr<OnlinePolicy>> make_policy(const std::string& name, const OnlineJob& job,
                                                  const PolicySettings& settings) {
  OLIVINE_CHECK_STATUS(check(job));
  if (name == "at_once") return std::make_unique<AtOnce>();
  if (name == "mpc") return model_predictive();
  if (name == "last_week_quantile") return std::make_unique<LastWeekQuantile>(settings);
  OLIVINE_TRY(const std::optional<Band> band, band_named(name, job, settings));
  if (!band)
    return fail(ErrorKind::kNotFound,
                fmt::format("no policy is named {}; there are {}", name, fmt::join(policy_names(), ", ")));
  std::optional<double> worst;
  if (!job.may_pause)
    worst = worst_case_in_one_run(*band, job.work, {settings.low, settings.high}, job.edge_cost);
  else if (job.restart == 0)
    worst = worst_case(*band, {settings.low, settings.high}, job.edge_cost);
  return std::make_unique<ByBand>(name, *band, worst);
}

std::size_t work_left(const OnlineJob& job, const OnlineMoment& moment) {
  return (moment.done < job.work ? job.work - moment.done : 1) + moment.restart_left;
}

std::size_t slots_to_spare(const OnlineJob& job, const OnlineMoment& moment) {
  const std::size_t in_all = guarded_work(job), left = moment.done < in_all ? in_all - moment.done : 1;
  const std::size_t restart = moment.state == JobState::kFresh ? 0 : job.restart;  // after a wait
  return moment.slots_left - std::min(moment.slots_left, left + restart);
}

OnlineChoice decide(const OnlinePolicy& policy, const OnlineJob& job, const OnlineMoment& moment) {
  const auto runs = [](OnlineReason why) { return OnlineChoice{.run = true, .reason = why}; };
  if (moment.done >= job.work) return runs(OnlineReason::kOverdue);
  if (!job.may_pause && moment.state != JobState::kFresh) return runs(OnlineReason::kStarted);
  if (slots_to_spare(job, moment) == 0) return runs(OnlineReason::kDeadline);
  if (std::isnan(moment.now)) return runs(OnlineReason::kUnknown);
  return policy.choose(job, moment);
}

Result<OnlineOutcome> run_online(const OnlinePolicy& policy, const OnlineJob& job, std::span<const double> prices,
                                 std::size_t begin, const Forecaster& forecaster, std::optional<std::size_t> takes,
                                 const PriceNow& price_now) {
  OLIVINE_CHECK_STATUS(check(job));
  if (begin > prices.size() || prices.size() - begin < job.deadline)
    return fail(ErrorKind::kInvalid, fmt::format("{} prices do not reach from slot {} to a deadline of {}",
                                                 prices.size(), begin, job.deadline));
  OnlineOutcome out;
  OnlineMoment moment;
  const std::size_t really = takes.value_or(job.work);
  for (std::size_t t = 0; moment.done < really && begin + t < prices.size(); ++t) {
    const bool late = t >= job.deadline;  // it took longer than the guard kept room for: it runs on
    moment.past = prices.first(begin + t);
    moment.now = price_now ? price_now(begin + t) : prices[begin + t];
    moment.slots_left = late ? 1 : job.deadline - t;
    const std::vector<double> forecast =
        late || !forecaster ? std::vector<double>{} : forecaster(begin + t, moment.slots_left - 1);
    moment.forecast = forecast;
    const OnlineChoice choice = decide(policy, job, moment);
    out.forced += choice.reason == OnlineReason::kDeadline ? 1 : 0;
    step(job, choice.run, t, prices[begin + t], moment, out);
  }
  out.in_time = moment.done == really && out.segments.back().end <= job.deadline;
  return out;
}

Result<SlotSchedule> least_schedule(const OnlineJob& job, std::span<const double> window) {
  OLIVINE_CHECK_STATUS(check(job));
  const JobShape shape = rest_of(job, {});
  const auto until = window.first(std::min(window.size(), job.deadline));
  return job.may_pause ? cheapest_pause_resume(shape, until) : cheapest_contiguous(shape, until);
}

Result<double> least_cost(const OnlineJob& job, std::span<const double> window) {
  OLIVINE_TRY(const SlotSchedule best, least_schedule(job, window));
  return best.cost + 2.0 * job.edge_cost;
}

}  // namespace olivine
