// What a plan costs: a year of 5-minute slots with a switching cost, and contiguous queries. The floor of the exact programme is
// one addition and one comparison for each (slot, work) state.
#include <benchmark/benchmark.h>

#include <cmath>

#include "base/prng.h"
#include "planning/elastic_job.h"
#include "planning/profile_schedule.h"

namespace {

using namespace olivine;

constexpr std::size_t kYear = 105'120;  // slots of 5 minutes

std::vector<double> year_of_prices() {
  Prng prng(1);
  std::vector<double> prices(kYear);
  for (std::size_t t = 0; t < kYear; ++t)
    prices[t] = 300.0 + 120.0 * std::sin(static_cast<double>(t) * 2.0 * M_PI / 288.0) + prng.between(-40.0, 40.0);
  return prices;
}

void exact_year(benchmark::State& state) {
  const std::vector<double> prices = year_of_prices();
  const JobShape job{.slots = static_cast<double>(state.range(0)), .pause_cost = 200.0};
  for (auto _ : state) benchmark::DoNotOptimize(cheapest_pause_resume(job, prices));
  state.counters["states/s"] =
      benchmark::Counter(static_cast<double>(kYear) * job.slots, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(exact_year)->Arg(144)->Arg(2016)->Unit(benchmark::kMillisecond);  // 12 h, a week

void contiguous_two_days(benchmark::State& state) {
  const std::vector<double> prices = year_of_prices();
  const JobShape job{.slots = 12.0};
  const std::span<const double> window = std::span(prices).first(48);
  for (auto _ : state) benchmark::DoNotOptimize(cheapest_contiguous(job, window));
}
BENCHMARK(contiguous_two_days);

// A measured run's power curve: 12 h in a week of 5-minute slots, with pauses.
void power_curve_week(benchmark::State& state) {
  const std::vector<double> prices = year_of_prices();
  const JobShape job{.slots = 144.0, .pause_cost = 200.0};
  std::vector<double> profile(144);
  for (std::size_t w = 0; w < profile.size(); ++w) profile[w] = 0.5 + static_cast<double>(w % 3) * 0.5;
  const std::span<const double> week = std::span(prices).first(2016);
  for (auto _ : state) benchmark::DoNotOptimize(cheapest_pause_resume(job, profile, week));
}
BENCHMARK(power_curve_week)->Unit(benchmark::kMillisecond);

void elastic_two_days(benchmark::State& state) {
  const std::vector<double> prices = year_of_prices();
  const ElasticJob job{{{1, 1.0, 1.0}, {2, 1.8, 2.0}, {4, 3.1, 4.0}, {8, 5.0, 8.0}}, 24.0};
  const std::span<const double> window = std::span(prices).first(48);
  for (auto _ : state) benchmark::DoNotOptimize(cheapest_elastic(job, window));
}
BENCHMARK(elastic_two_days);

}  // namespace
