// The best answer that the shipped tables have: for a zone, a time, a signal and a boundary. Offline, on the first day.
//
// Order: the month x hour profile of the zone, moved to the level of the year asked for where the zone's yearly figures say how
// (profiles/level.h); else that of a key of the same ground; else the yearly factor, widened as METHODS
// says. Marginal rates are those of the AVERT region that the zone lies in. Every step down leaves its reason in `notes`, and the
// figure names the zone that it is really about. What no table holds is unknown, with the reason and how to get it: a direct
// figure never stands in for a lifecycle one, nor an average for a marginal.
//
//   shipped_intensity({"US-CAL-CISO", t, Signal::kMarginal})  -> AVERT-CA, direct; note: US-CAL-CISO lies in AVERT-CA
//   shipped_intensity({"FR", t, Signal::kAverage, Boundary::kDirect})  -> unknown: no direct average of FR is shipped
//   shipped_intensity({"KE", t})   -> yearly factor; note: no month x hour profile of KE is shipped
//
// Units: g/kWh. Errors: kNotFound for a zone that no table has, with the nearest key. Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grid/intensity.h"
#include "grid/profiles/profiles.h"
#include "grid/zone_aliases.h"
#include "grid/zones.h"

namespace olivine {

// One zone however it was named.
struct GridZone {
  std::string key, name, parent;
  std::optional<ZoneAlias> asked_as;  // when it was found by another name
};
// Zones of every shipped table, AVERT's regions too.
Result<GridZone> resolve_zone(std::string_view text);

struct ShippedAsk {
  std::string zone;
  WallTime when;
  Signal signal = Signal::kAverage;
  std::optional<Boundary> boundary = std::nullopt;  // absent: the one that is known, and the figure says which
};

// An intensity of one hour, or unknown.
struct GridFigure {
  std::optional<double> g_per_kwh;
  double lower = 0.0, upper = 0.0;  // 95 %; of a known value
  std::string reason;               // why unknown, and how to get it
  std::string zone, name;           // whose figure it is
  Signal signal = Signal::kAverage;
  std::string boundary;  // "direct", "lifecycle"; "unknown" where the source does not say
  std::string accounting, losses, gases;
  std::string method;  // "month x hour profile", "yearly factor"
  std::string period;  // "2022"
  int year = 0;
  std::string source, licence;
  Basis basis = Basis::kReference;
  std::vector<std::string> notes;
  FactRow row;
  std::optional<MonthHourProfile> profile;  // the whole, where it was used
};

Result<GridFigure> shipped_intensity(const ShippedAsk& ask);
// A yearly factor as a figure for a span of `length` at `when`.
Result<GridFigure> yearly_figure(const ZoneFactor& factor, Duration length, WallTime when);

}  // namespace olivine
