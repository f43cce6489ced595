#include "planning/power_supply.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr double kHour = 3600.0;
constexpr std::int64_t kWhUj = 3'600'000'000;  // of a watt hour

BatteryShare battery_of(double wh, double content_wh) {
  return {.capacity_j = wh * 3600.0,
          .charge_w = 1e6,
          .discharge_w = 1e6,
          .efficiency = 1.0,
          .content_j = content_wh * 3600.0,
          .content = {100.0, 400.0, 0.1}};
}

TEST(PowerSupply, TheExampleOfTheHeader) {
  PowerSupply supply{.battery = battery_of(500, 500)};
  supply.battery->discharge_above = 200.0;
  SupplySettlement s(supply);
  const SupplyStep step = s.step(1000.0, kHour, {400.0, {300.0, 600.0, 0.25}});
  EXPECT_EQ(step.flows.solar_to_work, 400 * kWhUj);
  EXPECT_EQ(step.flows.battery_to_work, 500 * kWhUj);
  EXPECT_EQ(step.flows.grid_to_work, 100 * kWhUj);
  EXPECT_EQ(s.content_uj(), 0);
  EXPECT_DOUBLE_EQ(step.bill.battery.average, 50.0);
  EXPECT_DOUBLE_EQ(step.bill.battery.marginal, 200.0);
  EXPECT_DOUBLE_EQ(step.bill.battery.cost, 0.05);
  EXPECT_DOUBLE_EQ(step.bill.grid.average, 30.0);
  EXPECT_DOUBLE_EQ(step.bill.grid.marginal, 60.0);
  EXPECT_DOUBLE_EQ(step.bill.total().average, 80.0);
}

// By hand: capacity 400 Wh, 80 % round trip, empty; grid at most 300 W, battery above 150 g/kWh; sun 40 g/kWh.
//   hour  work  sun  grid     sun>work  battery  grid  short  sun>battery  stored  loss  surplus  content  held g
//   1        0  300  200 g        0        0       0     0       300        240     60      0       240     12
//   2      100  400  100 g      100        0       0     0       200        160     40    100       400     20
//   3      500    0  100 g        0      200     300     0         0          0      0      0       200     10
//   4      500    0  200 g        0      200     300     0         0          0      0      0         0      0
//   5      500  100  200 g      100        0     300   100         0          0      0      0         0      0
TEST(PowerSupply, TheTableByHand) {
  PowerSupply supply{.grid_limit_w = 300.0, .solar = {40.0, 0.0, 0.0}, .battery = battery_of(400, 0)};
  supply.battery->efficiency = 0.8;
  supply.battery->discharge_above = 150.0;
  SupplySettlement s(supply);
  struct Row {
    double work, sun, grid_g;
    std::int64_t sun_work, battery, grid, is_short, sun_battery, stored, loss, surplus, content;
    double held_g;
  };
  const std::vector<Row> rows{{0, 300, 200, 0, 0, 0, 0, 300, 240, 60, 0, 240, 12.0},
                              {100, 400, 100, 100, 0, 0, 0, 200, 160, 40, 100, 400, 20.0},
                              {500, 0, 100, 0, 200, 300, 0, 0, 0, 0, 0, 200, 10.0},
                              {500, 0, 200, 0, 200, 300, 0, 0, 0, 0, 0, 0, 0.0},
                              {500, 100, 200, 100, 0, 300, 100, 0, 0, 0, 0, 0, 0.0}};
  for (const Row& r : rows) {
    const SupplyFlows f = s.step(r.work, kHour, {r.sun, {r.grid_g, r.grid_g, kNotKnown}}).flows;
    const SupplyFlows expected{.work = std::llround(r.work) * kWhUj,
                               .solar = std::llround(r.sun) * kWhUj,
                               .solar_to_work = r.sun_work * kWhUj,
                               .battery_to_work = r.battery * kWhUj,
                               .grid_to_work = r.grid * kWhUj,
                               .shortfall = r.is_short * kWhUj,
                               .solar_to_battery = r.sun_battery * kWhUj,
                               .stored = r.stored * kWhUj,
                               .losses = r.loss * kWhUj,
                               .surplus = r.surplus * kWhUj};
    EXPECT_EQ(f, expected) << r.work << " W, " << r.sun << " W of sun";
    EXPECT_EQ(s.content_uj(), r.content * kWhUj);
    EXPECT_NEAR(s.held().average, r.held_g, 1e-9);
  }
  EXPECT_NEAR(s.bill().total().average, 8.0 + 20.0 + 30.0 + 60.0 + 60.0,
              1e-9);  // 200 Wh of sun, the battery, 3 x 300 Wh of the grid
}

TEST(PowerSupply, TheGridChargesOnlyWhereItIsTold) {
  PowerSupply supply{.grid_limit_w = 500.0, .battery = battery_of(1000, 0)};
  supply.battery->charge_w = 200.0;
  SupplySettlement never(supply);
  EXPECT_EQ(never.step(0.0, kHour, {0.0, {10.0, 10.0, 0.1}}).flows.grid_to_battery, 0);
  supply.battery->charge_below = 50.0;
  SupplySettlement told(supply);
  EXPECT_EQ(told.step(0.0, kHour, {0.0, {50.0, 10.0, 0.1}}).flows.grid_to_battery, 0);  // not below
  EXPECT_EQ(told.step(0.0, kHour, {0.0, {kNotKnown, 10.0, 0.1}}).flows.grid_to_battery, 0);
  EXPECT_EQ(told.step(0.0, kHour, {0.0, {-5.0, 10.0, 0.1}}).flows.grid_to_battery, 0);
  EXPECT_EQ(told.step(400.0, kHour, {0.0, {40.0, 10.0, 0.1}}).flows.grid_to_battery,
            100 * kWhUj);  // what the line has left
  EXPECT_EQ(told.step(100.0, kHour, {150.0, {40.0, 10.0, 0.1}}).flows.grid_to_battery,
            150 * kWhUj);  // 50 W of sun come first
}

TEST(PowerSupply, WhatIsNotKnownStaysUntilTheBatteryIsEmpty) {
  PowerSupply supply{.grid_limit_w = 0.0, .battery = battery_of(1000, 100)};
  supply.battery->content = {kNotKnown, kNotKnown, kNotKnown};
  SupplySettlement s(supply);
  s.step(0.0, kHour, {.solar_w = 100.0});  // sun at 0 g into what is not known
  EXPECT_TRUE(std::isnan(s.held().average));
  EXPECT_TRUE(std::isnan(s.step(50.0, kHour, {}).bill.battery.average));
  EXPECT_TRUE(std::isnan(s.step(150.0, kHour, {}).bill.battery.average));  // the last of it
  s.step(0.0, kHour, {.solar_w = 100.0});
  EXPECT_EQ(s.step(100.0, kHour, {}).bill.battery.average, 0.0);
  EXPECT_TRUE(std::isnan(s.bill().total().average));
}

TEST(PowerSupply, TheGridIsNotKnownOnlyWhereItIsUsed) {
  const PowerSupply supply;
  SupplySettlement s(supply);
  EXPECT_EQ(s.step(100.0, kHour, {.solar_w = 100.0}).bill.total().average, 0.0);
  EXPECT_TRUE(std::isnan(s.step(101.0, kHour, {.solar_w = 100.0}).bill.total().average));
}

TEST(PowerSupply, ExportedSunCarriesTheGridsMargin) {
  PowerSupply supply{.solar = {41.0, 0.0, 0.0}, .surplus_exported = true, .battery = battery_of(1000, 0)};
  SupplySettlement s(supply);
  const SupplyStep step = s.step(1000.0, kHour, {2000.0, {300.0, 700.0, 0.1}});
  EXPECT_DOUBLE_EQ(step.bill.total().average, 41.0);
  EXPECT_DOUBLE_EQ(step.bill.total().marginal, 700.0);
  EXPECT_DOUBLE_EQ(s.held().marginal, 700.0);
}

TEST(PowerSupply, WhatMakesNoSense) {
  for (const auto& change : std::vector<void (*)(BatteryShare&)>{
           [](BatteryShare& b) { b.capacity_j = 0.0; }, [](BatteryShare& b) { b.capacity_j = 1e13; },
           [](BatteryShare& b) { b.efficiency = 1.1; }, [](BatteryShare& b) { b.efficiency = kNotKnown; },
           [](BatteryShare& b) { b.content_j = b.capacity_j + 1.0; }, [](BatteryShare& b) { b.charge_w = -1.0; }}) {
    PowerSupply supply{.battery = battery_of(100, 50)};
    EXPECT_TRUE(check(supply));
    change(*supply.battery);
    EXPECT_FALSE(check(supply));
  }
  const PowerSupply supply;
  SupplySettlement s(supply);
  EXPECT_THROW(s.step(-1.0, kHour, {}), std::logic_error);
  EXPECT_THROW(s.step(1e12, 1e9, {}), std::logic_error);
}

PowerSupply random_supply(Prng& prng) {
  PowerSupply s;
  if (prng.below(3) != 0) s.grid_limit_w = static_cast<double>(prng.below(2000));
  s.solar = {prng.below(2) == 0 ? 0.0 : 41.0, 0.0, 0.01};
  s.surplus_exported = prng.below(3) == 0;
  if (prng.below(5) == 0) return s;
  BatteryShare b = battery_of(1.0 + static_cast<double>(prng.below(3000)), 0);
  b.content_j = b.capacity_j * prng.uniform();
  b.charge_w = prng.between(0, 1500);
  b.discharge_w = prng.between(0, 1500);
  b.efficiency = prng.between(0.5, 1.0);
  if (prng.below(3) != 0) b.discharge_above = prng.between(0, 600);
  if (prng.below(2) == 0) b.charge_below = prng.between(0, 600);
  if (prng.below(2) == 0) b.by = Signal::kMarginal;
  s.battery = b;
  return s;
}

SupplyMoment random_moment(Prng& prng) {
  return {prng.below(3) == 0 ? 0.0 : prng.between(0, 2500),
          {prng.between(0, 700), prng.between(0, 900), prng.between(0, 0.5)}};
}

// Every joule goes somewhere, and every gram is paid by the job or still in the battery: 20,000 supplies of up to 40 steps.
TEST(PowerSupplyProperty, EnergyAndGramsAreConserved) {
  Prng prng(5);
  std::int64_t discharged = 0, short_of = 0, from_grid = 0;
  for (int i = 0; i < 20'000; ++i) {
    const PowerSupply supply = random_supply(prng);
    SupplySettlement s(supply);
    double in_g = s.held().average;
    for (std::uint64_t k = 1 + prng.below(40); k-- > 0;) {
      const SupplyMoment moment = random_moment(prng);
      const double seconds = prng.between(0.001, 3600.0), load = prng.below(3) == 0 ? 0.0 : prng.between(0, 3000);
      const std::int64_t before = s.content_uj();
      const SupplyFlows f = s.step(load, seconds, moment).flows;
      ASSERT_EQ(f.solar_to_work + f.battery_to_work + f.grid_to_work + f.shortfall, f.work) << "case " << i;
      ASSERT_EQ(f.solar_to_work + f.solar_to_battery + f.surplus, f.solar) << "case " << i;
      ASSERT_EQ(f.solar_to_battery + f.grid_to_battery, f.stored + f.losses) << "case " << i;
      ASSERT_EQ(before + f.stored - f.battery_to_work, s.content_uj()) << "case " << i;
      ASSERT_LE(f.battery_to_work, before) << "case " << i;
      for (const std::int64_t part : {f.solar_to_work, f.battery_to_work, f.grid_to_work, f.shortfall,
                                      f.solar_to_battery, f.grid_to_battery, f.stored, f.losses, f.surplus})
        ASSERT_GE(part, 0) << "case " << i;
      if (supply.grid_limit_w) {
        ASSERT_LE(static_cast<double>(f.grid_to_work + f.grid_to_battery), *supply.grid_limit_w * seconds * 1e6 + 1.0)
            << "case " << i;
      }
      if (supply.battery) {
        ASSERT_LE(static_cast<double>(s.content_uj()), supply.battery->capacity_j * 1e6 + 1.0) << "case " << i;
        ASSERT_LE(static_cast<double>(f.battery_to_work), supply.battery->discharge_w * seconds * 1e6 + 1.0)
            << "case " << i;
        ASSERT_LE(static_cast<double>(f.solar_to_battery + f.grid_to_battery),
                  supply.battery->charge_w * seconds * 1e6 + 1.0)
            << "case " << i;
        // What is lost is the loss of the round trip, but for a microjoule of each source.
        ASSERT_NEAR(static_cast<double>(f.stored),
                    static_cast<double>(f.solar_to_battery + f.grid_to_battery) * supply.battery->efficiency, 2.0)
            << "case " << i;
      }
      in_g += supply.solar.of(f.solar_to_work + f.solar_to_battery).average +
              moment.grid.of(f.grid_to_work + f.grid_to_battery).average;
    }
    ASSERT_NEAR(s.bill().total().average + s.held().average, in_g, 1e-9 * (1.0 + in_g)) << "case " << i;
    discharged += s.flows().battery_to_work > 0;
    short_of += s.flows().shortfall > 0;
    from_grid += s.flows().grid_to_battery > 0;
  }
  EXPECT_GT(discharged, 5'000);  // else nothing was tried
  EXPECT_GT(short_of, 5'000);
  EXPECT_GT(from_grid, 2'000);
}

// Where the grid never charges: more sun never takes more of the grid, nor leaves more uncovered.
TEST(PowerSupplyProperty, MoreSunIsNeverMoreGrid) {
  Prng prng(6);
  int less = 0;
  for (int i = 0; i < 20'000; ++i) {
    PowerSupply supply = random_supply(prng);
    if (supply.battery) supply.battery->charge_below.reset();
    SupplySettlement one(supply), other(supply);
    for (std::uint64_t k = 1 + prng.below(30); k-- > 0;) {
      SupplyMoment moment = random_moment(prng);
      const double load = prng.between(0, 3000);
      one.step(load, 900.0, moment);
      moment.solar_w += prng.below(2) == 0 ? 0.0 : prng.between(0, 1000);
      other.step(load, 900.0, moment);
    }
    const SupplyFlows &a = one.flows(), &b = other.flows();
    ASSERT_LE(b.grid_to_work, a.grid_to_work) << "case " << i;
    ASSERT_LE(b.grid_to_work + b.shortfall, a.grid_to_work + a.shortfall) << "case " << i;
    less += b.grid_to_work < a.grid_to_work;
  }
  EXPECT_GT(less, 5'000);
}

}  // namespace
}  // namespace olivine
