// Amounts of money as `olivine plan` reads them, and what they are in: one currency for all of a plan. Sums of two mean nothing.
//
// Units: as typed. Errors: kInvalid names the option, or the two that do not agree. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine::cli {

// "0.25", "0.25eur", "0.25 EUR": a number and, if wanted, what it is in (as it was where nothing is said).
Result<double> amount_of(std::string_view option, std::string_view text, std::string* currency);

class PlanCurrency {
 public:
  // `where`: who says so, e.g. "--egress". Nothing said agrees with anything; eur is EUR.
  Status add(std::string currency, const std::string& where);
  const std::string& name() const { return name_; }

 private:
  std::string name_, where_;
};

}  // namespace olivine::cli
