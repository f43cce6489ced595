#include "units/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"

namespace olivine {
namespace {

TEST(FormatNumber, ThreeSignificantDigits) {
  struct Case {
    double value;
    const char* text;
  };
  for (const Case& c : std::initializer_list<Case>{{0, "0"},
                                                   {0.41, "0.41"},
                                                   {1, "1"},
                                                   {1.005, "1"},
                                                   {9.999, "10"},
                                                   {99.97, "100"},
                                                   {123.4, "123"},
                                                   {1234.5, "1234"},
                                                   {999'999.0, "999999"},
                                                   {1e6, "1.00e+06"},
                                                   {0.0229, "0.0229"},
                                                   {0.000123456, "0.000123"},
                                                   {0.00009, "9.00e-05"},
                                                   {-2.5, "-2.5"},
                                                   {std::numeric_limits<double>::infinity(), "unknown"},
                                                   {std::nan(""), "unknown"}})
    EXPECT_EQ(format_number(c.value), c.text);
}

TEST(FormatEnergy, ChoosesTheUnitBySize) {
  EXPECT_EQ(format_energy(joules(1476)), "0.41 Wh");
  EXPECT_EQ(format_energy(watt_hours(999.6)), "1 kWh");
  EXPECT_EQ(format_energy(watt_hours(999.4)), "999 Wh");
  EXPECT_EQ(format_energy(kilowatt_hours(1500)), "1.5 MWh");
  EXPECT_EQ(format_energy(kilowatt_hours(2.56e6)), "2.56 GWh");
  EXPECT_EQ(format_energy(joules(0)), "0 Wh");
  EXPECT_EQ(format_energy(joules(0.2)), "0.2 J");
  EXPECT_EQ(format_energy(joules(0.4)), "0.000111 Wh");
  EXPECT_EQ(format_energy(joules(0.0042)), "4.2 mJ");
  EXPECT_EQ(format_energy(joules(-7200)), "-2 Wh");
}

TEST(FormatOthers, ChooseTheUnitBySize) {
  EXPECT_EQ(format_carbon(grams(0.0229)), "0.0229 g");
  EXPECT_EQ(format_carbon(kilograms(16'000)), "16 t");
  EXPECT_EQ(format_carbon(grams(2.07e-6)), "0.00207 mg");
  EXPECT_EQ(format_power(watts(1914.9)), "1.91 kW");
  EXPECT_EQ(format_carbon_range(grams(1500), grams(900), grams(2100)), "1.5 kg  (0.9 .. 2.1)");
}

TEST(ParseEnergy, Table) {
  EXPECT_EQ(in_joules(*parse_energy("1.5kWh")), 5.4e6);
  EXPECT_EQ(in_joules(*parse_energy(" 300 Wh ")), 300 * 3600.0);
  EXPECT_EQ(in_joules(*parse_energy("20 J")), 20);
  EXPECT_EQ(in_joules(*parse_energy("2MWh")), 7.2e9);
  EXPECT_EQ(in_joules(*parse_energy("50kJ")), 5e4);
  EXPECT_EQ(in_joules(*parse_energy("3MJ")), 3e6);
  EXPECT_EQ(in_joules(*parse_energy("0J")), 0);
  EXPECT_EQ(in_watts(*parse_power("1.2kW")), 1200);
  for (const char* bad :
       {"", "kWh", "5", "5 mJ", "-3 Wh", "nan J", "inf Wh", "1e308 MWh", "1,5 kWh", "1.5 kWh x", "0x10 J"})
    EXPECT_FALSE(parse_energy(bad)) << bad;
  for (const char* bad : {"", "W", "-1 W", "300", "300 Wh"}) EXPECT_FALSE(parse_power(bad)) << bad;
  EXPECT_EQ(in_grams(*parse_carbon("20g")), 20);
  EXPECT_EQ(in_grams(*parse_carbon(" 1.5 kg ")), 1500);
  EXPECT_EQ(in_grams(*parse_carbon("2t")), 2e6);
  for (const char* bad : {"", "g", "-1 g", "20", "20 G", "2 kWh", "nan g"}) EXPECT_FALSE(parse_carbon(bad)) << bad;
  EXPECT_EQ(parse_energy("\x1b[31mJ").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(parse_energy("\x1b[31mJ").error().message.find('\x1b'), std::string::npos);
}

// What is printed reads back to within the three digits.
TEST(FormatProperty, EnergiesReadBack) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Prng prng(seed);
    const double j = std::pow(10.0, prng.between(0.5, 11.0));
    const auto back = parse_energy(format_energy(joules(j)));
    ASSERT_TRUE(back) << format_energy(joules(j));
    ASSERT_NEAR(in_joules(*back) / j, 1.0, 0.0051) << format_energy(joules(j));
  }
}

}  // namespace
}  // namespace olivine
