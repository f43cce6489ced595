#include "planning/simulation/simulate.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <thread>

#include "base/prng.h"
#include "base/text.h"
#include "planning/online/online_policy.h"

namespace olivine {
namespace {

constexpr std::string_view kNoise = "noise:";
constexpr int kResamples = 1'000;

struct JobResult {
  double at_once_g = 0.0, policy_g = 0.0, least_g = 0.0, kwh = 0.0;
  std::optional<double> other_at_once_g, other_policy_g;
  double delay = 0.0, pauses = 0.0;
  bool late = false;
};

double normal(Prng& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * random.uniform());
}

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

class CaseRunner {
 public:
  CaseRunner(const SimulationWorld& world, const SimulationCase& of) : world_(world), case_(of) {}

  Result<SimulationRow> run() {
    const auto zone = std::find_if(world_.zones.begin(), world_.zones.end(), [&](const SimulatedZone& z) { return z.zone == case_.zone; });
    const auto seed = std::find(world_.seeds.begin(), world_.seeds.end(), case_.seed);
    if (zone == world_.zones.end() || seed == world_.seeds.end()) return fail(ErrorKind::kInvalid, "a case names a zone or a seed that its world lacks");
    const bool average = case_.signal == Signal::kAverage;
    prices_ = average ? zone->average : zone->marginal;
    other_ = average ? zone->marginal : zone->average;
    OLIVINE_CHECK_STATUS(make_forecasts());
    OLIVINE_CHECK_STATUS(make_online());
    for (const QueueJob& job : world_.traces[static_cast<std::size_t>(seed - world_.seeds.begin())]) {
      OLIVINE_TRY(const auto result, result_of(job));
      if (result) results_.push_back(*result);
      else ++row_.left_out;
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
    settings_.week = static_cast<std::size_t>(std::max<std::int64_t>(1, hours(168).ns / world_.slot.ns));
    std::vector<double> sorted;
    for (const double p : prices_)
      if (!std::isnan(p) && p > 0.0) sorted.push_back(p);
    if (!sorted.empty()) {
      settings_.low = *std::min_element(sorted.begin(), sorted.end());
      settings_.high = *std::max_element(sorted.begin(), sorted.end());
    }
    return {};
  }

  // Thresholds depend on a job's work and on what a switch costs; equal jobs share one.
  Result<const OnlinePolicy*> policy_for(const OnlineJob& shape) {
    std::unique_ptr<OnlinePolicy>& policy = policies_[{shape.work, shape.edge_cost}];
    if (policy == nullptr) {
      OLIVINE_TRY(policy, make_policy(case_.policy, shape, settings_));
    }
    return policy.get();
  }

  // Of the whole series at once: slot i as it was foreseen. Errors do not grow with the distance.
  Status make_forecasts() {
    OLIVINE_CHECK_STATUS(check_forecast(case_.forecast));
    if (case_.forecast == "perfect") foreseen_ = prices_;
    if (!case_.forecast.starts_with(kNoise)) return {};
    const double sigma = *parse_double(std::string_view(case_.forecast).substr(kNoise.size())) * mean_of(prices_);
    Prng random(case_.seed ^ 0x6e6f697365ULL);
    foreseen_ = prices_;
    for (double& p : foreseen_) p = std::max(0.0, p + sigma * normal(random));
    return {};
  }

  // Of the `count` slots after `slot`.
  std::vector<double> forecast(std::size_t slot, std::size_t count) const {
    std::vector<double> out;
    const auto day = static_cast<std::size_t>(std::max<std::int64_t>(1, hours(24).ns / world_.slot.ns));
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = slot + 1 + i;
      if (case_.forecast == "yesterday") {  // as at this hour of the last day that is over
        if (slot + 1 < day) break;
        while (at > slot) at -= day;
        out.push_back(prices_[at]);
      } else if (at < foreseen_.size()) {
        out.push_back(foreseen_[at]);
      }
    }
    if (!known(out)) out.clear();
    return out;
  }

  // Nothing: the job cannot be simulated on these data.
  Result<std::optional<JobResult>> result_of(const QueueJob& job) {
    const std::int64_t slot = world_.slot.ns, begin = job.arrival.ns - world_.begin.ns, end = job.deadline.ns - world_.begin.ns;
    const std::size_t first = begin <= 0 ? 0 : static_cast<std::size_t>((begin + slot - 1) / slot);
    const std::size_t last = end <= 0 ? 0 : static_cast<std::size_t>(end / slot);
    const auto work = static_cast<std::size_t>((job.length.ns + slot - 1) / slot);
    if (begin < 0 || last > prices_.size() || first + work > last || work == 0) return std::optional<JobResult>{};
    const std::span<const double> window(prices_.data() + first, last - first);
    if (!known(window)) return std::optional<JobResult>{};
    JobResult r;
    r.kwh = job.power_w * in_seconds(job.length) / 3.6e6;
    const double slot_kwh = r.kwh / static_cast<double>(work);
    OnlineJob shape;
    shape.work = work;
    shape.deadline = last - first;
    shape.edge_cost = world_.edge_g / slot_kwh;  // in the prices' unit
    shape.restart = world_.restart;
    const std::vector<SlotRun> at_once{{0, work, 0}};
    OLIVINE_TRY(const std::vector<SlotRun> segments, segments_of(shape, window, first));
    OLIVINE_TRY(const double least, least_cost(shape, window));
    r.at_once_g = slot_kwh * cost(at_once, window, shape.edge_cost);
    r.policy_g = slot_kwh * cost(segments, window, shape.edge_cost);
    r.least_g = slot_kwh * least;
    if (other_.size() == prices_.size()) {
      const std::span<const double> beside(other_.data() + first, last - first);
      if (known(beside)) {
        r.other_at_once_g = slot_kwh * cost(at_once, beside, shape.edge_cost);
        r.other_policy_g = slot_kwh * cost(segments, beside, shape.edge_cost);
      }
    }
    r.delay = static_cast<double>(segments.back().end) - static_cast<double>(work);
    r.pauses = static_cast<double>(segments.size() - 1);
    r.late = segments.back().end > shape.deadline;
    return std::optional(r);
  }

  Result<std::vector<SlotRun>> segments_of(const OnlineJob& shape, std::span<const double> window, std::size_t first) {
    if (knows_the_future()) {
      JobShape job;
      job.slots = static_cast<double>(shape.work);
      job.pause_cost = 2.0 * shape.edge_cost;
      job.pause_slots = shape.restart;
      OLIVINE_TRY(const SlotSchedule best, case_.policy == "oracle" ? cheapest_pause_resume(job, window) : cheapest_contiguous(job, window));
      return best.segments;
    }
    const auto foresee = [&](std::size_t slot, std::size_t count) { return forecast(slot, count); };
    OLIVINE_TRY(const OnlinePolicy* policy, policy_for(shape));
    OLIVINE_TRY(OnlineOutcome outcome, run_online(*policy, shape, prices_, first, foresee));
    return outcome.segments;
  }

  static double cost(std::span<const SlotRun> segments, std::span<const double> prices, double edge) {
    double sum = 0.0;
    for (const SlotRun& s : segments) {
      sum += 2.0 * edge;
      for (std::size_t i = s.begin; i < s.end && i < prices.size(); ++i) sum += prices[i];
    }
    return sum;
  }

  void sum() {
    row_.of = case_;
    row_.jobs = results_.size();
    bool others = !results_.empty();
    double other_at_once = 0.0, other_policy = 0.0;
    for (const JobResult& r : results_) {
      row_.energy_kwh += r.kwh;
      row_.at_once_g += r.at_once_g;
      row_.policy_g += r.policy_g;
      row_.least_g += r.least_g;
      row_.late += r.late ? 1 : 0;
      row_.worse += r.policy_g > r.at_once_g * (1.0 + 1e-12) ? 1 : 0;
      row_.delay_slots += r.delay / static_cast<double>(results_.size());
      row_.pauses += r.pauses / static_cast<double>(results_.size());
      others = others && r.other_at_once_g.has_value();
      other_at_once += r.other_at_once_g.value_or(0.0);
      other_policy += r.other_policy_g.value_or(0.0);
    }
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
        const JobResult& r = results_[random.below(results_.size())];
        once += r.at_once_g;
        policy += r.policy_g;
      }
      savings.push_back(once > 0.0 ? 1.0 - policy / once : 0.0);
    }
    std::sort(savings.begin(), savings.end());
    row_.saving_lower = savings[static_cast<std::size_t>(0.025 * kResamples)];
    row_.saving_upper = savings[static_cast<std::size_t>(0.975 * kResamples)];
  }

  const SimulationWorld& world_;
  SimulationCase case_;
  std::vector<double> prices_, other_, foreseen_;
  PolicySettings settings_;
  std::map<std::pair<std::size_t, double>, std::unique_ptr<OnlinePolicy>> policies_;
  std::vector<JobResult> results_;
  SimulationRow row_;
};

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
  if (name == "none" || name == "perfect" || name == "yesterday") return {};
  const auto sigma = name.starts_with(kNoise) ? parse_double(std::string_view(name).substr(kNoise.size())) : fail(ErrorKind::kInvalid, "");
  if (sigma && *sigma >= 0.0 && *sigma <= 10.0) return {};
  return fail(ErrorKind::kInvalid, fmt::format("forecast '{}' is not one of none, perfect, yesterday, noise:0.1", printable(name.substr(0, 60))));
}

Result<std::vector<SimulationRow>> simulate(const SimulationWorld& world, const std::vector<SimulationCase>& cases, std::size_t threads,
                                            const std::function<void(std::size_t done)>& progress) {
  std::vector<std::optional<Result<SimulationRow>>> rows(cases.size());
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex saying;
  const auto work = [&] {
    for (std::size_t i = next++; i < cases.size(); i = next++) {
      rows[i] = CaseRunner(world, cases[i]).run();
      const std::size_t now_done = ++done;
      if (progress) {
        const std::lock_guard lock(saying);
        progress(now_done);
      }
    }
  };
  std::vector<std::thread> crew;
  for (std::size_t i = 1; i < std::min(std::max<std::size_t>(threads, 1), cases.size()); ++i) crew.emplace_back(work);
  work();
  for (std::thread& each : crew) each.join();
  std::vector<SimulationRow> out;
  for (auto& row : rows) {
    if (!*row) return tl::unexpected<Error>((*row).error());
    out.push_back(std::move(**row));
  }
  return out;
}

}  // namespace olivine
