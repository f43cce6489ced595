// A job's power supply as a file: TOML, and the sun's power as CSV.
//
//   [grid]
//   limit = "2 kW"                       # of the job's share of the connection; "none": not limited; "0 W": there is no grid
//   zone = "FR"                          # whose grid; --zones says otherwise
//   [solar]
//   power = "array.csv"                  # time_utc,power_w of the whole array; beside this file
//   share = 0.25                         # of it that is the job's (default 1)
//   kind = "solar_rooftop"               # or solar_utility: whose life-cycle factor counts
//   surplus = "lost"                     # or "exported": the grid would have got it
//   price_per_kwh = 0.0                  # what its energy costs (default 0: nothing is bought)
//   [battery]
//   capacity = "10 kWh"                  # as it can deliver
//   share = 0.5                          # of capacity and of both limits (default 1)
//   usable = 0.9                         # of the capacity (default 1)
//   charge_limit = "3 kW"
//   discharge_limit = "3 kW"
//   efficiency = 0.9                     # of a round trip
//   charge = 0.5                         # of the usable capacity, when the plan begins
//   charge_g_per_kwh = {average = 60.0, marginal = 300.0}   # what that carries (default: not known)
//   charge_price_per_kwh = 0.2           # the same of money
//   discharge_above_g_per_kwh = 200      # used when the grid is above this (default: only at its limit)
//   charge_from_grid_below_g_per_kwh = 80  # (default: never from the grid)
//   signal = "average"                   # of these two; or "marginal"
//
// [grid] with `limit` must be there; [solar] and [battery] need not. A row of the sun's CSV holds until the next, the last as long as the
// one before it; an empty power is a gap, and a file of nothing but gaps is refused.
//
// Units: by type. Errors: kInvalid names file, line, value and what to write; a key that is not known is one. Threads: pure.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planning/supply_plan.h"

namespace olivine {

struct SupplyFile {
  PowerSupply supply;    // its solar burden is of a life cycle by average; see solar_burden
  std::string zone;      // "": not said
  std::string sun_file;  // "": no array
  double sun_share = 1.0;
  std::string solar_kind;
  double solar_price = 0.0;
};

Result<SupplyFile> supply_from_toml(std::string_view text, const std::string& path);
// The job's share of the sun.
Result<std::vector<SunPoint>> sun_from_csv(std::string_view text, const std::string& path, double share);

// Of a kWh of sun: by average its life-cycle factor where the grid's series counts life cycles, else 0 (nothing is burnt); by
// margin 0, for the panels are there whether the job runs or not. `lines` get the reasons, for the reader.
Result<Burden> solar_burden(const SupplyFile& file, std::optional<Boundary> average, std::vector<std::string>& lines);

}  // namespace olivine
