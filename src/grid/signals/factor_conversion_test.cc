#include "grid/signals/factor_conversion.h"

#include <gtest/gtest.h>

#include <vector>

namespace olivine {
namespace {

TypedFactor factor(double g_per_kwh, FactorScope scope) {
  FactorType type;
  type.scope = scope;
  type.year = 2023;
  return {grams_per_kilowatt_hour(g_per_kwh), type};
}
const TypedFactor kDirect = factor(400.0, FactorScope::kDirect);
const TypedFactor kUpstream = factor(60.0, FactorScope::kUpstream);
const TypedFactor kLifecycle = factor(460.0, FactorScope::kLifecycle);

TEST(FactorConversion, KnownAnswerOfMethods9) {
  const auto account = account_electricity(kilowatt_hours(100.0), kDirect, kUpstream, ratio(0.06));
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_NEAR(in_grams(account->scope2), 40000.0, 1e-6);
  EXPECT_NEAR(in_grams(account->upstream), 6000.0, 1e-6);
  EXPECT_NEAR(in_grams(account->losses_direct), 2553.0, 0.5);
  EXPECT_NEAR(in_grams(account->losses_upstream), 383.0, 0.5);
}

TEST(FactorConversion, UpstreamOnLifecycleIsRefused) {
  const auto sum = add_upstream(kLifecycle, kUpstream);
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(sum.error().message.find("holds upstream already"), std::string::npos);
  EXPECT_FALSE(account_electricity(kilowatt_hours(100.0), kLifecycle, kUpstream, ratio(0.06)));
}

TEST(FactorConversion, ThereAndBack) {
  const auto sum = add_upstream(kDirect, kUpstream);
  ASSERT_TRUE(sum);
  EXPECT_DOUBLE_EQ(in_grams_per_kilowatt_hour(sum->intensity), 460.0);
  EXPECT_EQ(sum->type, kLifecycle.type);
  const auto upstream = upstream_of(*sum, kDirect);
  ASSERT_TRUE(upstream);
  EXPECT_DOUBLE_EQ(in_grams_per_kilowatt_hour(upstream->intensity), 60.0);
  EXPECT_EQ(upstream->type, kUpstream.type);
  const auto lossy = with_losses(kDirect, ratio(0.06));
  ASSERT_TRUE(lossy);
  EXPECT_NEAR(in_grams_per_kilowatt_hour(lossy->intensity), 425.532, 0.001);
  const auto clean = without_losses(*lossy, ratio(0.06));
  ASSERT_TRUE(clean);
  EXPECT_NEAR(in_grams_per_kilowatt_hour(clean->intensity), 400.0, 1e-9);
  EXPECT_EQ(clean->type, kDirect.type);
}

// Every single difference of type is enough to refuse every operation on two factors.
TEST(FactorConversion, TypesNeverMix) {
  const auto changed = [](TypedFactor f, int what) {
    if (what == 0) f.type.accounting = FactorAccounting::kConsumption;
    if (what == 1) f.type.losses = FactorLosses::kIncluded;
    if (what == 2) f.type.gases = FactorGases::kCo2;
    if (what == 3) f.type.year = 2022;
    return f;
  };
  for (int what = 0; what < 4; ++what) {
    EXPECT_FALSE(add_upstream(kDirect, changed(kUpstream, what))) << what;
    EXPECT_FALSE(upstream_of(kLifecycle, changed(kDirect, what))) << what;
    EXPECT_FALSE(account_electricity(kilowatt_hours(1.0), kDirect, changed(kUpstream, what), ratio(0.06))) << what;
    EXPECT_FALSE(mean_factor(
        std::vector<WeightedFactor>{{kDirect, kilowatt_hours(1.0)}, {changed(kDirect, what), kilowatt_hours(1.0)}}));
  }
  EXPECT_FALSE(
      mean_factor(std::vector<WeightedFactor>{{kDirect, kilowatt_hours(1.0)}, {kLifecycle, kilowatt_hours(1.0)}}));
  EXPECT_FALSE(add_upstream(kDirect, kDirect));
  EXPECT_FALSE(add_upstream(kUpstream, kUpstream));
  EXPECT_FALSE(upstream_of(kDirect, kDirect));
  EXPECT_FALSE(upstream_of(factor(100.0, FactorScope::kLifecycle), kDirect));
}

TEST(FactorConversion, LossesOnceAndInRange) {
  const auto lossy = with_losses(kDirect, ratio(0.06));
  ASSERT_TRUE(lossy);
  EXPECT_FALSE(with_losses(*lossy, ratio(0.06)));
  EXPECT_FALSE(without_losses(kDirect, ratio(0.06)));
  for (const double loss : {-0.01, 1.0, 6.0}) EXPECT_FALSE(with_losses(kDirect, ratio(loss))) << loss;
  EXPECT_FALSE(account_electricity(kilowatt_hours(1.0), *lossy, *with_losses(kUpstream, ratio(0.06)), ratio(0.06)));
  EXPECT_FALSE(add_upstream(factor(-1.0, FactorScope::kDirect), kUpstream));
}

TEST(FactorConversion, MeanByEnergy) {
  const auto mean = mean_factor(std::vector<WeightedFactor>{{kDirect, kilowatt_hours(3.0)},
                                                            {factor(0.0, FactorScope::kDirect), kilowatt_hours(1.0)}});
  ASSERT_TRUE(mean);
  EXPECT_NEAR(in_grams_per_kilowatt_hour(mean->intensity), 300.0, 1e-9);
  EXPECT_FALSE(mean_factor({}));
  EXPECT_FALSE(mean_factor(std::vector<WeightedFactor>{{kDirect, Energy{}}}));
}

}  // namespace
}  // namespace olivine
