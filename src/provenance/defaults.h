// Defaults: the values that stand in when nothing better is known, each with its 95 % range and source
// (data/defaults.csv, the table "Defaults" of METHODS). A default is never silent: its figure is *assumed* or
// *reference*, and is listed.
//
//   default_value("pue_datacentre")  ->  1.56 [1.1, 2.0], unit "1", assumed, "Uptime Institute, 2024"
//   yearly_factor_for_hour and the like are factors: 1 [0.42, 1.65]
//
// Units: named by `unit`. Errors: kNotFound with the nearest known key; kCorrupt when the row is damaged.
// Threads: any. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provenance/basis.h"
#include "provenance/table.h"

namespace olivine {

struct Default {
  double value = 0.0, lower = 0.0, upper = 0.0;
  std::string unit;
  Basis basis = Basis::kAssumed;
  FactRow row;
  bool from_experience = false;  // no published source yet; shown as assumed
  int year = 0;                  // of the source; 0: not stated
};

Result<Default> default_value(std::string_view key);
// The same read from any table of this shape; how default_value is tested.
Result<Default> default_from(const CsvTable& table, std::string_view key);
// "measured", "derived", ...: the inverse of name_of(Basis).
Result<Basis> basis_named(std::string_view name);

}  // namespace olivine
