// Basis: how a number came to be known. Combining takes the weakest; beside it stands the share of each.
//
//   99 J measured + 1 J assumed: basis assumed, basis_share {measured: 0.99, assumed: 0.01}; reads "99 % measured".
//
// Units: shares of the value, 0..1. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace olivine {

enum class Basis {  // strongest first
  kMeasured,        // a sensor's energy counter
  kDerived,         // integrated power; a measured counter shared out; AMD's modelled RAPL; a guest's RAPL
  kModelled,        // from load, memory, time
  kReference,       // a table
  kUserStated,
  kAssumed,  // a default
};
inline constexpr std::size_t kBasisCount = 6;

std::string_view name_of(Basis basis);  // "measured", ...
constexpr Basis weakest(Basis a, Basis b) { return a > b ? a : b; }

// How much of a value rests on each basis. Weights are in the value's own unit until normalised.
class BasisShare {
 public:
  BasisShare() = default;
  explicit BasisShare(Basis basis, double weight = 1.0) { add(basis, weight); }
  void add(Basis basis, double weight);
  void add(const BasisShare& other, double factor = 1.0);
  double share(Basis basis) const;  // 0..1; of an all-zero value, 1 for the weakest seen
  // The weakest with a weight above zero; of an all-zero value the weakest seen; kAssumed when nothing was added: a number
  // from nowhere is a guess.
  Basis weakest_used() const;
  // "99 % measured" or "modelled": the strongest part of at least half a percent, with its share if below 1. "99 %" also for 99.9 %.
  std::string text() const;

 private:
  std::array<double, kBasisCount> weights_{};
  std::array<bool, kBasisCount> seen_{};
};

}  // namespace olivine
