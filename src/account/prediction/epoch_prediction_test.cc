#include "account/prediction/epoch_prediction.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

namespace olivine {
namespace {

EpochPrediction predicted(std::vector<double> measured, std::int64_t planned, bool may_stop = false) {
  const auto p = predict_epochs(measured, planned, may_stop);
  EXPECT_TRUE(p) << p.error().message;
  return *p;
}

TEST(EpochPrediction, TheExamplesOfTheHeader) {
  const auto steady = predicted({10, 10, 10}, 10);
  EXPECT_NEAR(steady.value(), 100, 1);
  EXPECT_GT(steady.trend(EpochTrend::kSteady), 0.6);
  const auto warm = predicted({20, 10, 10}, 10);
  EXPECT_NEAR(warm.value(), 110, 2);
  EXPECT_GT(warm.warm_up(), 0.8);
  EXPECT_NEAR(warm.carbontracker(), 133.3, 0.1);
  const auto growing = predicted({10, 11, 12, 13}, 10);
  EXPECT_NEAR(growing.value(), 145, 15);
  EXPECT_GT(growing.trend(EpochTrend::kGrowing) + growing.trend(EpochTrend::kRamp), 0.6);
  EXPECT_NEAR(growing.carbontracker(), 115, 1e-9);
}

TEST(EpochPrediction, APlateauAfterAShrinkingIsSeen) {
  std::vector<double> measured;
  for (int i = 0; i < 30; ++i) measured.push_back(100 * (0.25 + 0.75 * std::pow(0.8, i)));
  double truth = std::accumulate(measured.begin(), measured.end(), 0.0);
  for (int i = 30; i < 90; ++i) truth += 100 * (0.25 + 0.75 * std::pow(0.8, i));
  const auto p = predicted(measured, 90);
  EXPECT_NEAR(p.value() / truth, 1.0, 0.03);
  EXPECT_LT(p.value(), 0.8 * p.carbontracker());
  EXPECT_GT(p.trend(EpochTrend::kShrinking), 0.9);
}

TEST(EpochPrediction, ARampThatEndedIsLevelFromThere) {
  std::vector<double> measured;
  for (int i = 1; i <= 30; ++i) measured.push_back(10.0 + std::min(i, 16));
  const auto p = predicted(measured, 40);
  EXPECT_NEAR(p.value(), p.measured() + 10 * 26, 0.05 * p.value());
}

TEST(EpochPrediction, OneDisturbedEpochBendsNothing) {
  std::vector<double> measured(12, 10.0);
  measured[6] = 45.0;
  EXPECT_NEAR(predicted(measured, 40).value(), 435, 15);
  measured[6] = 10.0;
  measured[11] = 45.0;
  EXPECT_NEAR(predicted(measured, 40).value(), 435, 15);
}

TEST(EpochPrediction, WhatIsDoneIsCertain) {
  const auto p = predicted({1, 2, 3}, 3);
  EXPECT_DOUBLE_EQ(p.value(), 6);
  EXPECT_DOUBLE_EQ(p.lower(), 6);
  EXPECT_DOUBLE_EQ(p.upper(), 6);
  EXPECT_DOUBLE_EQ(p.probability_above(5.9), 1.0);
  EXPECT_DOUBLE_EQ(p.probability_above(6.1), 0.0);
}

TEST(EpochPrediction, AStopMakesItLessAndTheRangeBeginWithIt) {
  const auto whole = predicted({10, 10, 10, 10}, 50), stopping = predicted({10, 10, 10, 10}, 50, true);
  EXPECT_LT(stopping.lower(), 65);
  EXPECT_LT(stopping.value(), 0.85 * whole.value());
  EXPECT_NEAR(stopping.to_the_end(), whole.value(), 1e-6 * whole.value());
  EXPECT_LT(stopping.probability_above(400), whole.probability_above(400));
}

TEST(EpochPrediction, RefusesWhatSaysNothing) {
  const double nan = std::nan("");
  for (const auto& [measured, planned] :
       std::vector<std::pair<std::vector<double>, std::int64_t>>{{{}, 5},
                                                                 {{1, 2}, 1},
                                                                 {{1, 2}, -4},
                                                                 {{1}, kMostPlannedEpochs + 1},
                                                                 {{1, 0}, 5},
                                                                 {{-1}, 5},
                                                                 {{nan}, 5},
                                                                 {{1.0 / 0.0}, 5}}) {
    const auto p = predict_epochs(measured, planned);
    ASSERT_FALSE(p);
    EXPECT_EQ(p.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(p.error().message.find('\n'), std::string::npos);
  }
}

TEST(EpochPrediction, ManyEpochsTakeNoLonger) {
  EXPECT_NEAR(predicted(std::vector<double>(20'000, 2.0), 10'000'000).value(), 2e7, 0.02 * 2e7);
}

std::vector<double> some_epochs() {
  return *rc::gen::suchThat(rc::gen::container<std::vector<double>>(
                                rc::gen::map(rc::gen::inRange(1, 100'000), [](int v) { return v * 1e-3; })),
                            [](const std::vector<double>& v) { return !v.empty() && v.size() < 12; });
}

RC_GTEST_PROP(EpochPrediction, IsOrderedAndAtLeastWhatIsMeasured, ()) {
  const auto measured = some_epochs();
  const auto planned = static_cast<std::int64_t>(measured.size()) + *rc::gen::inRange<std::int64_t>(0, 200);
  const auto p = predict_epochs(measured, planned, *rc::gen::arbitrary<bool>());
  RC_ASSERT(p.has_value());
  RC_ASSERT(p->measured() <= p->lower() * (1 + 1e-12));
  RC_ASSERT(p->lower() <= p->value() && p->value() <= p->upper());
  RC_ASSERT(std::isfinite(p->upper()));
  double sum = 0.0;
  for (std::size_t i = 0; i < kEpochTrends; ++i) sum += p->trend(static_cast<EpochTrend>(i));
  RC_ASSERT(std::abs(sum - 1.0) < 1e-9);
}

RC_GTEST_PROP(EpochPrediction, ScalesWithTheUnit, ()) {
  auto measured = some_epochs();
  const auto planned = static_cast<std::int64_t>(measured.size()) + *rc::gen::inRange<std::int64_t>(1, 60);
  const auto p = predict_epochs(measured, planned);
  for (double& m : measured) m *= 3600.0;
  const auto q = predict_epochs(measured, planned);
  RC_ASSERT(p && q);
  RC_ASSERT(std::abs(q->value() / p->value() / 3600.0 - 1.0) < 0.01);  // but for the edges of bins
  RC_ASSERT(std::abs(q->upper() / p->upper() / 3600.0 - 1.0) < 0.01);
}

RC_GTEST_PROP(EpochPrediction, AHigherBudgetIsExceededLessOften, ()) {
  const auto measured = some_epochs();
  const auto p = predict_epochs(measured, static_cast<std::int64_t>(measured.size()) + 20, *rc::gen::arbitrary<bool>());
  RC_ASSERT(p.has_value());
  double last = 1.0;
  for (double total = 0.5 * p->measured(); total < 2 * p->upper(); total *= 1.1) {
    const double now = p->probability_above(total);
    RC_ASSERT(now <= last + 1e-12 && now >= 0.0);
    last = now;
  }
  if (p->upper() > p->lower()) RC_ASSERT(std::abs(p->probability_above(p->quantile(0.3)) - 0.7) < 1e-6);
}

TEST(EpochPrediction, ShapesAreAllAboveZeroAndTheirPriorsSumToOne) {
  for (const std::int64_t epochs : {1, 2, 3, 10, 1000, 10'000'000}) {
    double sum = 0.0;
    for (const EpochShape& shape : epoch_shapes(epochs)) {
      sum += shape.prior;
      EXPECT_NEAR(shape.at(1), 1.0, 1e-12);
      for (const double i : {1.0, 2.0, 0.5 * static_cast<double>(epochs), static_cast<double>(epochs)})
        EXPECT_TRUE(i < 1.0 || shape.at(i) > 0.0);
    }
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
  EXPECT_NEAR(EpochShape::linear(3.0, 101).at(101), 3.0, 1e-12);
  EXPECT_NEAR(EpochShape::geometric(3.0, 101).at(101), 3.0, 1e-12);
  EXPECT_NEAR(EpochShape::linear(3.0, 100'001).sum(0, 100'001) / (2.0 * 100'001), 1.0, 1e-3);
}

TEST(EpochPrediction, PastPredictionsAreThoseOfFewerEpochs) {
  const std::vector<double> measured{20, 10, 10, 10, 10};
  const auto past = check_past(measured);
  ASSERT_EQ(past.size(), 4U);
  EXPECT_EQ(past[0].after, 1);
  EXPECT_GT(past[0].error, 0.2);  // from the warm-up alone
  EXPECT_NEAR(past[3].error, predicted({20, 10, 10, 10}, 5).value() / 60 - 1, 1e-12);
}

}  // namespace
}  // namespace olivine
