// The hours of a zone's average intensity that `grid import` keeps, as a table that forecasts read.
//
// Data sets of one boundary, accounting and gases serve together (2020.csv, 2021.csv): an hour is taken from the newest import that has
// it whole, and the notes name every data set. Of several kinds the lifecycle ones serve, of these those imported last.
//
// Units: g/kWh, UTC hours. Errors: kNotFound says what is kept of the zone instead and how to bring more; kInvalid for a name that is
// no zone. Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/app.h"
#include "grid/forecast/hourly_table.h"
#include "grid/intensity.h"

namespace olivine::cli {

struct StoredHours {
  std::string zone;
  Boundary boundary = Boundary::kLifecycle;
  HourlyTable table;
};
Result<StoredHours> stored_hours(const App& app, const std::string& zone, std::optional<Boundary> boundary);
// A zone of the tables, or one of which data sets are kept.
bool is_known_zone(const App& app, const std::string& name);

}  // namespace olivine::cli
