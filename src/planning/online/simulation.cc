#include "planning/online/simulation.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <thread>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::size_t kMonth = 28 * 24;

// One policy in one zone for one seed.
struct Combination {
  std::size_t policy = 0, column = 0, seed = 0;
};

class Simulation {
 public:
  Simulation(const HourlyTable& table, const SimulationSettings& settings, const ZoneForecaster& forecaster)
      : table_(table), s_(settings), forecaster_(forecaster) {}

  Result<std::vector<SimulationRow>> run() {
    OLIVINE_CHECK_STATUS(prepare());
    std::vector<Result<SimulationRow>> rows(combinations_.size(), Result<SimulationRow>(SimulationRow{}));
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i = next++; i < combinations_.size(); i = next++) rows[i] = one(combinations_[i]);
    };
    std::vector<std::thread> others;
    for (std::size_t k = 1; k < std::min(std::max<std::size_t>(s_.threads, 1), combinations_.size()); ++k) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    std::vector<SimulationRow> out;
    for (auto& row : rows) {
      if (!row) return tl::unexpected(row.error());
      out.push_back(std::move(*row));
    }
    return out;
  }

 private:
  Status prepare() {
    if (s_.parts == 0 || s_.part >= s_.parts) return fail(ErrorKind::kInvalid, fmt::format("part {} of {}", s_.part, s_.parts));
    if (table_.hours() < kMonth + 1) return fail(ErrorKind::kInvalid, fmt::format("{}: {} hours; at least {} are needed", table_.name, table_.hours(), kMonth + 1));
    for (const std::string& name : s_.policies) OLIVINE_CHECK_STATUS(make_policy(name, {}, {.low = 1.0, .high = 1.0}));
    std::vector<std::size_t> columns;
    for (const std::string& zone : s_.zones) {
      OLIVINE_TRY(const std::size_t column, table_.column(zone));
      columns.push_back(column);
    }
    for (const std::uint64_t seed : s_.seeds)
      traces_.push_back(s_.trace.empty() ? generated_trace(s_.jobs, kMonth, table_.hours() - kMonth, seed) : s_.trace);
    for (std::size_t p = 0; p < s_.policies.size(); ++p)
      for (const std::size_t column : columns)
        for (std::size_t seed = 0; seed < s_.seeds.size(); ++seed) combinations_.push_back({p, column, seed});
    return {};
  }

  PolicySettings limits(std::size_t column, std::size_t arrives) const {
    PolicySettings settings = s_.policy;
    const auto& g = table_.values[column];
    settings.low = HUGE_VAL;
    settings.high = 0.0;
    for (std::size_t t = arrives - std::min(arrives, kMonth); t < arrives; ++t) {
      if (std::isnan(g[t])) continue;
      settings.low = std::min(settings.low, std::max(g[t], 1e-3));
      settings.high = std::max(settings.high, std::max(g[t], 1e-3));
    }
    if (settings.high == 0.0) settings.low = settings.high = 1.0;  // nothing is known: any limit
    return settings;
  }

  Result<SimulationRow> one(const Combination& c) const {
    SimulationRow row;
    row.policy = s_.policies[c.policy];
    row.zone = table_.columns[c.column];
    row.seed = s_.seeds[c.seed];
    row.parts = {fmt::format("{}/{}", s_.part + 1, s_.parts)};
    const auto& prices = table_.values[c.column];
    const Forecaster forecaster = [this, column = c.column](std::size_t slot, std::size_t count) { return forecaster_(column, slot, count); };
    const auto& trace = traces_[c.seed];
    for (std::size_t i = s_.part; i < trace.size(); i += s_.parts) {
      const SimulatedJob& j = trace[i];
      const auto here = [&](const Error& error) { return with_context(error, fmt::format("job {} in {}", i + 1, row.zone)); };
      const OnlineJob job{.work = j.work, .deadline = j.deadline, .edge_cost = s_.edge_g};
      const auto policy = make_policy(row.policy, job, limits(c.column, j.arrives)), at_once = make_policy("at_once", job, {});
      if (!policy) return here(policy.error());
      const auto outcome = run_online(**policy, job, prices, j.arrives, forecaster), base = run_online(**at_once, job, prices, j.arrives, {});
      if (!outcome) return here(outcome.error());
      const auto least = least_cost(job, std::span(prices).subspan(j.arrives, j.deadline));
      if (!least) return here(least.error());
      if (std::isnan(outcome->cost) || std::isnan(base->cost))
        return here(Error{ErrorKind::kNotFound, "runs in an hour whose intensity is not known; choose other hours or fill the gap"});
      ++row.jobs;
      row.late += outcome->in_time ? 0 : 1;
      row.worse += outcome->cost > base->cost * (1.0 + 1e-12) ? 1 : 0;
      row.g += j.power_kw * outcome->cost;
      row.at_once_g += j.power_kw * base->cost;
      row.least_g += j.power_kw * *least;
    }
    return row;
  }

  const HourlyTable& table_;
  const SimulationSettings& s_;
  const ZoneForecaster& forecaster_;
  std::vector<std::vector<SimulatedJob>> traces_;
  std::vector<Combination> combinations_;
};

}  // namespace

std::vector<SimulatedJob> generated_trace(std::size_t count, std::size_t first_hour, std::size_t hours, std::uint64_t seed) {
  constexpr std::size_t kLongest = 96;
  Prng prng(seed);
  std::vector<SimulatedJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    SimulatedJob job;
    job.work = 4 + prng.below(kLongest - 3);
    const double stretch = std::array<double, 3>{1.5, 2.0, 4.0}[prng.below(3)];
    job.deadline = static_cast<std::size_t>(std::ceil(static_cast<double>(job.work) * stretch));
    if (job.deadline > hours) job.deadline = std::max<std::size_t>(hours, 1), job.work = std::min(job.work, job.deadline);
    job.arrives = first_hour + prng.below(hours - job.deadline + 1);
    jobs.push_back(job);
  }
  return jobs;
}

Result<std::vector<SimulationRow>> simulate(const HourlyTable& table, const SimulationSettings& settings, const ZoneForecaster& forecaster) {
  return Simulation(table, settings, forecaster).run();
}

Result<std::vector<SimulationRow>> merge(std::vector<SimulationRow> rows) {
  std::vector<SimulationRow> out;
  for (SimulationRow& row : rows) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const SimulationRow& r) { return r.policy == row.policy && r.zone == row.zone && r.seed == row.seed; });
    if (same == out.end()) {
      out.push_back(std::move(row));
      continue;
    }
    for (const std::string& part : row.parts) {
      if (std::find(same->parts.begin(), same->parts.end(), part) != same->parts.end())
        return fail(ErrorKind::kInvalid, fmt::format("part {} of {}, {}, seed {} is there twice; leave one out", part, row.policy, row.zone, row.seed));
      same->parts.push_back(part);
    }
    same->jobs += row.jobs, same->late += row.late, same->worse += row.worse;
    same->g += row.g, same->at_once_g += row.at_once_g, same->least_g += row.least_g;
  }
  return out;
}

}  // namespace olivine
