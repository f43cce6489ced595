#include "planning/simulation/simulate.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "base/prng.h"
#include "base/text.h"
#include "planning/online/online_policy.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr std::string_view kNoise = "noise:", kService = "service";
constexpr int kResamples = 1'000;

// What no policy and no forecast changes of a job.
struct GroundJob {
  OnlineJob shape;
  std::size_t first = 0;  // slot
  double slot_kwh = 0.0, kwh = 0.0;
  double at_once_g = 0.0, least_g = 0.0;
  std::optional<double> other_at_once_g;
};

// A zone by one signal under one trace: the same for every policy and forecast, so made once.
struct Ground {
  std::span<const double> prices, other;
  const SaidAhead* said = nullptr;
  std::vector<GroundJob> jobs;
  std::size_t left_out = 0;

  std::span<const double> window(std::span<const double> of, const GroundJob& job) const {
    return of.subspan(job.first, job.shape.deadline);
  }
};

struct JobResult {
  double policy_g = 0.0;
  std::optional<double> other_policy_g;
  double delay = 0.0, pauses = 0.0;
  bool late = false;
};

bool known(std::span<const double> prices) {
  return std::none_of(prices.begin(), prices.end(), [](double p) { return std::isnan(p) || p < 0.0; });
}

double mean_of(std::span<const double> prices) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double p : prices)
    if (!std::isnan(p)) sum += p, ++count;
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

double cost(std::span<const SlotRun> segments, std::span<const double> prices, double edge) {
  double sum = 0.0;
  for (const SlotRun& s : segments) {
    sum += 2.0 * edge;
    for (std::size_t i = s.begin; i < s.end && i < prices.size(); ++i) sum += prices[i];
  }
  return sum;
}

// Nothing: the job cannot be simulated on these data.
Result<std::optional<GroundJob>> ground_job(const SimulationWorld& world, const Ground& ground, const QueueJob& job) {
  const std::int64_t slot = world.slot.ns, begin = job.arrival.ns - world.begin.ns,
                     end = job.deadline.ns - world.begin.ns;
  const std::size_t first = begin <= 0 ? 0 : static_cast<std::size_t>((begin + slot - 1) / slot);
  const std::size_t last = end <= 0 ? 0 : static_cast<std::size_t>(end / slot);
  const auto work = static_cast<std::size_t>((job.length.ns + slot - 1) / slot);
  if (begin < 0 || last > ground.prices.size() || first + work > last || work == 0) return std::optional<GroundJob>{};
  GroundJob out;
  out.first = first;
  out.kwh = job.power_w * in_seconds(job.length) / kJoulesPerKilowattHour;
  out.slot_kwh = out.kwh / static_cast<double>(work);
  out.shape = {.work = work,
               .deadline = last - first,
               .edge_cost = world.edge_g / out.slot_kwh,
               .restart = world.restart,
               .may_pause = job.may_pause};  // in the prices' unit
  const std::span<const double> window = ground.window(ground.prices, out);
  if (!known(window)) return std::optional<GroundJob>{};
  const std::vector<SlotRun> at_once{{0, work, 0}};
  OLIVINE_TRY(const double least, least_cost(out.shape, window));
  out.at_once_g = out.slot_kwh * cost(at_once, window, out.shape.edge_cost);
  out.least_g = out.slot_kwh * least;
  if (ground.other.size() != ground.prices.size()) return std::optional(out);
  const std::span<const double> beside = ground.window(ground.other, out);
  if (known(beside)) out.other_at_once_g = out.slot_kwh * cost(at_once, beside, out.shape.edge_cost);
  return std::optional(out);
}

Result<Ground> ground_of(const SimulationWorld& world, const SimulationCase& of) {
  const auto zone =
      std::find_if(world.zones.begin(), world.zones.end(), [&](const SimulatedZone& z) { return z.zone == of.zone; });
  const auto seed = std::find(world.seeds.begin(), world.seeds.end(), of.seed);
  if (zone == world.zones.end() || seed == world.seeds.end())
    return fail(ErrorKind::kInvalid, "a case names a zone or a seed that its world lacks");
  const bool average = of.signal == Signal::kAverage;
  Ground ground;
  ground.prices = average ? zone->average : zone->marginal;
  ground.other = average ? zone->marginal : zone->average;
  ground.said = average ? &zone->average_said : &zone->marginal_said;
  for (const QueueJob& job : world.traces[static_cast<std::size_t>(seed - world.seeds.begin())]) {
    OLIVINE_TRY(const auto found, ground_job(world, ground, job));
    if (found)
      ground.jobs.push_back(*found);
    else
      ++ground.left_out;
  }
  return ground;
}

class CaseRunner {
 public:
  CaseRunner(const SimulationWorld& world, const Ground& ground, const SimulationCase& of)
      : world_(world), ground_(ground), case_(of) {}

  Result<SimulationRow> run() {
    OLIVINE_CHECK_STATUS(make_forecasts());
    OLIVINE_CHECK_STATUS(make_online());
    for (const GroundJob& job : ground_.jobs) {
      OLIVINE_TRY(const JobResult result, result_of(job));
      results_.push_back(result);
    }
    sum();
    return row_;
  }

 private:
  bool knows_the_future() const { return case_.policy == "start_within" || case_.policy == "oracle"; }

  // Refuses a name that is not known before any job is looked at.
  Status make_online() {
    if (knows_the_future()) return {};
    const std::vector<std::string> names = policy_names();
    if (std::find(names.begin(), names.end(), case_.policy) == names.end())
      return fail(ErrorKind::kInvalid, fmt::format("policy '{}' is not known", printable(case_.policy.substr(0, 60))));
    by_limits_ = goes_by_limits(case_.policy);
    settings_.week = static_cast<std::size_t>(std::max<std::int64_t>(1, hours(168).ns / world_.slot.ns));
    for (const double p : ground_.prices) {
      if (!(p > 0.0)) continue;  // or it is not known
      settings_.low = settings_.high > 0.0 ? std::min(settings_.low, p) : p;
      settings_.high = std::max(settings_.high, p);
    }
    return {};
  }

  // Thresholds depend on a job's work and on what a switch costs; equal jobs share one.
  Result<const OnlinePolicy*> policy_for(const OnlineJob& shape) {
    std::unique_ptr<OnlinePolicy>& policy = policies_[{shape.work, shape.edge_cost, shape.may_pause}];
    if (policy == nullptr) {
      const bool nothing_to_save = by_limits_ && settings_.high <= 0.0;
      OLIVINE_TRY(policy, make_policy(nothing_to_save ? "at_once" : case_.policy, shape, settings_));
      const auto worst = policy->worst_case();
      if (worst && std::isfinite(*worst) && case_.forecast != kService)
        worst_ = std::max(worst_, *worst);
      else
        has_worst_ = false;
    }
    return policy.get();
  }

  // Of the whole series at once: slot i as it was foreseen. Errors do not grow with the distance.
  Status make_forecasts() {
    OLIVINE_CHECK_STATUS(check_forecast(case_.forecast));
    if (case_.forecast == kService && ground_.said->size() != ground_.prices.size())
      return fail(ErrorKind::kInvalid, fmt::format("no service was asked what it says of {}; name one with --replay",
                                                   printable(case_.zone)));
    if (case_.forecast == "perfect") foreseen_ = ground_.prices;
    if (!case_.forecast.starts_with(kNoise)) return {};
    const double sigma =
        *parse_double(std::string_view(case_.forecast).substr(kNoise.size())) * mean_of(ground_.prices);
    Prng random(case_.seed ^ 0x6e6f697365ULL);
    noisy_.assign(ground_.prices.begin(), ground_.prices.end());
    for (double& p : noisy_) p = std::max(0.0, p + sigma * random.normal());
    foreseen_ = noisy_;
    return {};
  }

  // Of the `count` slots after `slot`.
  std::vector<double> forecast(std::size_t slot, std::size_t count) const {
    if (case_.forecast == kService) return said_after(slot, count);
    std::vector<double> out;
    const auto day = static_cast<std::size_t>(std::max<std::int64_t>(1, hours(24).ns / world_.slot.ns));
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = slot + 1 + i;
      if (case_.forecast == "yesterday") {  // as at this hour of the last day that is over
        if (slot + 1 < day) break;
        while (at > slot) at -= day;
        out.push_back(ground_.prices[at]);
      } else if (at < foreseen_.size()) {
        out.push_back(foreseen_[at]);
      }
    }
    if (!known(out)) out.clear();
    return out;
  }

  // Gaps stay: a plan never runs in one. What is behind the last known slot is no forecast.
  std::vector<double> said_after(std::size_t slot, std::size_t count) const {
    const std::vector<double>& said = (*ground_.said)[slot];
    std::vector<double> out;
    for (std::size_t i = 1; i < said.size() && i <= count; ++i) out.push_back(said[i]);
    while (!out.empty() && std::isnan(out.back())) out.pop_back();
    return out;
  }

  // As known in the slot itself.
  PriceNow price_now() const {
    if (case_.forecast != kService) return {};
    return [this](std::size_t slot) {
      const std::vector<double>& said = (*ground_.said)[slot];
      return said.empty() ? std::numeric_limits<double>::quiet_NaN() : said.front();
    };
  }

  Result<JobResult> result_of(const GroundJob& job) {
    OLIVINE_TRY(const std::vector<SlotRun> segments, segments_of(job));
    JobResult r;
    r.policy_g = job.slot_kwh * cost(segments, ground_.window(ground_.prices, job), job.shape.edge_cost);
    if (job.other_at_once_g)
      r.other_policy_g = job.slot_kwh * cost(segments, ground_.window(ground_.other, job), job.shape.edge_cost);
    r.delay = static_cast<double>(segments.back().end) - static_cast<double>(job.shape.work);
    r.pauses = static_cast<double>(segments.size() - 1);
    r.late = segments.back().end > job.shape.deadline;
    return r;
  }

  Result<std::vector<SlotRun>> segments_of(const GroundJob& job) {
    const OnlineJob& shape = job.shape;
    if (knows_the_future()) {
      OnlineJob free = shape;
      free.may_pause = shape.may_pause && case_.policy == "oracle";
      OLIVINE_TRY(SlotSchedule best, least_schedule(free, ground_.window(ground_.prices, job)));
      return std::move(best.segments);
    }
    const auto foresee = [&](std::size_t slot, std::size_t count) { return forecast(slot, count); };
    OLIVINE_TRY(const OnlinePolicy* policy, policy_for(shape));
    OLIVINE_TRY(OnlineOutcome outcome, run_online(*policy, shape, ground_.prices, job.first, foresee, {}, price_now()));
    return outcome.segments;
  }

  void sum() {
    row_.of = case_;
    row_.jobs = results_.size();
    row_.left_out = ground_.left_out;
    bool others = !results_.empty();
    double other_at_once = 0.0, other_policy = 0.0;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const GroundJob& job = ground_.jobs[i];
      const JobResult& r = results_[i];
      row_.energy_kwh += job.kwh;
      row_.at_once_g += job.at_once_g;
      row_.policy_g += r.policy_g;
      row_.least_g += job.least_g;
      row_.late += r.late ? 1 : 0;
      row_.worse += r.policy_g > job.at_once_g * (1.0 + 1e-12) ? 1 : 0;
      row_.delay_slots += r.delay / static_cast<double>(results_.size());
      row_.pauses += r.pauses / static_cast<double>(results_.size());
      others = others && r.other_policy_g.has_value();
      other_at_once += job.other_at_once_g.value_or(0.0);
      other_policy += r.other_policy_g.value_or(0.0);
    }
    if (by_limits_ && settings_.high > 0.0) row_.price_low = settings_.low, row_.price_high = settings_.high;
    if (by_limits_ && has_worst_ && !results_.empty()) row_.worst_case = worst_;
    if (others) row_.other_at_once_g = other_at_once, row_.other_policy_g = other_policy;
    if (row_.at_once_g <= 0.0) return;
    row_.saving = 1.0 - row_.policy_g / row_.at_once_g;
    bootstrap();
  }

  void bootstrap() {
    Prng random(case_.seed ^ 0x626f6f74ULL);
    std::vector<double> savings;
    for (int i = 0; i < kResamples; ++i) {
      double once = 0.0, policy = 0.0;
      for (std::size_t k = 0; k < results_.size(); ++k) {
        const std::size_t drawn = static_cast<std::size_t>(random.below(results_.size()));
        once += ground_.jobs[drawn].at_once_g;
        policy += results_[drawn].policy_g;
      }
      savings.push_back(once > 0.0 ? 1.0 - policy / once : 0.0);
    }
    std::sort(savings.begin(), savings.end());
    row_.saving_lower = savings[static_cast<std::size_t>(0.025 * kResamples)];
    row_.saving_upper = savings[static_cast<std::size_t>(0.975 * kResamples)];
  }

  const SimulationWorld& world_;
  const Ground& ground_;
  const SimulationCase& case_;
  std::vector<double> noisy_;
  std::span<const double> foreseen_;
  PolicySettings settings_;
  bool by_limits_ = false, has_worst_ = true;
  double worst_ = 1.0;  // of all policies made
  std::map<std::tuple<std::size_t, double, bool>, std::unique_ptr<OnlinePolicy>> policies_;
  std::vector<JobResult> results_;
  SimulationRow row_;
};

// do_one(i) for every i below `count`, on so many threads.
void on_threads(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& do_one) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) do_one(i);
  };
  std::vector<std::thread> crew;
  for (std::size_t i = 1; i < std::min(std::max<std::size_t>(threads, 1), count); ++i) crew.emplace_back(work);
  work();
  for (std::thread& each : crew) each.join();
}

}  // namespace

std::optional<double> SimulationRow::captured() const {
  const double possible = at_once_g - least_g;
  return possible > 1e-9 * at_once_g ? std::optional((at_once_g - policy_g) / possible) : std::nullopt;
}

std::vector<std::string> simulated_policies() {
  std::vector<std::string> names = policy_names();
  names.insert(names.begin() + 1, "start_within");
  names.push_back("oracle");
  return names;
}

Status check_forecast(const std::string& name) {
  if (name == "none" || name == "perfect" || name == "yesterday" || name == kService) return {};
  const auto sigma = name.starts_with(kNoise) ? parse_double(std::string_view(name).substr(kNoise.size()))
                                              : fail(ErrorKind::kInvalid, "");
  if (sigma && *sigma >= 0.0 && *sigma <= 10.0) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("forecast '{}' is not one of none, perfect, yesterday, noise:0.1, service",
                          printable(name.substr(0, 60))));
}

Result<std::vector<SimulationRow>> simulate(const SimulationWorld& world, const std::vector<SimulationCase>& cases,
                                            std::size_t threads,
                                            const std::function<void(std::size_t done)>& progress) {
  std::map<std::tuple<std::string, Signal, std::uint64_t>, std::size_t> ground_by_name;
  std::vector<std::size_t> ground_by_case, first_case;  // the latter of each ground
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto [place, is_new] =
        ground_by_name.try_emplace({cases[i].zone, cases[i].signal, cases[i].seed}, first_case.size());
    if (is_new) first_case.push_back(i);
    ground_by_case.push_back(place->second);
  }
  std::vector<std::optional<Result<Ground>>> grounds(first_case.size());
  on_threads(threads, grounds.size(), [&](std::size_t i) { grounds[i] = ground_of(world, cases[first_case[i]]); });
  std::vector<std::optional<Result<SimulationRow>>> rows(cases.size());
  std::atomic<std::size_t> done{0};
  std::mutex saying;
  on_threads(threads, cases.size(), [&](std::size_t i) {
    const Result<Ground>& ground = *grounds[ground_by_case[i]];
    rows[i] = ground ? CaseRunner(world, *ground, cases[i]).run() : tl::unexpected<Error>(ground.error());
    const std::size_t now_done = ++done;
    if (!progress) return;
    const std::lock_guard lock(saying);
    progress(now_done);
  });
  std::vector<SimulationRow> out;
  for (auto& row : rows) {
    if (!*row) return tl::unexpected<Error>((*row).error());
    out.push_back(std::move(**row));
  }
  return out;
}

}  // namespace olivine
