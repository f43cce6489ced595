// What a Monte Carlo of an account costs: 20 uncertain inputs, beside its floor, drawing 20 normal numbers a sample.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "account/uncertainty/draws.h"
#include "account/uncertainty/monte_carlo.h"

namespace {

using namespace olivine;

constexpr std::size_t kSamples = 100'000;
constexpr std::size_t kInputs = 20;

// Six trainings (power x hours, embodied over life) in one zone with one PUE: 6 x 3 + 2 inputs.
FormulaId account(FormulaGraph& graph, bool normal_only) {
  const auto input = [&](const std::string& name, double mean) {
    const auto d = normal_only ? normal(mean, 0.9 * mean, 1.1 * mean)
                               : ranged(mean, 0.7 * mean, 1.6 * mean, SignRule::kNonNegative);
    return *graph.input({.name = name, .distribution = *d});
  };
  const FormulaId intensity = input("intensity", 400);
  const FormulaId pue = input("pue", 1.3);
  std::vector<FormulaId> parts;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "training" + std::to_string(i);
    const FormulaId hours = input(name + ".hours", 1000);
    parts.push_back(*graph.product({input(name + ".power", 400), hours, pue, intensity}));
    parts.push_back(*graph.quotient(hours, input(name + ".life", 40'000)));
  }
  return *graph.sum(parts);
}

void count_samples(benchmark::State& state) {
  state.counters["samples/s"] =
      benchmark::Counter(static_cast<double>(kSamples), benchmark::Counter::kIsIterationInvariantRate);
}

void floor_drawing_the_normals(benchmark::State& state) {
  std::array<double, 1024> column;
  std::vector<DrawStream> streams;
  for (std::size_t i = 0; i < kInputs; ++i) streams.emplace_back(1, "input" + std::to_string(i));
  for (auto _ : state)
    for (std::size_t first = 0; first < kSamples; first += column.size())
      for (const DrawStream& stream : streams) {
        stream.uniforms(first, column);
        normal_quantiles(column);
        benchmark::DoNotOptimize(column.data());
      }
  count_samples(state);
}
BENCHMARK(floor_drawing_the_normals)->Unit(benchmark::kMillisecond);

void monte_carlo_account(benchmark::State& state, bool normal_only) {
  FormulaGraph graph;
  const std::array outputs{account(graph, normal_only)};
  if (graph.inputs().size() != kInputs) state.SkipWithError("not 20 inputs");
  for (auto _ : state) benchmark::DoNotOptimize(monte_carlo(graph, outputs, {.samples = kSamples, .seed = 1}));
  count_samples(state);
}
BENCHMARK_CAPTURE(monte_carlo_account, normal_inputs, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(monte_carlo_account, skewed_inputs, false)->Unit(benchmark::kMillisecond);

}  // namespace
