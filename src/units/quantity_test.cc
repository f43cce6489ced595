#include "units/quantity.h"

#include <gtest/gtest.h>

#include <concepts>

namespace olivine {
namespace {

TEST(Quantity, TheHeadersExample) {
  const Energy e = watts(100.0) * hours(1);
  EXPECT_DOUBLE_EQ(in_kilowatt_hours(e), 0.1);
  EXPECT_DOUBLE_EQ(in_watt_hours(e), 100.0);
  EXPECT_DOUBLE_EQ(in_grams(e * grams_per_kilowatt_hour(56.0)), 5.6);
}

TEST(Quantity, UnitsInAndOut) {
  EXPECT_DOUBLE_EQ(in_joules(microjoules(5.0)), 5e-6);
  EXPECT_DOUBLE_EQ(in_joules(watt_hours(1.0)), 3600.0);
  EXPECT_DOUBLE_EQ(in_joules(kilowatt_hours(1.0)), 3.6e6);
  EXPECT_DOUBLE_EQ(in_grams(kilograms(2.0)), 2000.0);
  EXPECT_DOUBLE_EQ(in_litres(kilowatt_hours(100.0) * litres_per_kilowatt_hour(1.8)), 180.0);
  EXPECT_DOUBLE_EQ(in_money(kilowatt_hours(2.0) * price_per_kilowatt_hour(0.3)), 0.6);
  EXPECT_DOUBLE_EQ(in_watts(joules(10.0) / seconds(4)), 2.5);
  EXPECT_DOUBLE_EQ(as_number(ratio(1.5)), 1.5);
}

TEST(Quantity, ArithmeticOfOneDimension) {
  Energy e = joules(3.0) + joules(4.0) - joules(1.0);
  e += joules(2.0);
  EXPECT_EQ(e, joules(8.0));
  EXPECT_EQ(2.0 * e / 4.0, joules(4.0));
  EXPECT_EQ(-e, joules(-8.0));
  EXPECT_EQ(e / joules(2.0), 4.0);
  EXPECT_LT(joules(1.0), joules(2.0));
  EXPECT_EQ(seconds(2) * watts(3.0), joules(6.0));
}

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
template <class A, class B>
concept Multiplies = requires(A a, B b) { a* b; };

TEST(Quantity, OnlyThePhysicalProductsExist) {
  EXPECT_TRUE((Addable<Energy, Energy>));
  EXPECT_FALSE((Addable<Energy, Power>));
  EXPECT_FALSE((Addable<Energy, double>));
  EXPECT_FALSE((Multiplies<Energy, Energy>));
  EXPECT_FALSE((Multiplies<Power, CarbonIntensity>));
  EXPECT_TRUE((Multiplies<Energy, CarbonIntensity>));
  EXPECT_FALSE((std::convertible_to<double, Energy>));
  EXPECT_FALSE((std::convertible_to<Energy, double>));
}

}  // namespace
}  // namespace olivine
