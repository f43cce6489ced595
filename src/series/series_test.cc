#include "series/series.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "series/integrate.h"

namespace olivine {
namespace {

MonoTime at_s(std::int64_t s) { return {s * 1'000'000'000}; }
TimeInterval over_s(std::int64_t begin, std::int64_t end) { return {at_s(begin), at_s(end)}; }

Series<Power, Gauge> samples(std::initializer_list<std::pair<std::int64_t, double>> points) {
  Series<Power, Gauge> series;
  for (const auto& [s, w] : points) series.add(at_s(s), watts(w));
  return series;
}

template <class S>
concept Sums = requires(S s) { sum(s); };
template <class S>
concept Differences = requires(S s) { difference(s); };
template <class S>
concept Integrates = requires(S s, TimeInterval t, GaugeRules r) { integrate(s, t, r); };

TEST(Series, OnlyTheLegalOperationsCompile) {
  EXPECT_TRUE((Integrates<Series<Power, Gauge>>));
  EXPECT_FALSE((Sums<Series<Power, Gauge>>));
  EXPECT_FALSE((Differences<Series<Power, Gauge>>));
  EXPECT_TRUE((Sums<Series<Energy, Delta>>));
  EXPECT_FALSE((Integrates<Series<Energy, Delta>>));
  EXPECT_FALSE((Differences<Series<Energy, Delta>>));
  EXPECT_TRUE((Differences<Series<Energy, Counter>>));
  EXPECT_FALSE((Sums<Series<Energy, Counter>>));
  EXPECT_FALSE((Integrates<Series<Energy, Counter>>));
  EXPECT_FALSE((Integrates<Series<Energy, Gauge>>));
}

TEST(Series, CountersDifferenceAndDeltasSum) {
  Series<Energy, Counter> counter;
  counter.add(at_s(0), joules(10));
  counter.add(at_s(1), joules(25));
  counter.add(at_s(2), joules(45));
  const auto deltas = difference(counter);
  ASSERT_EQ(deltas.spans().size(), 2U);
  EXPECT_EQ(deltas.spans()[1].interval, over_s(1, 2));
  EXPECT_EQ(deltas.spans()[1].value, joules(20));
  EXPECT_EQ(sum(deltas), joules(35));
  EXPECT_TRUE(difference(Series<Energy, Counter>()).spans().empty());
}

TEST(Series, WhatRunsBackwardsIsABug) {
  Series<Energy, Counter> counter;
  counter.add(at_s(1), joules(10));
  EXPECT_THROW(counter.add(at_s(1), joules(11)), std::logic_error);
  EXPECT_THROW(counter.add(at_s(2), joules(9)), std::logic_error);
  Series<Energy, Delta> deltas;
  deltas.add(over_s(0, 2), joules(1));
  EXPECT_THROW(deltas.add(over_s(1, 3), joules(1)), std::logic_error);
  EXPECT_THROW(deltas.add(over_s(3, 3), joules(1)), std::logic_error);
  EXPECT_NO_THROW(deltas.add(over_s(2, 3), joules(1)));
}

TEST(Integrate, HalfOpenIntervalsAddUp) {
  const auto power = samples({{0, 0}, {1, 100}, {2, 100}});
  const GaugeRules rules{seconds(5)};
  EXPECT_EQ(integrate(power, over_s(0, 2), rules).energy, joules(150));
  EXPECT_EQ(integrate(power, over_s(0, 1), rules).energy, joules(50));
  EXPECT_EQ(integrate(power, over_s(1, 2), rules).energy, joules(100));
  const TimeInterval middle{{500'000'000}, {1'500'000'000}};
  EXPECT_DOUBLE_EQ(in_joules(integrate(power, middle, rules).energy), 37.5 + 50);
}

TEST(Integrate, WhatWasNotSampledIsAGap) {
  const auto power = samples({{2, 100}, {3, 100}, {60, 100}, {61, 100}});
  const Integral result = integrate(power, over_s(0, 70), {seconds(5)});
  EXPECT_EQ(result.energy, joules(200));
  EXPECT_EQ(result.covered, seconds(2));
  EXPECT_EQ(result.gaps, (std::vector<TimeInterval>{over_s(0, 2), over_s(3, 60), over_s(61, 70)}));
}

TEST(Integrate, NoSamplesNoNumber) {
  const Integral nothing = integrate({}, over_s(0, 10), {seconds(5)});
  EXPECT_EQ(nothing.covered, seconds(0));
  EXPECT_EQ(nothing.gaps, (std::vector<TimeInterval>{over_s(0, 10)}));
  const Integral one = integrate(samples({{5, 100}}), over_s(0, 10), {seconds(5)});
  EXPECT_EQ(one.covered, seconds(0));
  EXPECT_EQ(one.gaps.size(), 2U);
  EXPECT_TRUE(integrate(samples({{0, 1}, {1, 1}}), over_s(3, 3), {seconds(5)}).gaps.empty());
}

// METHODS 3: NVML's one-second trailing mean, 400 W for 10 s from idle.
TEST(Integrate, ATrailingMeanIsLateAndSaysSo) {
  Series<Power, Gauge> power;
  for (int tenth = 0; tenth <= 100; ++tenth)
    power.add({tenth * 100'000'000LL}, watts(400.0 * std::min(1.0, tenth / 10.0)));
  const Integral result = integrate(power, over_s(0, 10), {seconds(1), seconds(1)});
  EXPECT_NEAR(in_joules(result.energy), 3'800, 1e-9);
  EXPECT_NEAR(in_joules(result.lower), 3'800, 1e-9);
  EXPECT_NEAR(in_joules(result.upper), 4'200, 1e-9);  // the truth, 4,000 J, is inside
}

// Whatever the power did, the truth lies in the range of the trailing mean's integral.
TEST(IntegrateProperty, TheTrailingMeansRangeHoldsTheTruth) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Prng prng(seed);
    std::vector<double> power_w;  // of each 10 ms
    while (power_w.size() < 700) power_w.insert(power_w.end(), 1 + prng.below(90), prng.between(10, 400));
    double sum = 0.0, truth_j = 0.0;
    Series<Power, Gauge> shown;
    for (std::size_t i = 0; i < 700; ++i) {
      sum += power_w[i] - (i >= 100 ? power_w[i - 100] : 0.0);
      if (i >= 200) truth_j += power_w[i] * 0.01;
      if (i + 1 >= 200) shown.add({static_cast<std::int64_t>(i + 1) * 10'000'000}, watts(sum / 100.0));
    }
    const Integral result = integrate(shown, over_s(2, 7), {seconds(1), seconds(1)});
    ASSERT_LE(in_joules(result.lower), truth_j + 1e-6) << "seed " << seed;
    ASSERT_GE(in_joules(result.upper), truth_j - 1e-6) << "seed " << seed;
  }
}

TEST(IntegrateProperty, AnyCutAddsUpToTheWhole) {
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Prng prng(seed);
    Series<Power, Gauge> power;
    std::int64_t at = 0;
    for (int i = 0; i < 20; ++i) {
      power.add({at}, watts(prng.between(0, 500)));
      at += 1 + static_cast<std::int64_t>(prng.below(2'000'000'000));
    }
    const GaugeRules rules{milliseconds(1500)};
    const auto cut = static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(at)));
    const Integral whole = integrate(power, {{-5}, {at + 5}}, rules);
    const Integral left = integrate(power, {{-5}, {cut}}, rules);
    const Integral right = integrate(power, {{cut}, {at + 5}}, rules);
    ASSERT_NEAR(in_joules(left.energy + right.energy), in_joules(whole.energy), 1e-6) << "seed " << seed;
    ASSERT_EQ(left.covered + right.covered, whole.covered) << "seed " << seed;
    Duration gaps{0};
    for (const TimeInterval& gap : whole.gaps) gaps = gaps + gap.length();
    ASSERT_EQ(gaps + whole.covered, Duration{at + 10}) << "seed " << seed;
  }
}

WallTime clock_time(std::int64_t hour, std::int64_t minute) { return {(hour * 60 + minute) * 60 * 1'000'000'000}; }

// METHODS 3: 1 kW 10:30-11:30, 100 g then 300 g: 200 g.
TEST(MeanOfSteps, RowsHoldFromTheirTimeToTheNext) {
  const Steps<CarbonIntensity> intensity{
      {{clock_time(10, 0), grams_per_kilowatt_hour(100)}, {clock_time(11, 0), grams_per_kilowatt_hour(300)}},
      clock_time(12, 0)};
  const auto mean = mean_of_steps(intensity, clock_time(10, 30), clock_time(11, 30));
  ASSERT_TRUE(mean);
  EXPECT_DOUBLE_EQ(in_grams(watts(1000) * hours(1) * *mean), 200.0);
  EXPECT_DOUBLE_EQ(in_grams_per_kilowatt_hour(*mean_of_steps(intensity, clock_time(10, 0), clock_time(11, 0))), 100.0);
  EXPECT_DOUBLE_EQ(in_grams_per_kilowatt_hour(*mean_of_steps(intensity, clock_time(11, 0), clock_time(12, 0))), 300.0);
}

TEST(MeanOfSteps, BeyondTheDataIsAnErrorThatSaysHowFarTheyReach) {
  const Steps<CarbonIntensity> intensity{{{clock_time(10, 0), grams_per_kilowatt_hour(100)}}, clock_time(11, 0)};
  const auto late = mean_of_steps(intensity, clock_time(10, 30), clock_time(11, 30));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(late.error().message.find("to 1970-01-01T11:00:00"), std::string::npos) << late.error().message;
  EXPECT_FALSE(mean_of_steps(intensity, clock_time(9, 59), clock_time(10, 30)));
  EXPECT_FALSE(mean_of_steps(intensity, clock_time(10, 30), clock_time(10, 30)));
  EXPECT_FALSE(mean_of_steps(Steps<CarbonIntensity>{}, clock_time(0, 0), clock_time(1, 0)));
}

}  // namespace
}  // namespace olivine
