// IntensitySeries: how dirty a zone's electricity was or will be, over time. The one form in which importers, providers,
// the series store, profiles and forecasts hand intensities on.
//
// A series has one signal and one boundary for all its points; two of different types are never mixed (METHODS 9, 11).
// Points are in order of time and do not overlap; where nothing is known there is no point: a gap stays a gap.
//
//   IntensitySeries s{.zone = "FR", .signal = Signal::kAverage, .boundary = Boundary::kLifecycle};
//   s.points = {{t0, t0 + 1 h, 56.0}, {t0 + 2 h, t0 + 3 h, 61.0}};   // the hour between is not known
//
// Units: g CO2e/kWh (gCO2 where `gases` says co2); wall time in UTC ns, [begin, end). Errors: check() says kInvalid with the
// point. Threads: values. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "provenance/basis.h"

namespace olivine {

enum class Signal { kAverage, kMarginal };
enum class Boundary { kDirect, kLifecycle };  // at the stack only, or with upstream

std::string_view name_of(Signal signal);      // "average", "marginal"
std::string_view name_of(Boundary boundary);  // "direct", "lifecycle"
Result<Signal> signal_from(std::string_view name);
Result<Boundary> boundary_from(std::string_view name);

// Labels in UTC: [begin, end).
struct WallInterval {
  WallTime begin, end;
  bool operator==(const WallInterval&) const = default;
};

struct IntensityPoint {
  WallTime begin, end;
  double g_per_kwh = 0.0;
  double lower = 0.0, upper = 0.0;  // 95 %; equal to the value where the source states no range
  bool estimated = false;           // the source says that it filled or modelled this point
  bool operator==(const IntensityPoint&) const = default;
};
// A point without a stated range.
inline IntensityPoint exact_point(WallTime begin, WallTime end, double g_per_kwh, bool estimated = false) {
  return {begin, end, g_per_kwh, g_per_kwh, g_per_kwh, estimated};
}

struct IntensitySeries {
  std::string zone;  // key of the zone tables: "FR", "US-CAL-CISO"
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
  std::string accounting = "unknown";  // "production" or "consumption"
  std::string losses = "unknown";      // "excluded" or "included"
  std::string gases = "co2e";          // "co2e" or "co2"
  std::string source;                  // who published it, with year and licence
  std::string dataset;                 // content hash of the stored data set; empty when not stored
  Basis basis = Basis::kReference;
  std::vector<std::string> notes;  // what a reader must know, one sentence each: "offline: cached 2 h ago"
  std::vector<IntensityPoint> points;
  bool operator==(const IntensitySeries&) const = default;
};

// Points in order, each longer than nothing, not overlapping, finite, lower <= value <= upper. Negative values are allowed
// only for marginal signals.
Status check(const IntensitySeries& series);

struct IntensityQuery {
  std::string zone;
  WallInterval interval;
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
};

// Something that knows intensities: a store, a service, a table of profiles.
class IntensityProvider {
 public:
  virtual ~IntensityProvider() = default;
  // The points that overlap the interval. Never fills a gap, never answers for another zone, signal or boundary:
  // kNotFound says what is missing and how to get it.
  virtual Result<IntensitySeries> points(const IntensityQuery& query) = 0;
};

}  // namespace olivine
