// apportion: shares out a whole so that the parts sum to it exactly (largest remainder, ties to the lower index).
//
//   apportion(microjoule_amount(100), {1, 1, 1})   -> 34, 33, 33
//
// Units: weights are any non-negative finite numbers of one kind; only their ratios count.
// Errors: throws std::logic_error on a negative or non-finite weight, a negative total, or all weights zero with a
// positive total: those are bugs of the caller, who must book such energy as unattributed.
// Source: Hamilton's method of largest remainders. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "units/amount.h"

namespace olivine {

std::vector<EnergyAmount> apportion(EnergyAmount total, std::span<const double> weights);

// The same for a long stream: shares the running total and hands out differences, so that the parts also tend to the
// exact shares over many small steps. => 3,000 x 100 uJ in three equal shares: 100,000 uJ each.
// The parts of every step still sum to that step's total, none is negative.
class CumulativeApportioner {
 public:
  explicit CumulativeApportioner(std::size_t parts) : owed_uj_(parts, 0.0) {}
  std::vector<EnergyAmount> share(EnergyAmount total, std::span<const double> weights);

 private:
  std::vector<double> owed_uj_;  // exact share minus what was handed out, one for each part
};

}  // namespace olivine
