// Figure: the only kind of number that a renderer accepts: estimate, coverage, basis and origin together.
//
// Units: the quantity's. A figure may be unknown: then it has no value, but may have a lower bound (a total with an
// unreadable part). => CPU 100 J, GPU unreadable: value null, lower 100.
// Errors: none. Threads: values. Lifetime: values; the provenance id points into the graph it was made with.
#pragma once

#include <optional>

#include "provenance/basis.h"
#include "provenance/graph.h"
#include "units/amount.h"
#include "units/estimate.h"

namespace olivine {

template <class Q>
struct Figure {
  std::optional<Estimate<Q>> value;  // absent: unknown
  std::optional<Q> at_least;         // lower bound of an unknown value, where one is known
  double coverage = 0.0;             // share of the time that readings span, 0..1
  BasisShare basis;
  ProvenanceId provenance;
  std::optional<EnergyAmount> exact;  // energies also as whole microjoules
  std::string reason;                 // why unknown

  bool known() const { return value.has_value(); }
  static Figure unknown(std::string why) {
    Figure f;
    f.reason = std::move(why);
    return f;
  }
};

}  // namespace olivine
