#include "grid/shipped_span.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace olivine {
namespace {

constexpr WallTime kNoon2026{1'782'820'800'000'000'000};  // 2026-06-30T12:00Z

GridFigure figure(std::string zone, Signal signal = Signal::kAverage, std::optional<Boundary> boundary = std::nullopt) {
  return shipped_intensity({std::move(zone), kNoon2026, signal, boundary}).value();
}
bool says(const GridFigure& f, std::string_view text) {
  return std::any_of(f.notes.begin(), f.notes.end(),
                     [&](const std::string& n) { return n.find(text) != std::string::npos; });
}

TEST(Shipped, TheProfileComesFirst) {
  const GridFigure france = figure("FR");
  EXPECT_EQ(france.method, "month x hour profile");
  EXPECT_EQ(france.boundary, "lifecycle");
  EXPECT_EQ(france.zone, "FR");
  ASSERT_TRUE(france.profile && france.g_per_kwh);
  EXPECT_EQ(*france.g_per_kwh, france.profile->g_per_kwh[5][12]);
  EXPECT_LE(france.lower, *france.g_per_kwh);
  EXPECT_TRUE(says(france, "typical hour of 2022"));
  EXPECT_TRUE(says(france, "moved from the level of 2022 to that of 2024"));
  EXPECT_TRUE(says(france, "2 years of age"));
}

TEST(Shipped, TheYearServesWithAReason) {
  const GridFigure kenya = figure("KE");
  EXPECT_EQ(kenya.method, "yearly factor");
  EXPECT_EQ(kenya.g_per_kwh, find_zone("KE")->g_per_kwh);
  EXPECT_TRUE(says(kenya, "no month x hour profile of KE is shipped"));
  const GridFigure massachusetts = figure("US-MA");
  EXPECT_EQ(massachusetts.zone, "US-MA");
  EXPECT_EQ(massachusetts.boundary, "unknown");
  EXPECT_TRUE(says(massachusetts, "US-MA lies in US-NE-ISNE"));
}

TEST(Shipped, AKeyOfTheSameGroundServesAndIsNamed) {
  const GridFigure york = figure("US-NY");
  EXPECT_EQ(york.zone, "US-NY-NYIS");
  EXPECT_EQ(york.name, "New York ISO");
  EXPECT_TRUE(says(york, "US-NY-NYIS is the same ground"));
}

// ISO's GB is the United Kingdom, Electricity Maps' is Great Britain.
TEST(Shipped, AnotherPlaceOfTheSameKeyIsSaid) {
  const GridFigure britain = figure("GB");
  EXPECT_EQ(britain.name, "Great Britain");
  EXPECT_TRUE(says(britain, "the profile is that of Great Britain; GB is United Kingdom"));
  EXPECT_FALSE(says(figure("DE"), "the profile is that of"));
}

TEST(Shipped, AnotherBoundaryNeverServes) {
  const GridFigure direct = figure("FR", Signal::kAverage, Boundary::kDirect);
  EXPECT_FALSE(direct.g_per_kwh);
  EXPECT_NE(direct.reason.find("no direct average of FR is shipped"), std::string::npos) << direct.reason;
  EXPECT_NE(direct.reason.find("olivine grid import"), std::string::npos);
  const GridFigure unstated = figure("US-MA", Signal::kAverage, Boundary::kLifecycle);
  EXPECT_FALSE(unstated.g_per_kwh);
  EXPECT_NE(unstated.reason.find("does not say whether it is direct or lifecycle"), std::string::npos);
  EXPECT_TRUE(figure("KE", Signal::kAverage, Boundary::kLifecycle).g_per_kwh);
  EXPECT_FALSE(figure("KE", Signal::kAverage, Boundary::kDirect).g_per_kwh);
  const GridFigure ciso = figure("CISO", Signal::kAverage, Boundary::kDirect);
  ASSERT_TRUE(ciso.g_per_kwh);
  EXPECT_EQ(ciso.boundary + ciso.accounting + ciso.gases, "directproductionco2");
  EXPECT_LT(*ciso.g_per_kwh, *figure("CISO").g_per_kwh) << "upstream is left out";
}

TEST(Shipped, MarginalIsTheRegionsAndSaysSo) {
  const GridFigure pjm = figure("PJM", Signal::kMarginal);
  EXPECT_EQ(pjm.zone, "AVERT-MIDA");
  EXPECT_EQ(pjm.boundary, "direct");
  EXPECT_TRUE(says(pjm, "PJM is US-MIDA-PJM"));
  EXPECT_TRUE(says(pjm, "that of AVERT-MIDA, Mid-Atlantic (AVERT region), in which lies US-MIDA-PJM"));
  EXPECT_EQ(figure("AVERT-MIDA", Signal::kMarginal).g_per_kwh, pjm.g_per_kwh);
  EXPECT_EQ(figure("US-PA", Signal::kMarginal).zone, "AVERT-MIDA");
  EXPECT_TRUE(says(figure("US-VA", Signal::kMarginal), "Kentucky"));
  EXPECT_FALSE(figure("PJM", Signal::kMarginal, Boundary::kLifecycle).g_per_kwh);
  EXPECT_FALSE(figure("FR", Signal::kMarginal).g_per_kwh);
  EXPECT_FALSE(figure("AVERT-MIDA").g_per_kwh);
  const GridFigure us = figure("US", Signal::kMarginal);
  EXPECT_FALSE(us.g_per_kwh);
  EXPECT_NE(us.reason.find("several AVERT regions"), std::string::npos);
}

TEST(Shipped, AMisspeltZoneIsAnError) {
  for (const char* odd : {"", "FRX1", "AVERT-XX", "\x1b[31m"}) EXPECT_FALSE(shipped_intensity({odd, kNoon2026})) << odd;
}

TEST(ShippedSpan, OnlyWhatASeriesLacksIsFilled) {
  const auto at = [](int minutes) { return WallTime{kNoon2026.ns + std::int64_t{60'000'000'000} * minutes}; };
  const auto point = [&](int from, int to, double g) { return exact_point(at(from), at(to), g); };
  const auto fill = [&](int from, int to, double g) { return IntensityPoint{at(from), at(to), g, g - 1, g + 1, true}; };
  IntensitySeries own, rest;
  rest.points = {fill(0, 60, 60), fill(60, 120, 61), fill(120, 180, 62)};
  own.points = {point(0, 60, 100), point(120, 180, 90)};
  EXPECT_EQ(with_gaps_filled(own, rest).points,
            (std::vector<IntensityPoint>{point(0, 60, 100), fill(60, 120, 61), point(120, 180, 90)}));
  own.points = {point(-30, 75, 100), point(90, 100, 90), point(170, 300, 80)};  // quarters, and beyond both ends
  EXPECT_EQ(with_gaps_filled(own, rest).points,
            (std::vector<IntensityPoint>{point(-30, 75, 100), fill(75, 90, 61), point(90, 100, 90), fill(100, 120, 61),
                                         fill(120, 170, 62), point(170, 300, 80)}));
  EXPECT_EQ(with_gaps_filled({}, rest).points, rest.points);
  EXPECT_EQ(with_gaps_filled(own, {}).points, own.points);
}

// No zone answers by silent fallback: what is not the zone's own hour has a note that says so.
TEST(Shipped, NoZoneFallsBackSilently) {
  for (const ZoneFactor& zone : search_zones("")) {
    for (const Signal signal : {Signal::kAverage, Signal::kMarginal}) {
      const GridFigure f = figure(zone.zone, signal);
      if (!f.g_per_kwh) {
        EXPECT_FALSE(f.reason.empty()) << zone.zone;
        EXPECT_EQ(signal, Signal::kMarginal) << zone.zone;
        continue;
      }
      EXPECT_EQ(f.signal, signal) << zone.zone;
      EXPECT_LE(f.lower, *f.g_per_kwh) << zone.zone;
      EXPECT_GE(f.upper, *f.g_per_kwh) << zone.zone;
      EXPECT_FALSE(f.source.empty() || f.licence.empty()) << zone.zone;
      EXPECT_TRUE(f.zone == zone.zone || says(f, zone.zone)) << zone.zone << " answered by " << f.zone;
      EXPECT_TRUE(f.method != "yearly factor" || says(f, "no month x hour profile")) << zone.zone;
      EXPECT_TRUE(!f.profile || f.profile->zone == f.zone) << zone.zone;
      EXPECT_TRUE(!f.profile || !f.profile->level || says(f, "moved from the level of 2022")) << zone.zone;
    }
    for (const Boundary boundary : {Boundary::kDirect, Boundary::kLifecycle}) {
      const GridFigure f = figure(zone.zone, Signal::kAverage, boundary);
      EXPECT_TRUE(f.g_per_kwh ? f.boundary == name_of(boundary) : f.reason.find("no ") == 0)
          << zone.zone << ": " << f.reason;
    }
  }
}

}  // namespace
}  // namespace olivine
