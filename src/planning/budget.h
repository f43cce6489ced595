// A budget of one run: so much energy, carbon or money, what is said when it nears its end, and what is done when it is used up.
// Pure step function: what was used so far goes in, what has just been crossed comes out.
//
//   2kWh, 300 Wh, 50kJ, 1MJ       energy of the run, idle charged to it included: before PUE, as the record's total
//   500g, 500 gCO2e, 1.2kg, 1 t   operational carbon by average intensity, PUE included: the record's location-based average
//   3eur, 3 EUR, EUR 3            cost of the electricity, PUE included: the record's cost
//
//   BudgetWatch watch(2 kWh)
//     1.59 kWh nothing, 1.61 kWh kNear (80 %), 1.9 nothing, 2.01 kWh kSpent; granted once more at 2.01: 3.61 kNear, 4.01 kSpent
//
// A budget may be granted again and again: each time the same amount on top of what is used by then, which may be more than was
// granted: a reading comes late, and work that is paused still costs. Near is 80 % of what was granted last.
//
// Units: J, g, or the currency's unit. Errors: kInvalid, one line with the text and what is expected. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

enum class BudgetKind { kEnergy, kCarbon, kMoney };
enum class OnBudget { kWarn, kPause, kStop };
std::string_view name_of(OnBudget action);
Result<OnBudget> on_budget_from(std::string_view name);

struct Budget {
  BudgetKind kind = BudgetKind::kEnergy;
  double amount = 0.0;   // J, g, or money
  std::string currency;  // of kMoney: "EUR"

  std::string_view unit() const;        // "J", "g", or the currency: of `amount`
  std::string text(double used) const;  // "1.61 kWh", "410 g CO2e", "2.4 EUR"
  bool operator==(const Budget&) const = default;
};
Result<Budget> budget_from(std::string_view text);
Result<Budget> quota_from(std::string_view text);  // of a scope: the same, but money

class BudgetWatch {
 public:
  explicit BudgetWatch(Budget budget) : budget_(std::move(budget)) {}
  enum class Crossed { kNothing, kNear, kSpent };
  // `used` since the start, in the budget's unit. Each crossing is told once for what was granted; one that jumps over both is kSpent.
  Crossed step(double used);
  // The same amount on top of what is used, or of what was granted where that is more.
  void grant_on_top(double used);
  double granted() const { return granted_before_ + budget_.amount; }
  const Budget& budget() const { return budget_; }

 private:
  Budget budget_;
  double granted_before_ = 0.0;  // the last grant
  Crossed told_ = Crossed::kNothing;
};

}  // namespace olivine
