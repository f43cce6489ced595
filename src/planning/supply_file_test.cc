#include "planning/supply_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/prng.h"

namespace olivine {
namespace {

const std::string kWhole = R"([grid]
limit = "2 kW"
zone = "FR"
[solar]
power = "array.csv"
share = 0.25
kind = "solar_utility"
surplus = "exported"
price_per_kwh = 0.05
[battery]
capacity = "10 kWh"
share = 0.5
usable = 0.9
charge_limit = "3 kW"
discharge_limit = "2 kW"
efficiency = 0.9
charge = 0.5
charge_g_per_kwh = {average = 60, marginal = 300.0}
charge_price_per_kwh = 0.2
discharge_above_g_per_kwh = 200
charge_from_grid_below_g_per_kwh = 80
signal = "marginal"
)";

TEST(SupplyFile, EveryKey) {
  const auto file = supply_from_toml(kWhole, "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->supply.grid_limit_w, 2000.0);
  EXPECT_EQ(file->zone, "FR");
  EXPECT_EQ(file->sun_file, "array.csv");
  EXPECT_EQ(file->sun_share, 0.25);
  EXPECT_EQ(file->solar_kind, "solar_utility");
  EXPECT_TRUE(file->supply.surplus_exported);
  EXPECT_EQ(file->solar_price, 0.05);
  ASSERT_TRUE(file->supply.battery);
  const BatteryShare& b = *file->supply.battery;
  EXPECT_DOUBLE_EQ(b.capacity_j, 4.5 * 3.6e6);
  EXPECT_DOUBLE_EQ(b.content_j, 2.25 * 3.6e6);
  EXPECT_DOUBLE_EQ(b.charge_w, 1500.0);
  EXPECT_DOUBLE_EQ(b.discharge_w, 1000.0);
  EXPECT_EQ(b.efficiency, 0.9);
  EXPECT_EQ(b.content.average, 60.0);
  EXPECT_EQ(b.content.marginal, 300.0);
  EXPECT_EQ(b.content.cost, 0.2);
  EXPECT_EQ(b.discharge_above, 200.0);
  EXPECT_EQ(b.charge_below, 80.0);
  EXPECT_EQ(b.by, Signal::kMarginal);
}

TEST(SupplyFile, WhatIsNotSaidIsNotKnown) {
  const auto file = supply_from_toml(
      "[grid]\nlimit = \"none\"\n[battery]\ncapacity = \"1 kWh\"\ncharge_limit = \"1 kW\"\ndischarge_limit = \"1 "
      "kW\"\nefficiency = 1\ncharge = 1\n",
      "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE(file->supply.grid_limit_w);
  EXPECT_TRUE(file->sun_file.empty());
  const BatteryShare& b = *file->supply.battery;
  EXPECT_TRUE(std::isnan(b.content.average) && std::isnan(b.content.marginal) && std::isnan(b.content.cost));
  EXPECT_FALSE(b.discharge_above || b.charge_below);
}

TEST(SupplyFile, TheSunByTheBoundaryOfTheSeries) {
  SupplyFile file;
  file.solar_kind = "solar_rooftop";
  std::vector<std::string> lines;
  EXPECT_EQ(solar_burden(file, Boundary::kLifecycle, lines)->average, 41.0);  // data/fuel_factors.csv
  EXPECT_EQ(solar_burden(file, std::nullopt, lines)->average, 41.0);
  const auto direct = solar_burden(file, Boundary::kDirect, lines);
  EXPECT_EQ(direct->average, 0.0);
  EXPECT_EQ(direct->marginal, 0.0);
  EXPECT_EQ(lines.at(4), "sun 0 g/kWh by average: direct, nothing is burnt");
}

TEST(SupplyFile, TheSunsRows) {
  const auto sun = sun_from_csv("time_utc,power_w\n2022-01-01T00:00Z,100\n2022-01-01T00:30Z,\n2022-01-01T01:30Z,400\n",
                                "sun.csv", 0.5);
  ASSERT_TRUE(sun) << sun.error().message;
  ASSERT_EQ(sun->size(), 2U);
  EXPECT_EQ(sun->front().power_w, 50.0);
  EXPECT_EQ(sun->front().end.ns - sun->front().begin.ns, seconds(1800).ns);  // the empty one is a gap
  EXPECT_EQ(sun->back().power_w, 200.0);
  EXPECT_EQ(sun->back().end.ns - sun->back().begin.ns, hours(1).ns);  // as long as the one before
}

// Cut off anywhere, or with bytes changed: an error of one line, or a supply that makes sense.
TEST(SupplyFileProperty, DamagedFilesAreRefusedOrMakeSense) {
  Prng prng(3);
  int refused = 0;
  for (std::size_t i = 0; i < 5'000; ++i) {
    std::string text = i < kWhole.size() ? kWhole.substr(0, i) : kWhole;
    if (i >= kWhole.size())
      for (std::uint64_t k = 1 + prng.below(4); k-- > 0;)
        text[prng.below(text.size())] = static_cast<char>(prng.below(256));
    const auto file = supply_from_toml(text, "s.toml");
    if (file) {
      ASSERT_TRUE(check(file->supply)) << text;
      continue;
    }
    ++refused;
    ASSERT_TRUE(file.error().message.starts_with("s.toml:")) << file.error().message;
    ASSERT_EQ(file.error().message.find('\n'), std::string::npos) << file.error().message;
  }
  EXPECT_GT(refused, 2'000);
}

}  // namespace
}  // namespace olivine
