// What features cost: the join by number of questions, windows, the online state, and the floor: reading the columns once.
#include <benchmark/benchmark.h>

#include <numeric>

#include "base/prng.h"
#include "grid/features/compute.h"
#include "grid/features/online.h"

namespace {

using namespace olivine;
using namespace olivine::features;

constexpr std::int64_t kMinute = 60'000'000'000;
constexpr std::size_t kEntities = 1000, kRowsEach = 1000;

// A row each five minutes; `late_share` of the rows come up to a day late.
Rows make_rows(double late_share) {
  Prng random(1);
  Rows rows;
  rows.columns = {"x"};
  rows.values.resize(1);
  for (std::size_t e = 0; e < kEntities; ++e) {
    rows.entities.push_back("E" + std::to_string(e));
    for (std::size_t i = 0; i < kRowsEach; ++i) {
      rows.entity.push_back(static_cast<std::uint32_t>(e));
      rows.event_ns.push_back(static_cast<std::int64_t>(i) * 5 * kMinute);
      const auto late =
          random.uniform() < late_share ? static_cast<std::int64_t>(random.below(1440)) * kMinute : kMinute;
      rows.ingest_ns.push_back(rows.event_ns.back() + late);
      rows.values[0].push_back(random.between(0, 1000));
    }
  }
  return rows;
}

Spine make_spine(const Rows& rows, bool sorted) {
  Prng random(2);
  Spine spine;
  spine.entities = rows.entities;
  for (std::size_t i = 0; i < kEntities * kRowsEach; ++i) {
    spine.entity.push_back(static_cast<std::uint32_t>(sorted ? i / kRowsEach : random.below(kEntities)));
    spine.time_ns.push_back(sorted ? static_cast<std::int64_t>(i % kRowsEach) * 5 * kMinute + kMinute
                                   : static_cast<std::int64_t>(random.below(kRowsEach * 5)) * kMinute);
  }
  return spine;
}

FeatureView make_view(Transform transform) {
  Feature f;
  f.name = "f", f.column = "x", f.transform = transform;
  if (is_rolling(transform)) f.window_ns = 24 * 60 * kMinute;
  FeatureView view;
  view.ttl_ns = 24 * 60 * kMinute;
  view.features = {f};
  return view;
}

void join(benchmark::State& state, Transform transform, double late_share, bool sorted) {
  const Rows rows = make_rows(late_share);
  const Spine spine = make_spine(rows, sorted);
  const FeatureView view = make_view(transform);
  for (auto _ : state) benchmark::DoNotOptimize(compute(view, rows, spine));
  state.SetItemsProcessed(static_cast<std::int64_t>(spine.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(join, latest_sorted, Transform::kLatest, 0.0, true);
BENCHMARK_CAPTURE(join, latest_shuffled_questions, Transform::kLatest, 0.0, false);
BENCHMARK_CAPTURE(join, latest_late_rows, Transform::kLatest, 0.1, true);
BENCHMARK_CAPTURE(join, rolling_mean_24h, Transform::kRollingMean, 0.0, true);
BENCHMARK_CAPTURE(join, rolling_max_24h_late_rows, Transform::kRollingMax, 0.1, true);
BENCHMARK_CAPTURE(join, rolling_std_24h, Transform::kRollingStd, 0.0, true);

void floor_reading_the_columns(benchmark::State& state) {
  const Rows rows = make_rows(0.0);
  const Spine spine = make_spine(rows, true);
  for (auto _ : state) {
    std::int64_t sum = std::accumulate(rows.event_ns.begin(), rows.event_ns.end(), std::int64_t{0}) +
                       std::accumulate(rows.ingest_ns.begin(), rows.ingest_ns.end(), std::int64_t{0}) +
                       std::accumulate(spine.time_ns.begin(), spine.time_ns.end(), std::int64_t{0});
    benchmark::DoNotOptimize(sum);
    benchmark::DoNotOptimize(std::accumulate(rows.values[0].begin(), rows.values[0].end(), 0.0));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(spine.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(floor_reading_the_columns);

void online_push_and_ask(benchmark::State& state) {
  const FeatureView view = make_view(Transform::kRollingMean);
  EntityState entity(view);
  std::int64_t t = 0;
  for (auto _ : state) {
    t += 5 * kMinute;
    entity.push({t, t, {static_cast<double>(t % 997)}});
    benchmark::DoNotOptimize(entity.at(t));
  }
}
BENCHMARK(online_push_and_ask);

}  // namespace
