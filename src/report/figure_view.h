// FigureView: a figure of any quantity as plain optional numbers, the one shape that every renderer prints; and the names
// that figures have in the record, so that JSON, CSV and `explain` mean the same thing by "energy_j.total".
//
//   CPU 100 J, GPU unreadable  ->  value absent, lower 100, unit "J", reason "gpu-0 was never readable"
//
// First-order ranges of wide products can reach below zero. Energy, carbon and water cannot: their range is cut at 0,
// which takes nothing from its 95 %.
//
// Units: named by `unit` (J, g, g/kWh, L, 1, or a currency). Numbers that are not finite are absent. Errors: none.
// Threads: values. Lifetime: values.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "report/run_record.h"

namespace olivine {

struct FigureView {
  std::optional<double> value, lower, upper;  // of an unknown value `lower` is what is known of it at least
  std::string unit;
  std::optional<std::int64_t> exact_uj;  // energies
  bool is_energy = false;
  double coverage = 0.0;
  BasisShare basis;
  ProvenanceId provenance;
  std::string reason;  // why unknown

  bool known() const { return value.has_value(); }
};

// Absent when not finite; -0 becomes 0.
inline std::optional<double> finite(double number) {
  return std::isfinite(number) ? std::optional<double>(number + 0.0) : std::nullopt;
}

// `unit` replaces the quantity's own name, for money.
template <class Tag>
FigureView view_of(const Figure<Quantity<Tag>>& figure, std::string_view unit = Tag::kUnit) {
  FigureView v;
  v.unit = unit;
  v.is_energy = v.unit == "J";
  v.coverage = finite(figure.coverage).value_or(0.0);
  v.basis = figure.basis;
  v.provenance = figure.provenance;
  v.reason = figure.reason;
  if (figure.value) {
    v.value = finite(figure.value->mean().canonical());
    v.lower = finite(figure.value->lower().canonical());
    v.upper = finite(figure.value->upper().canonical());
    if (!std::is_same_v<Tag, MoneyTag> && v.value >= 0.0 && v.lower < 0.0) v.lower = 0.0;
  } else if (figure.at_least) {
    v.lower = finite(figure.at_least->canonical());
  }
  if (!v.value) v.upper.reset();
  if (v.value && figure.exact) {
    v.exact_uj = in_microjoules(*figure.exact);
    v.value = static_cast<double>(*v.exact_uj) / 1e6;  // the nearest double, so that 5176802 uJ prints as 5.176802 J
  }
  if (v.value && v.lower && v.upper) {
    v.lower = std::min(*v.lower, *v.value);
    v.upper = std::max(*v.upper, *v.value);
  }
  if (!v.value && v.reason.empty()) v.reason = "not known";
  return v;
}

struct NamedFigure {
  std::string name;   // the path in the JSON record: "emissions_g.operational.location_average"
  std::string alias;  // a short name that `explain` takes too: "energy", a source id; "" when none
  FigureView view;
};

// Every figure of the record, in the order of the JSON.
std::vector<NamedFigure> all_figures(const RunRecord& record);

}  // namespace olivine
