#include "account/uncertainty/dimension.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(Dimension, ProductsAndQuotientsAreCoherent) {
  EXPECT_EQ(divide(kEnergyDimension, kTimeDimension), kPowerDimension);
  EXPECT_EQ(multiply(kPowerDimension, kTimeDimension), kEnergyDimension);
  EXPECT_EQ(multiply(kEnergyDimension, kIntensityDimension), kCarbonDimension);
  EXPECT_EQ(power(kAreaDimension, -2.0), (Dimension{.area = -2}));
  EXPECT_EQ(power(Dimension{.area = 2}, 0.5), kAreaDimension);
}

TEST(Dimension, NamesAreTheUnitsThatPeopleRead) {
  EXPECT_EQ(name_of(kEnergyDimension), "kWh");
  EXPECT_EQ(name_of(kPowerDimension), "W");
  EXPECT_EQ(name_of(kIntensityDimension), "g/kWh");
  EXPECT_EQ(name_of(kWaterIntensityDimension), "L/kWh");
  EXPECT_EQ(name_of(kPriceDimension), "currency/kWh");
  EXPECT_EQ(name_of(kPlainNumber), "a plain number");
  EXPECT_EQ(name_of(Dimension{.carbon = 1, .time = -1}), "g/h");
  EXPECT_EQ(name_of(Dimension{.energy = 2, .time = -1}), "kWh^2/h");
  EXPECT_DOUBLE_EQ(display_unit(kIntensityDimension).factor, 1.0 / 3.6e6);
}

TEST(Dimension, QuantitiesScale) {
  EXPECT_EQ(quantity_text(433'196 * 3.6e6, kEnergyDimension), "433 MWh");
  EXPECT_EQ(quantity_text(24.69e6, kCarbonDimension), "24.7 t");
  EXPECT_EQ(quantity_text(57.0 / 3.6e6, kIntensityDimension), "57 g/kWh");
  EXPECT_EQ(quantity_text(0.0, kCarbonDimension), "0 kg");
  EXPECT_EQ(quantity_text(3.0, kPlainNumber), "3");
}

TEST(Dimension, WhatHasNoUnitIsRefused) {
  const auto root = power(kEnergyDimension, 0.5);
  ASSERT_FALSE(root);
  EXPECT_NE(root.error().message.find("kWh cannot be raised"), std::string::npos) << root.error().message;
  EXPECT_FALSE(power(kEnergyDimension, 1e300));
  EXPECT_FALSE(power(kEnergyDimension, 61));
}

}  // namespace
}  // namespace olivine
