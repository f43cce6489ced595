#include "grid/signals/flow_tracing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double content_of(const std::vector<TracedConsumption>& traced, std::string_view zone) {
  for (const TracedConsumption& z : traced)
    if (z.zone == zone && !z.content.empty()) return z.content[0];
  return kNaN;
}
std::string reason_of(const std::vector<TracedConsumption>& traced, std::string_view zone) {
  for (const TracedConsumption& z : traced)
    if (z.zone == zone) return z.reason;
  return "no such zone";
}

TEST(FlowTracing, KnownAnswerOfMethods9) {
  const std::vector<TracedZone> zones{{"A", 100.0, {0.0}}, {"B", 50.0, {800.0}}};
  const auto traced = trace_consumption(zones, std::vector<TracedFlow>{{"A", "B", 50.0}});
  ASSERT_TRUE(traced);
  EXPECT_DOUBLE_EQ(content_of(*traced, "A"), 0.0);
  EXPECT_DOUBLE_EQ(content_of(*traced, "B"), 400.0);
  EXPECT_EQ((*traced)[0].consumption_mw, 50.0);
  EXPECT_EQ((*traced)[1].consumption_mw, 100.0);
}

// A loop by hand: A 100 MW at 0, B 100 MW at 900, A -> B 50, B -> C 60, C -> A 20, C generates nothing.
//   a = 20 c / 120; b = (90,000 + 50 a) / 150; c = b   ->  b = 600 + a / 3, a = b / 6  ->  b = 600 / (1 - 1/18)
TEST(FlowTracing, LoopThroughATransitZone) {
  const std::vector<TracedZone> zones{{"A", 100.0, {0.0}}, {"B", 100.0, {900.0}}, {"C", 0.0, {}}};
  const std::vector<TracedFlow> flows{{"A", "B", 50.0}, {"B", "C", 60.0}, {"C", "A", 20.0}};
  const auto traced = trace_consumption(zones, flows);
  ASSERT_TRUE(traced);
  const double b = 600.0 / (1.0 - 1.0 / 18.0);
  EXPECT_NEAR(content_of(*traced, "B"), b, 1e-9);
  EXPECT_NEAR(content_of(*traced, "C"), b, 1e-9);
  EXPECT_NEAR(content_of(*traced, "A"), b / 6.0, 1e-9);
}

TEST(FlowTracing, UnknownHasItsReasonAndSpreadsDownstreamOnly) {
  const std::vector<TracedZone> zones{{"known", 100.0, {300.0}}, {"blind", std::nullopt, {}}, {"after", 10.0, {100.0}},
                                      {"dark", 0.0, {}},         {"no factor", 5.0, {}},      {"over", 10.0, {1.0}},
                                      {"fed", 5.0, {1.0}},       {"ring 1", 0.0, {}},         {"ring 2", 0.0, {}}};
  const std::vector<TracedFlow> flows{{"known", "blind", 40.0},
                                      {"blind", "after", 5.0},
                                      {"over", "fed", 20.0},
                                      {"ring 1", "ring 2", 7.0},
                                      {"ring 2", "ring 1", 7.0}};
  const auto traced = trace_consumption(zones, flows);
  ASSERT_TRUE(traced);
  EXPECT_EQ(content_of(*traced, "known"), 300.0);
  EXPECT_EQ(reason_of(*traced, "known"), "");
  EXPECT_EQ(reason_of(*traced, "blind"), "its generation is not known");
  EXPECT_EQ(reason_of(*traced, "after"), "it imports from a zone that is not known");
  EXPECT_EQ(reason_of(*traced, "dark"), "nothing is generated or imported");
  EXPECT_EQ(reason_of(*traced, "no factor"), "what its generation carries is not known");
  EXPECT_EQ(reason_of(*traced, "over"), "it exports 20 MW, more than the 10 MW that enter it");
  EXPECT_EQ(reason_of(*traced, "fed"), "it imports from a zone that is not known");
  EXPECT_EQ(reason_of(*traced, "ring 1"), "its power comes from no generator that is given");
  for (const TracedConsumption& zone : *traced) EXPECT_EQ(zone.content.empty(), !zone.reason.empty()) << zone.zone;
}

TEST(FlowTracing, WrongInputIsNamed) {
  const std::vector<TracedZone> ab{{"A", 1.0, {0.0}}, {"B", 1.0, {1.0}}};
  const auto error = [](const std::vector<TracedZone>& zones, const std::vector<TracedFlow>& flows) {
    const auto traced = trace_consumption(zones, flows);
    return traced ? std::string("none") : traced.error().message;
  };
  EXPECT_NE(error(ab, {{"A", "C", 1.0}}).find("A -> C"), std::string::npos);
  EXPECT_NE(error(ab, {{"A", "A", 1.0}}).find("own zone"), std::string::npos);
  EXPECT_NE(error(ab, {{"A", "B", -1.0}}).find("turn it round"), std::string::npos);
  EXPECT_NE(error(ab, {{"A", "B", kNaN}}).find("turn it round"), std::string::npos);
  EXPECT_NE(error({{"A", 1.0, {1.0}}, {"A", 1.0, {1.0}}}, {}).find("twice"), std::string::npos);
  EXPECT_NE(error({{"A", -1.0, {1.0}}}, {}).find("load"), std::string::npos);
  EXPECT_NE(error({{"A", 1.0, {-1.0}}}, {}).find("below 0"), std::string::npos);
  EXPECT_NE(error({{"A", 1.0, {1.0}}, {"B", 1.0, {1.0, 2.0}}}, {}).find("components"), std::string::npos);
  EXPECT_EQ(error({}, {}), "none");
}

struct Grid {
  std::vector<TracedZone> zones;
  std::vector<TracedFlow> flows;
};

// Any network in which no zone exports more than enters: flows are drawn first, generation makes up what is missing, so that
// loops, transit zones without generation and zones on their own all occur.
Grid random_grid(Prng& random) {
  Grid grid;
  const std::size_t n = 1 + random.below(12);
  std::vector<double> balance_mw(n, 0.0);
  const auto name = [](std::size_t i) { return "Z" + std::to_string(i); };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      if (i != j && random.below(4) == 0) {
        const double mw = random.between(0.0, 100.0);
        grid.flows.push_back({name(i), name(j), mw});
        balance_mw[i] -= mw;
        balance_mw[j] += mw;
      }
  for (std::size_t i = 0; i < n; ++i) {
    const bool exact = random.below(3) == 0;  // consumes nothing: only passes on
    const double generation_mw = std::max(0.0, -balance_mw[i]) +
                                 (exact ? 0.0 : random.between(0.0, 50.0) * static_cast<double>(random.below(2)));
    const double wind = random.uniform();
    grid.zones.push_back({name(i), generation_mw, {random.between(0.0, 1000.0), wind, 1.0 - wind}});
  }
  return grid;
}

// Follows the power round the network many times: c <- (G e + sum F c) / (G + in).
std::map<std::string, std::vector<double>> by_iteration(const Grid& grid) {
  std::map<std::string, std::vector<double>> content;
  for (int round = 0; round < 20000; ++round) {
    double moved = 0.0;
    for (const TracedZone& zone : grid.zones) {
      double entering = *zone.generation_mw;
      std::vector<double> sum(3);
      for (std::size_t k = 0; k < 3; ++k) sum[k] = *zone.generation_mw * zone.content[k];
      for (const TracedFlow& flow : grid.flows)
        if (flow.to == zone.zone) {
          entering += flow.mw;
          const auto& from = content.try_emplace(flow.from, 3, 0.0).first->second;
          for (std::size_t k = 0; k < 3; ++k) sum[k] += flow.mw * from[k];
        }
      std::vector<double>& mine = content.try_emplace(zone.zone, 3, 0.0).first->second;
      for (std::size_t k = 0; k < 3 && entering > 0.0; ++k) {
        moved = std::max(moved, std::abs(mine[k] - sum[k] / entering));
        mine[k] = sum[k] / entering;
      }
    }
    if (moved < 1e-13) break;
  }
  return content;
}

TEST(FlowTracingProperty, ConservesAndEqualsIteration) {
  std::size_t loops = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Prng random(seed);
    const Grid grid = random_grid(random);
    const auto traced = trace_consumption(grid.zones, grid.flows);
    ASSERT_TRUE(traced) << traced.error().message;
    auto slow = by_iteration(grid);
    std::vector<double> produced(3), consumed(3);
    double produced_mw = 0.0, consumed_mw = 0.0, least = 1e9, most = 0.0;
    bool all_known = true;
    for (std::size_t i = 0; i < grid.zones.size(); ++i) {
      const TracedZone& zone = grid.zones[i];
      const TracedConsumption& got = (*traced)[i];
      produced_mw += *zone.generation_mw;
      consumed_mw += *got.consumption_mw;
      if (*zone.generation_mw > 0.0) least = std::min(least, zone.content[0]), most = std::max(most, zone.content[0]);
      for (std::size_t k = 0; k < 3; ++k) produced[k] += *zone.generation_mw * zone.content[k];
      if (got.content.empty()) {  // only where nothing enters, or nothing but power from nowhere
        all_known = all_known && *got.consumption_mw < 1e-6;
        EXPECT_EQ(*zone.generation_mw, 0.0) << seed;
        continue;
      }
      for (std::size_t k = 0; k < 3; ++k) {
        consumed[k] += *got.consumption_mw * got.content[k];
        EXPECT_NEAR(got.content[k], slow[zone.zone][k], 1e-7) << seed;
      }
      EXPECT_NEAR(got.content[1] + got.content[2], 1.0, 1e-9) << seed;  // shares stay shares
    }
    ASSERT_TRUE(all_known) << seed;
    EXPECT_NEAR(consumed_mw, produced_mw, 1e-9 * (1.0 + produced_mw)) << seed;
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(consumed[k], produced[k], 1e-8 * (1.0 + produced[k])) << seed;
    for (const TracedConsumption& zone : *traced)
      if (!zone.content.empty()) {
        EXPECT_GE(zone.content[0], least - 1e-7) << seed;
        EXPECT_LE(zone.content[0], most + 1e-7) << seed;
      }
    loops += grid.flows.size() > 2 * grid.zones.size() ? 1 : 0;
  }
  EXPECT_GT(loops, 50U);
}

GenerationMix mix_of(const std::string& zone, Fuel fuel, std::vector<double> mw, std::vector<MixExchange> exchanges) {
  GenerationMix mix;
  mix.zone = zone;
  mix.source = "test";
  mix.step = hours(1);
  for (std::size_t i = 0; i < mw.size(); ++i) mix.begin.push_back({static_cast<std::int64_t>(i) * hours(1).ns});
  mix.fuels = {{std::string(name_of(fuel)), fuel, std::move(mw)}};
  mix.exchanges = std::move(exchanges);
  return mix;
}

TEST(ConsumptionIntensity, OverTimeWithGaps) {
  const std::vector<FuelFactor> factors{{"wind", 0.0, Boundary::kDirect, "t"}, {"coal", 800.0, Boundary::kDirect, "t"}};
  // Hour 0: METHODS 9. Hour 1: the exchange is unknown. Hour 2: A is unknown. Hour 3: B exports instead.
  const std::vector<GenerationMix> mixes{
      mix_of("A", Fuel::kWind, {100.0, 100.0, kNaN, 100.0}, {{"B", {-52.0, kNaN, -50.0, 25.0}}}),
      mix_of("B", Fuel::kCoal, {50.0, 50.0, 50.0, 50.0}, {{"A", {48.0, kNaN, 50.0, -25.0}}})};
  const auto series = consumption_intensity(mixes, factors);
  ASSERT_TRUE(series) << series.error().message;
  ASSERT_EQ(series->size(), 2U);
  const ConsumptionSeries& a = (*series)[0];
  const ConsumptionSeries& b = (*series)[1];
  EXPECT_EQ(b.intensity.accounting, "consumption");
  EXPECT_TRUE(check(b.intensity));
  ASSERT_EQ(b.intensity.points.size(), 2U);
  EXPECT_DOUBLE_EQ(b.intensity.points[0].g_per_kwh, 400.0);  // 52 and 48 reported: 50
  EXPECT_EQ(b.intensity.points[1].begin.ns, hours(3).ns);
  EXPECT_DOUBLE_EQ(b.intensity.points[1].g_per_kwh, 800.0);
  EXPECT_DOUBLE_EQ(b.mix[0].share[static_cast<std::size_t>(Fuel::kWind)], 0.5);
  EXPECT_DOUBLE_EQ(b.mix[0].share[static_cast<std::size_t>(Fuel::kCoal)], 0.5);
  ASSERT_EQ(a.intensity.points.size(), 2U);
  EXPECT_DOUBLE_EQ(a.intensity.points[1].g_per_kwh, 25.0 * 800.0 / 125.0);
  EXPECT_FALSE(b.intensity.notes.empty());
}

TEST(ConsumptionIntensity, ANeighbourWithoutAMixIsUnknownNotClean) {
  const std::vector<FuelFactor> factors{{"coal", 800.0, Boundary::kDirect, "t"}};
  const std::vector<GenerationMix> mixes{mix_of("A", Fuel::kCoal, {10.0, 10.0}, {{"X", {5.0, -5.0}}})};
  const auto series = consumption_intensity(mixes, factors);
  ASSERT_TRUE(series);
  ASSERT_EQ((*series)[0].intensity.points.size(), 1U);  // exporting to X it is known, importing from it not
  EXPECT_EQ((*series)[0].intensity.points[0].begin.ns, hours(1).ns);
}

TEST(ConsumptionIntensity, ShapesMustAgree) {
  const std::vector<FuelFactor> factors{{"coal", 800.0, Boundary::kDirect, "t"}};
  std::vector<GenerationMix> mixes{mix_of("A", Fuel::kCoal, {10.0}, {}), mix_of("A", Fuel::kCoal, {10.0}, {})};
  EXPECT_FALSE(consumption_intensity(mixes, factors));
  mixes[1].zone = "B";
  EXPECT_TRUE(consumption_intensity(mixes, factors));
  mixes[1].step = seconds(900);
  EXPECT_FALSE(consumption_intensity(mixes, factors));
}

}  // namespace
}  // namespace olivine
