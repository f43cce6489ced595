// The Software Carbon Intensity of an account, and the account as an Impact Framework manifest.
//
// Each activity is a component of the boundary: E is its energy at the facility's meter, O its location-based operational carbon, M its
// embodied carbon. An activity for which no hardware and no embodied carbon is declared brings none of its own where others do (a
// server's making may be an activity by itself); where nothing embodied is declared at all, M is unknown and so is the score, with O
// as its lower bound. R is the count of a [[functional_unit]].
//
//   studies/sci: 31.0026 g operational + 9.417 g embodied, R = 1  ->  40.4196 g
//
// Units: Quantity types. Errors: kInvalid without a functional unit, or with several when none is named; kNotFound for an unknown one.
// Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/lifecycle/account.h"
#include "account/sci/impact_framework.h"
#include "account/sci/sci.h"

namespace olivine {

struct SciOfAccount {
  std::string unit;  // what R counts
  SciScore score;
  std::vector<SciComponent> components;
  std::optional<Energy> energy;              // E
  std::optional<CarbonIntensity> intensity;  // I = O / E
  std::optional<Carbon> lower, upper;        // of the score, 95 %
  std::vector<std::string> boundary, not_counted, notes;
};
Result<SciOfAccount> sci_of_account(const Account& account, const std::string& unit);

// `otherwise`: the time of activities that state none; absent: an error that says which.
Result<IfManifest> impact_framework_of(const Account& account, const std::string& unit,
                                       std::optional<WallInterval> otherwise);

}  // namespace olivine
