#include "grid/forecast/ridge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"

namespace olivine {
namespace {

TEST(Ridge, ALineIsFoundAsAlphaVanishes) {
  RidgeLearner learner(1, {.alpha = 1e-9, .clip = 10.0, .least_rows = 4});
  for (double x = 0; x < 4; ++x) learner.learn(std::vector<double>{x}, 1.0 + 2.0 * x);
  const auto model = learner.model();
  ASSERT_TRUE(model);
  EXPECT_NEAR(model->predict(std::vector<double>{4.0}), 9.0, 1e-6);
}

// One feature: w = sum z y / (n + alpha) for z of mean 0 and deviation 1. With x = -1, 1 and y = -3, 3: w = 6 / (2 + 1) = 2.
TEST(Ridge, ShrinksAsTheFormulaSays) {
  RidgeLearner learner(1, {.alpha = 1.0, .clip = 10.0, .least_rows = 2});
  learner.learn(std::vector<double>{-1.0}, -3.0);
  learner.learn(std::vector<double>{1.0}, 3.0);
  const auto model = learner.model();
  ASSERT_TRUE(model);
  EXPECT_NEAR(model->weight[0], 2.0, 1e-12);
  EXPECT_NEAR(model->intercept, 0.0, 1e-12);
}

TEST(Ridge, RefusesTooFewRows) {
  RidgeLearner learner(1, {.least_rows = 3});
  learner.learn(std::vector<double>{1.0}, 1.0);
  learner.learn(std::vector<double>{2.0}, std::nan(""));  // not a row
  learner.learn(std::vector<double>{2.0}, 2.0);
  EXPECT_FALSE(learner.model());
  learner.learn(std::vector<double>{3.0}, 3.0);
  EXPECT_TRUE(learner.model());
}

TEST(Ridge, AnUnknownFeatureIsItsMeanAndNonsenseIsClipped) {
  RidgeLearner learner(1, {.alpha = 1e-6, .clip = 4.0, .least_rows = 4});
  for (double x = 0; x < 10; ++x) learner.learn(std::vector<double>{x}, x);
  const auto model = learner.model();
  EXPECT_NEAR(model->predict(std::vector<double>{std::nan("")}), 4.5, 1e-9);
  EXPECT_NEAR(model->predict(std::vector<double>{1e30}), 4.5 + 4.0 * std::sqrt(8.25), 1e-4);
}

// Learning in pieces gives what learning at once gives, when the means are taken at the same row.
TEST(Ridge, PiecesEqualTheWhole) {
  Prng prng(3);
  RidgeLearner pieces(5, {.alpha = 2.0, .least_rows = 100}), whole(5, {.alpha = 2.0, .least_rows = 100});
  for (int row = 0; row < 149; ++row) {
    std::vector<double> x;
    for (int k = 0; k < 5; ++k) x.push_back(prng.between(-1, 1));
    const double y = x[0] - 2.0 * x[3] + prng.between(-0.1, 0.1);
    pieces.learn(x, y);
    whole.learn(x, y);
    if (row == 99) whole.model();  // takes the means
    if (row >= 99) pieces.model();
  }
  const auto a = pieces.model(), b = whole.model();
  for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(a->weight[k], b->weight[k], 1e-10);
  EXPECT_NEAR(a->weight[3] / a->deviation[3], -2.0, 0.1);
}

}  // namespace
}  // namespace olivine
