#include "grid/intensity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace olivine {
namespace {

WallTime at(std::int64_t hour) { return {hours(hour).ns}; }

IntensitySeries series_of(std::vector<IntensityPoint> points, Signal signal = Signal::kAverage) {
  IntensitySeries s;
  s.zone = "FR";
  s.signal = signal;
  s.points = std::move(points);
  return s;
}

TEST(Intensity, NamesGoBothWays) {
  for (const Signal s : {Signal::kAverage, Signal::kMarginal}) EXPECT_EQ(signal_from(name_of(s)), s);
  for (const Boundary b : {Boundary::kDirect, Boundary::kLifecycle}) EXPECT_EQ(boundary_from(name_of(b)), b);
  EXPECT_NE(signal_from("moer").error().message.find("average, marginal"), std::string::npos);
  EXPECT_FALSE(boundary_from(""));
}

TEST(Intensity, AGapIsNoError) {
  EXPECT_TRUE(check(series_of({exact_point(at(0), at(1), 56.0), exact_point(at(5), at(6), 0.0)})));
  EXPECT_TRUE(check(series_of({})));
}

TEST(Intensity, WhatCannotBeIsNamed) {
  const auto says = [](const IntensitySeries& s) { return check(s) ? std::string() : check(s).error().message; };
  EXPECT_NE(says(series_of({exact_point(at(1), at(1), 1.0)})).find("ends before"), std::string::npos);
  EXPECT_NE(says(series_of({exact_point(at(0), at(2), 1.0), exact_point(at(1), at(3), 1.0)})).find("point 1"),
            std::string::npos);
  EXPECT_NE(says(series_of({exact_point(at(0), at(1), std::nan(""))})).find("not a number"), std::string::npos);
  EXPECT_NE(says(series_of({{at(0), at(1), 5.0, 6.0, 7.0, false}})).find("range"), std::string::npos);
  EXPECT_NE(says(series_of({exact_point(at(0), at(1), -3.0)})).find("negative"), std::string::npos);
  EXPECT_EQ(says(series_of({exact_point(at(0), at(1), -3.0)}, Signal::kMarginal)), "");
}

}  // namespace
}  // namespace olivine
