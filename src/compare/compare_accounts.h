// An account as one side of a comparison: its totals with what each of its inputs moves them by.
//
// Inputs that two accounts share cancel in their ratio as those of two runs do (compare_runs.h). Two are the same input when they have
// the same name and the same distribution: one default, one zone's factor, one catalogue entry, or one number stated alike. An input of
// the same name with other numbers is another one: "defaults.pue" of two data centres does not cancel.
//
//   A 100 kWh and B 80 kWh, both at 400 +- 80 g/kWh: B emits 20 % less [20, 20]; at two such intensities of their own [-7, 40]
//
// The moves are those of one input at a time to its bounds (account/uncertainty/tornado.h); each side's own range is the account's, by
// Monte Carlo where it was drawn. What an account does not know (total.energy,
// total.carbon) is not compared.
//
// Units: J, g. Errors: those of the formulas. Threads: one. Lifetime: SharedInputs for all sides of one comparison.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "account/lifecycle/account.h"
#include "compare/compare_runs.h"

namespace olivine {

// Gives the inputs of several accounts names that are equal when the inputs are.
class SharedInputs {
 public:
  std::string name_of(const UncertainInput& input);

 private:
  std::map<std::string, std::vector<Distribution>> seen_;
};

Result<ComparedRun> compared_account(const Account& account, SharedInputs& inputs);

}  // namespace olivine
