// Bulk evaluation and the fleet view: known answers, and cuts that change nothing.
#include "account/activities/bulk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "account/activities/fleet.h"

namespace olivine {
namespace {

constexpr std::int64_t kDay = 1'672'531'200;  // 2023-01-01

IntensitySeries hourly(const std::vector<double>& g_per_kwh, std::int64_t begin_s = kDay) {
  IntensitySeries s;
  s.zone = "FR";
  for (std::size_t i = 0; i < g_per_kwh.size(); ++i) {
    const std::int64_t begin = (begin_s + static_cast<std::int64_t>(i) * 3600) * 1'000'000'000;
    s.points.push_back(exact_point({begin}, {begin + 3'600'000'000'000}, g_per_kwh[i]));
  }
  return s;
}

IntensityIntegral integral(const IntensitySeries& series) { return IntensityIntegral::of(series).value(); }

Activity job(std::int64_t begin_s, std::int64_t end_s) {
  return {.begin_s = begin_s, .end_s = end_s, .zone = "FR", .device = "a100", .devices = 1.0};
}

FleetInputs inputs_of(const ActivityTable& table) {
  FleetInputs in;
  in.devices.assign(table.device.words().size(), FleetPower{400.0, 400.0, 400.0, "test"});
  for (std::size_t i = 0; i < table.zone.words().size(); ++i)
    in.zones.push_back({.factor_g = 500.0, .factor_lower_g = 400.0, .factor_upper_g = 600.0});
  in.core = {5.0, 5.0, 5.0, "test"};
  in.memory_gb = {0.5, 0.5, 0.5, "test"};
  return in;
}

TEST(IntensityIntegral, HalfAnHourOfEach) {
  const IntensityIntegral series = integral(hourly({100.0, 300.0}));
  const IntensitySum sum = series.over(kDay + 1800, kDay + 5400);
  EXPECT_EQ(sum.mg_s, 1800LL * 100'000 + 1800LL * 300'000);
  EXPECT_EQ(sum.known_s, 3600);
  EXPECT_EQ(series.over(kDay - 7200, kDay - 3600), IntensitySum{});
  EXPECT_EQ(series.over(kDay + 7200, kDay + 9000), IntensitySum{});
  EXPECT_EQ(series.over(kDay - 3600, kDay + 9000).known_s, 7200);
}

TEST(IntensityIntegral, GapsAndOtherSteps) {
  IntensitySeries s = hourly({100.0, 200.0, 300.0, 400.0});
  s.points.erase(s.points.begin() + 1);
  const std::int64_t end = (kDay + 4 * 3600) * 1'000'000'000LL;
  s.points.push_back(exact_point({end}, {end + 900'000'000'000LL}, 800.0));  // a quarter of an hour
  const IntensityIntegral series = integral(s);
  EXPECT_EQ(series.over(kDay, kDay + 4 * 3600).known_s, 3 * 3600);
  EXPECT_EQ(series.over(kDay + 3600, kDay + 7200), IntensitySum{});
  EXPECT_EQ(series.over(kDay + 4 * 3600, kDay + 5 * 3600).mg_s, 900LL * 800'000);
}

TEST(IntensityIntegral, AnyCutIsExact) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> g(0.0, 900.0);
  std::vector<double> values(500);
  for (double& v : values) v = g(random);
  IntensitySeries s = hourly(values);
  for (std::size_t i = 40; i < s.points.size(); i += 37)
    s.points.erase(s.points.begin() + static_cast<std::ptrdiff_t>(i));
  const IntensityIntegral series = integral(s);
  std::uniform_int_distribution<std::int64_t> time(kDay - 10'000, kDay + 501 * 3600);
  for (int i = 0; i < 2000; ++i) {
    std::array<std::int64_t, 3> t{time(random), time(random), time(random)};
    std::sort(t.begin(), t.end());
    EXPECT_EQ(series.over(t[0], t[1]) + series.over(t[1], t[2]), series.over(t[0], t[2]));
  }
}

TEST(Bulk, ADeviceThroughTwoHours) {
  ActivityTable table;
  Activity a = job(kDay + 1800, kDay + 5400);
  a.devices = 4.0;
  ASSERT_TRUE(table.add(a).has_value());
  const BulkResult result = evaluate_bulk(table, {integral(hourly({100.0, 300.0}))}, FleetBy::kAll);
  ASSERT_EQ(result.cells.size(), 1u);
  const PricedAmount& devices = result.cells[0].held[static_cast<std::size_t>(Held::kDevices)];
  EXPECT_DOUBLE_EQ(devices.amount, 4.0);
  EXPECT_DOUBLE_EQ(devices.priced, 800.0);
  EXPECT_DOUBLE_EQ(devices.unpriced, 0.0);
  // METHODS 3: 1 kW 10:30-11:30 at 100 g then 300 g: 200 g; here 4 x 400 W and PUE 1.2.
  FleetInputs in = inputs_of(table);
  in.pue = in.pue_lower = in.pue_upper = 1.2;
  EXPECT_NEAR(fleet_view(table, result, in).total.grams.mean(), 1.6 * 1.2 * 200.0, 1e-9);
}

// Jobs of all kinds in eight zones.
ActivityTable many_jobs(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> begin(kDay, kDay + 80 * 86'400), length(60, 20 * 86'400);
  std::uniform_int_distribution<int> pick(0, 7);
  const std::array<std::string, 8> zones{"FR", "DE", "PL", "SE", "GB", "IT", "ES", ""};
  ActivityTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Activity a = job(begin(random), 0);
    a.end_s = a.begin_s + length(random);
    a.zone = zones[static_cast<std::size_t>(pick(random))];
    a.status = static_cast<ActivityStatus>(pick(random) % 5);
    a.device = pick(random) % 2 == 0 ? "a100" : "v100";
    a.devices = pick(random);
    a.cpus = pick(random) * 8;
    a.cpu_used = pick(random) / 8.0;
    if (pick(random) == 0) {
      a.energy_kwh = pick(random) * 1.5;
      a.plane = ActivityPlane::kNodeAc;
    }
    EXPECT_TRUE(table.add(a).has_value());
  }
  return table;
}

std::vector<IntensityIntegral> series_of(const ActivityTable& table) {
  std::vector<IntensityIntegral> out;
  for (std::size_t z = 0; z < table.zone.words().size(); ++z) {
    std::vector<double> values(24 * 95);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = 50.0 * static_cast<double>(z + 1) + 30.0 * std::sin(static_cast<double>(i + z));
    out.push_back(table.zone.words()[z].empty() ? IntensityIntegral{} : integral(hourly(values)));
  }
  return out;
}

TEST(Bulk, SplitInTimeOrAmongDevicesTheTotalsStay) {
  const ActivityTable whole = many_jobs(400, 3);
  ActivityTable split;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Activity a = whole.at(i), b = a;
    if (i % 2 == 0) {  // in time, at 0.3 of the span
      const std::int64_t cut = a.begin_s + (a.end_s - a.begin_s) * 3 / 10;
      const double share = static_cast<double>(cut - a.begin_s) / static_cast<double>(a.end_s - a.begin_s);
      a.end_s = cut;
      b.begin_s = cut;
      a.hours = b.hours = kNotSaid;
      b.energy_kwh = a.energy_kwh * (1.0 - share);
      a.energy_kwh = a.energy_kwh * share;
    } else {  // among two workloads
      for (Activity* half : {&a, &b}) {
        half->devices /= 2.0;
        half->cpus /= 2.0;
        half->energy_kwh /= 2.0;
      }
    }
    ASSERT_TRUE(split.add(a).has_value());
    ASSERT_TRUE(split.add(b).has_value());
  }
  const FleetView one = fleet_view(whole, evaluate_bulk(whole, series_of(whole), FleetBy::kAll), inputs_of(whole));
  const FleetView two = fleet_view(split, evaluate_bulk(split, series_of(split), FleetBy::kAll), inputs_of(split));
  const FleetView months = fleet_view(whole, evaluate_bulk(whole, series_of(whole), FleetBy::kMonth), inputs_of(whole));
  for (const FleetView* other : {&two, &months}) {
    EXPECT_NEAR(other->total.grams.mean() / one.total.grams.mean(), 1.0, 1e-12);
    EXPECT_NEAR(other->total.facility_kwh.mean() / one.total.facility_kwh.mean(), 1.0, 1e-12);
    EXPECT_NEAR(other->total.grams.upper() / one.total.grams.upper(), 1.0, 1e-12);
  }
  EXPECT_EQ(months.total.rows, whole.size());
}

TEST(Bulk, AgreesWithTheRowsOneByOne) {
  const ActivityTable table = many_jobs(300, 11);
  const auto zones = series_of(table);
  const FleetInputs in = inputs_of(table);
  double grams = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double hours = table.hours[i];
    const double kwh = std::isnan(table.energy_kwh[i]) ? hours * (table.devices[i] * 0.4 + table.cpus[i] * 0.005)
                                                       : table.energy_kwh[i];
    double mean = 0.0;  // minute by minute
    const std::int64_t steps = 1 + (table.end_s[i] - table.begin_s[i]) / 600;
    for (std::int64_t k = 0; k < steps; ++k) {
      const std::int64_t a = table.begin_s[i] + (table.end_s[i] - table.begin_s[i]) * k / steps,
                         b = table.begin_s[i] + (table.end_s[i] - table.begin_s[i]) * (k + 1) / steps;
      const IntensitySum sum = zones[table.zone.ids()[i]].over(a, b);
      mean += (static_cast<double>(sum.mg_s) / 1e3 + static_cast<double>(b - a - sum.known_s) * 500.0) /
              static_cast<double>(table.end_s[i] - table.begin_s[i]);
    }
    grams += kwh * mean;
  }
  EXPECT_NEAR(fleet_view(table, evaluate_bulk(table, zones, FleetBy::kZone), in).total.grams.mean() / grams, 1.0, 1e-9);
}

TEST(Fleet, GroupsAndStatusesSumToTheTotal) {
  const ActivityTable table = many_jobs(500, 5);
  for (const FleetBy by : {FleetBy::kStatus, FleetBy::kZone, FleetBy::kDevice, FleetBy::kMonth}) {
    const FleetView view = fleet_view(table, evaluate_bulk(table, series_of(table), by), inputs_of(table));
    double groups = 0.0, statuses = 0.0;
    for (const FleetGroup& g : view.groups) groups += g.figures.grams.mean();
    for (const FleetFigures& f : view.by_status) statuses += f.grams.mean();
    EXPECT_NEAR(groups / view.total.grams.mean(), 1.0, 1e-12);
    EXPECT_NEAR(statuses / view.total.grams.mean(), 1.0, 1e-12);
  }
}

TEST(Fleet, PlanesAndUnknowns) {
  ActivityTable table;
  for (const ActivityPlane plane : {ActivityPlane::kChip, ActivityPlane::kNodeAc, ActivityPlane::kFacility}) {
    Activity a = job(kDay, kDay + 3600);
    a.energy_kwh = 1.0;
    a.plane = plane;
    ASSERT_TRUE(table.add(a).has_value());
  }
  FleetInputs in = inputs_of(table);
  in.supply = in.supply_lower = in.supply_upper = 0.8;
  in.pue = in.pue_lower = in.pue_upper = 1.5;
  FleetFigures total = fleet_view(table, evaluate_bulk(table, {integral(hourly({100.0}))}, FleetBy::kAll), in).total;
  EXPECT_DOUBLE_EQ(total.facility_kwh.mean(),
                   1.0 / 0.8 * 1.5 + 1.5 + 1.0);  // PUE once, and not on the facility's meter
  EXPECT_TRUE(total.known);
  Activity unknown = job(kDay, kDay + 3600);
  unknown.device = "quantum";
  ASSERT_TRUE(table.add(unknown).has_value());
  in.devices.push_back(std::nullopt);
  const FleetFigures more =
      fleet_view(table, evaluate_bulk(table, {integral(hourly({100.0}))}, FleetBy::kAll), in).total;
  EXPECT_FALSE(more.known);
  EXPECT_DOUBLE_EQ(more.facility_kwh.mean(), total.facility_kwh.mean());
}

TEST(Fleet, SharedInputsMoveAllRowsTogether) {
  ActivityTable table;
  for (int i = 0; i < 100; ++i) {
    Activity a = job(kDay, kDay + 3600);
    a.energy_kwh = 1.0;
    a.plane = ActivityPlane::kNodeAc;
    ASSERT_TRUE(table.add(a).has_value());
  }
  FleetInputs in = inputs_of(table);
  in.pue = 1.5;
  in.pue_lower = 1.2;
  in.pue_upper = 1.8;
  const FleetFigures total =
      fleet_view(table, evaluate_bulk(table, {integral(hourly({100.0}))}, FleetBy::kAll), in).total;
  EXPECT_NEAR(total.facility_kwh.upper(), 180.0, 1e-9);  // not 150 + 30 / sqrt(100)
}

TEST(Fleet, NamesOfFamiliesGiveTheRangeOfTheirEntries) {
  const auto exact = catalogue_power("NVIDIA A100-SXM4-80GB"), family = catalogue_power("a100");
  ASSERT_TRUE(exact && family);
  EXPECT_EQ(exact->w, 400.0);
  EXPECT_EQ(family->upper_w, 400.0);
  EXPECT_LT(family->lower_w, 250.0 * 0.13);
  EXPECT_GT(family->w, 250.0);
  EXPECT_FALSE(catalogue_power("gpu").has_value());
  EXPECT_FALSE(catalogue_power("a10042").has_value());
}

// Wide powers times a wide PUE times a wide yearly factor: first order would reach below zero.
TEST(Fleet, RangesStayAboveZero) {
  ActivityTable table;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(table.add(job(kDay + i * 3600, kDay + (i + 1) * 3600)).has_value());
  FleetInputs in = inputs_of(table);
  for (auto& power : in.devices)
    if (power) power->lower_w = 0.05 * power->w;
  in.pue = 1.56, in.pue_lower = 1.1, in.pue_upper = 2.0;
  for (FleetZone& zone : in.zones) zone.factor_g = 473, zone.factor_lower_g = 25, zone.factor_upper_g = 845;
  const FleetFigures total =
      fleet_view(table, evaluate_bulk(table, std::vector<IntensityIntegral>(in.zones.size()), FleetBy::kAll), in).total;
  ASSERT_GT(total.grams.mean(), 0.0);
  EXPECT_GT(total.grams.lower(), 0.0);
  EXPECT_LT(total.grams.lower(), 0.2 * total.grams.mean());
  EXPECT_GT(total.grams.upper(), 1.5 * total.grams.mean());
  EXPECT_GT(total.facility_kwh.lower(), 0.0);
}

// Energy that nobody says where it was counted has no known power supply and no known PUE: it is in no sum, and is listed.
TEST(Fleet, EnergyWithoutAPlaneIsNotCounted) {
  ActivityTable table;
  for (const ActivityPlane plane : {ActivityPlane::kFacility, ActivityPlane::kUnknown}) {
    Activity a = job(kDay, kDay + 3600);
    a.energy_kwh = 1.0;
    a.plane = plane;
    ASSERT_TRUE(table.add(a).has_value());
  }
  const FleetFigures total =
      fleet_view(table, evaluate_bulk(table, {integral(hourly({100.0}))}, FleetBy::kAll), inputs_of(table)).total;
  EXPECT_FALSE(total.known);
  EXPECT_DOUBLE_EQ(total.facility_kwh.mean(), 1.0);
  EXPECT_DOUBLE_EQ(total.no_plane_kwh, 1.0);
  EXPECT_EQ(total.rows, 2U);
}

}  // namespace
}  // namespace olivine
