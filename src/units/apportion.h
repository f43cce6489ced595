// apportion: shares out a whole so that the parts sum to it exactly (largest remainder, ties to the lower index).
//
//   apportion(microjoule_amount(100), {1, 1, 1})   -> 34, 33, 33
//
// Computed in integers: weights are scaled by a power of two to at most 62 bits (exact but for weights below 2^-10 of the
// largest, which lose digits below 2^-62 of it), and shares are exact quotients in 128 bits. The same input gives the same
// parts on every machine, totals beyond 2^53 too, and a part of weight zero gets nothing.
//
// Units: weights are any non-negative finite numbers of one kind; only their ratios count.
// Errors: throws std::logic_error on a negative or non-finite weight, a negative total, more than 4096 parts, or all
// weights zero with a positive total: those are bugs of the caller, who must book such energy as unattributed.
// Source: Hamilton's method of largest remainders. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "units/amount.h"

namespace olivine {

std::vector<EnergyAmount> apportion(EnergyAmount total, std::span<const double> weights);

// The same for a long stream: keeps for each part what it is still owed (exact share minus what was handed out), so that
// the parts tend to the exact shares over many small steps. => 3,000 x 100 uJ in three equal shares: 100,000 uJ each.
// The parts of every step sum to that step's total and none is negative.
//
// A part without weight in this step may still get the microjoule that it is owed from before. With constant weights
// nobody is ever a whole microjoule away from the exact share. With weights that an adversary changes after every step,
// no method that cannot look ahead can promise that: among n parts he can always bring the largest debt to
// 1/2 + 1/3 + ... + 1/n (the cup game; 1.28 uJ for five parts). What is owed stays below 2 uJ for up to five parts.
class CumulativeApportioner {
 public:
  explicit CumulativeApportioner(std::size_t parts) : owed_(parts, 0) {}
  std::vector<EnergyAmount> share(EnergyAmount total, std::span<const double> weights);
  // Exact share minus what was handed out; the sum over all parts is zero.
  double owed_uj(std::size_t part) const;

 private:
  std::vector<std::int64_t> owed_;  // in 2^-48 uJ
};

}  // namespace olivine
