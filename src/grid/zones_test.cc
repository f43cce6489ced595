#include "grid/zones.h"

#include <gtest/gtest.h>

#include <cmath>

namespace olivine {
namespace {

// 1 July of a year, UTC, to within a day.
WallTime middle_of(int year) {
  return {static_cast<std::int64_t>((year - 1970) * 365.2425 + 181.0) * 86'400 * 1'000'000'000};
}
double g(CarbonIntensity i) { return in_grams_per_kilowatt_hour(i); }

TEST(Zones, AreFoundByKeyIgnoringCase) {
  const Result<ZoneFactor> france = find_zone("fr");
  ASSERT_TRUE(france) << france.error().message;
  EXPECT_EQ(france->zone, "FR");
  EXPECT_EQ(france->name, "France");
  EXPECT_EQ(france->parent, "");
  EXPECT_EQ(france->type, "lifecycle");
  EXPECT_EQ(france->accounting, "production");
  EXPECT_EQ(france->losses, "excluded");
  EXPECT_GT(france->g_per_kwh, 20.0);
  EXPECT_LT(france->g_per_kwh, 100.0);
  EXPECT_EQ(france->row.table, "data/zones.csv");
  EXPECT_NE(france->row.source.find("Ember"), std::string::npos);
  EXPECT_EQ(find_zone(" us-ca ")->parent, "US");
}

TEST(Zones, AnUnknownKeyNamesTheNearestAndTheNextStep) {
  const Result<ZoneFactor> zone = find_zone("US-CAA");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(zone.error().message.find("did you mean US-"), std::string::npos) << zone.error().message;
  EXPECT_NE(zone.error().message.find("olivine grid zones TEXT"), std::string::npos);
  EXPECT_NE(find_zone("France").error().message.find("did you mean FR?"), std::string::npos) << "a country's name";
  for (const char* odd : {"", "  ", "zzzzzz", "\x1b[31mFR"}) EXPECT_FALSE(find_zone(odd)) << odd;
  EXPECT_EQ(find_zone("\x1b[31mFR").error().message.find('\x1b'), std::string::npos);
}

TEST(Zones, SearchLooksAtKeysAndNames) {
  EXPECT_GT(search_zones("").size(), 300U);
  const std::vector<ZoneFactor> found = search_zones("germ");
  ASSERT_EQ(found.size(), 2U) << "Ember's and Electricity Maps'";
  for (const ZoneFactor& germany : found) EXPECT_EQ(germany.zone, "DE");
  EXPECT_EQ(found[0].accounting + "," + found[1].accounting, "production,consumption");
  EXPECT_TRUE(search_zones("no such place").empty());
}

TEST(Zones, EveryRowIsUsable) {
  for (const ZoneFactor& zone : search_zones("")) {
    const Result<Intensity> intensity = yearly_intensity_of(zone, hours(1), middle_of(2026));
    ASSERT_TRUE(intensity) << zone.zone;
    EXPECT_LE(g(intensity->estimate.lower()), zone.g_per_kwh);
    EXPECT_GE(g(intensity->estimate.lower()), 0.0);
    EXPECT_GE(g(intensity->estimate.upper()), zone.g_per_kwh);
    EXPECT_FALSE(zone.source.empty());
    EXPECT_FALSE(zone.licence.empty());
    if (!zone.parent.empty()) {
      EXPECT_TRUE(find_zone(zone.parent)) << zone.zone;
    }
  }
}

TEST(Zones, AnotherNameIsFoundAndSaid) {
  const ZoneFactor california = find_zone("ciso").value();
  EXPECT_EQ(california.zone, "US-CAL-CISO");
  EXPECT_EQ(california.accounting, "consumption");
  ASSERT_EQ(california.notes.size(), 1U);
  EXPECT_EQ(california.notes[0], "CISO is US-CAL-CISO (EIA-930: balancing authorities)");
  EXPECT_EQ(find_zone("UK")->zone, "GB");
  EXPECT_EQ(find_zone("FRA")->zone, "FR");
  EXPECT_EQ(find_zone("10YFR-RTE------C")->zone, "FR");
  EXPECT_TRUE(find_zone("US-CAL-CISO")->notes.empty()) << "its own key";
  const Intensity run = yearly_intensity("ERCOT", hours(1), middle_of(2022)).value();
  EXPECT_EQ(run.zone, "US-TEX-ERCO");
  EXPECT_NE(run.notes[0].find("ERCOT is US-TEX-ERCO"), std::string::npos);
}

TEST(Zones, AMarginalRegionHasNoAverage) {
  for (const char* name : {"AVERT-CA", "avert-mida", "Mid-Atlantic"}) {
    const auto zone = find_zone(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_NE(zone.error().message.find("marginal"), std::string::npos) << zone.error().message;
    EXPECT_NE(zone.error().message.find("olivine grid show AVERT-"), std::string::npos);
  }
}

TEST(YearlyIntensity, AZoneWithItsOwnSpreadUsesIt) {
  const ZoneFactor zone = find_zone("US-CAL-CISO").value();
  ASSERT_TRUE(zone.hour && zone.day);
  const Intensity i = yearly_intensity("US-CAL-CISO", hours(1), middle_of(2022)).value();
  EXPECT_NEAR(g(i.estimate.lower()), zone.g_per_kwh * zone.hour->lower, 1e-9);
  EXPECT_NEAR(g(i.estimate.upper()), zone.g_per_kwh * zone.hour->upper, 1e-9);
  const Intensity day = yearly_intensity("US-CAL-CISO", hours(30), middle_of(2022)).value();
  EXPECT_NEAR(g(day.estimate.upper()), zone.g_per_kwh * zone.day->upper, 1e-9);
}

TEST(YearlyIntensity, HasTheRangeOfRunLengthAndAge) {
  const ZoneFactor france = find_zone("FR").value();
  const auto factors = [&](Duration run, int age) {
    const Intensity i = yearly_intensity("FR", run, middle_of(france.year + age)).value();
    EXPECT_DOUBLE_EQ(g(i.estimate.mean()), france.g_per_kwh);
    return std::pair{g(i.estimate.lower()) / france.g_per_kwh, g(i.estimate.upper()) / france.g_per_kwh};
  };
  const auto near = [](std::pair<double, double> got, double lower, double upper) {
    EXPECT_NEAR(got.first, lower, 1e-9);
    EXPECT_NEAR(got.second, upper, 1e-9);
  };
  near(factors(seconds(600), 0), 0.42, 1.65);
  near(factors(hours(24), 0), 0.47, 1.56);
  near(factors(seconds(600), 1), 1 - std::hypot(0.58, 0.26), 1 + std::hypot(0.65, 0.30));
  near(factors(hours(48), 2), 1 - std::hypot(0.53, 0.33), 1 + std::hypot(0.56, 0.40));
  near(factors(seconds(600), -3), 0.42, 1.65);
}

TEST(YearlyIntensity, SaysWhatItIs) {
  const Intensity i = yearly_intensity("fr", hours(1), middle_of(2026)).value();
  EXPECT_EQ(i.zone, "FR");
  EXPECT_EQ(i.signal, "average");
  EXPECT_EQ(i.boundary, "lifecycle");
  EXPECT_EQ(i.period, "yearly " + std::to_string(find_zone("FR")->year));
  EXPECT_EQ(i.basis, Basis::kReference);
  ASSERT_EQ(i.estimate.spread().sensitivities().size(), 1U);
  EXPECT_EQ(i.estimate.spread().sensitivities()[0].input, "intensity:FR");
  const Intensity state = yearly_intensity("US-CA", hours(1), middle_of(2026)).value();
  EXPECT_FALSE(state.notes.empty()) << "its source does not state the boundary";
}

TEST(YearlyIntensity, AnUnknownZoneIsTheDefaultAndSaysSo) {
  const Intensity i = yearly_intensity("", hours(1), middle_of(2026)).value();
  EXPECT_DOUBLE_EQ(g(i.estimate.mean()), 473.0);
  EXPECT_DOUBLE_EQ(g(i.estimate.lower()), 25.0);
  EXPECT_DOUBLE_EQ(g(i.estimate.upper()), 845.0);
  EXPECT_EQ(i.basis, Basis::kAssumed);
  EXPECT_EQ(i.zone, "");
  EXPECT_EQ(i.estimate.spread().sensitivities()[0].input, "intensity:unknown");
  ASSERT_EQ(i.notes.size(), 1U);
  EXPECT_NE(i.notes[0].find("--zone"), std::string::npos);
  EXPECT_EQ(i.period, "yearly 2024");
}

TEST(YearlyIntensity, AMisspeltZoneIsAnErrorAndNotTheDefault) {
  EXPECT_EQ(yearly_intensity("FRR", hours(1), middle_of(2026)).error().kind, ErrorKind::kNotFound);
}

TEST(YearOf, IsTheUtcYear) {
  EXPECT_EQ(year_of({0}), 1970);
  EXPECT_EQ(year_of({1'767'225'599'999'999'999}), 2025);
  EXPECT_EQ(year_of({1'767'225'600'000'000'000}), 2026);
}

}  // namespace
}  // namespace olivine
