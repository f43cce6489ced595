// TableLayout: what the columns of a table of intensities are, recognised from its header.
//
//   electricity-maps  "Datetime (UTC)", "Zone id", "Carbon intensity gCO₂eq/kWh (direct)", "... (Life cycle)" or "(LCA)"
//   eia930            datetime_utc, CISO_direct, CISO_lifecycle, ...          (balancing authorities)
//   avert             hour_of_year (or Month,Timestamp), CA, CENT, ...        (marginal; hours of the region's standard time)
//   wide              datetime_utc, AT, AU-NSW, ...                           (a column a zone)
//   lets-wait-awhile  Time, Carbon Intensity
//   fuel-mix          timestamp, WND, SUN, ...                                (generation: no intensity to import)
//   csv               anything else with a column of times and a column of intensities; zone, signal, boundary and
//                     estimated columns are used where there are any
//
// Units: from the header ("lbs_co2_per_mwh", "g/kWh") or from --unit; a column without either is an error.
// Errors: kInvalid names the column and the option that helps. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "grid/import/import_options.h"
#include "grid/store/intensity_unit.h"

namespace olivine {

struct ValueColumn {
  std::size_t index = 0;
  std::string name{};  // as the header writes it, its first 60 bytes
  std::string zone{};  // empty: of the row or of the whole file
  std::optional<Signal> signal{};
  std::optional<Boundary> boundary{};
  std::optional<IntensityUnit> unit{};
  std::string accounting = "unknown", losses = "unknown", gases = "unknown";
  std::int64_t shift_s = 0;  // added to the row's time
};

struct TableLayout {
  std::string format{}, source{};
  std::size_t columns = 0;
  std::size_t time_column = 0;
  bool says_utc = false;       // the header does
  bool without_zone = false;   // some time does not, and neither does the header
  bool hours_of_year = false;  // times are 0..8783 of ImportOptions::year
  std::optional<std::size_t> zone_column{}, signal_column{}, boundary_column{}, estimated_column{};
  std::vector<ValueColumn> values{};
  std::vector<std::string> notes{};
};

// What the header says. kInvalid when no column of times or of intensities is found.
Result<TableLayout> recognise_table(std::span<const std::string_view> header, const ImportOptions& options);
// The same with what the options say; afterwards every column has a unit, and a zone, signal and boundary or a column
// that tells them row by row.
Status complete_layout(TableLayout& layout, const ImportOptions& options);

// Column of generation by fuel: "WND", "nat_gas", "coal".
bool is_fuel_column(std::string_view name);

}  // namespace olivine
