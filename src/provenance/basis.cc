#include "provenance/basis.h"

#include <fmt/core.h>

#include <algorithm>

namespace olivine {

std::string_view name_of(Basis basis) {
  switch (basis) {
    case Basis::kMeasured: return "measured";
    case Basis::kDerived: return "derived";
    case Basis::kModelled: return "modelled";
    case Basis::kReference: return "reference";
    case Basis::kUserStated: return "user_stated";
    case Basis::kAssumed: return "assumed";
  }
  return "assumed";
}

void BasisShare::add(Basis basis, double weight) {
  weights_[static_cast<std::size_t>(basis)] += weight;
  seen_[static_cast<std::size_t>(basis)] = true;
}

void BasisShare::add(const BasisShare& other, double factor) {
  for (std::size_t i = 0; i < kBasisCount; ++i) {
    weights_[i] += other.weights_[i] * factor;
    seen_[i] = seen_[i] || other.seen_[i];
  }
}

double BasisShare::share(Basis basis) const {
  double total = 0.0;
  for (const double w : weights_) total += w;
  if (total <= 0.0) return basis == weakest_used() ? 1.0 : 0.0;
  return weights_[static_cast<std::size_t>(basis)] / total;
}

Basis BasisShare::weakest_used() const {
  for (std::size_t i = kBasisCount; i-- > 0;)
    if (weights_[i] > 0.0) return static_cast<Basis>(i);
  for (std::size_t i = kBasisCount; i-- > 0;)
    if (seen_[i]) return static_cast<Basis>(i);
  return Basis::kAssumed;
}

std::string BasisShare::text() const {
  constexpr double kWhole = 1.0 - 1e-6;  // less is rounding of the sums
  constexpr double kLeast = 0.005;       // what is less is not what the value is made of
  for (std::size_t i = 0; i < kBasisCount; ++i) {
    const double part = share(static_cast<Basis>(i));
    if (part < kLeast) continue;
    const std::string_view name = name_of(static_cast<Basis>(i));
    if (part >= kWhole) return std::string(name);
    return fmt::format("{:.0f} % {}", std::min(99.0, part * 100.0), name);
  }
  return std::string(name_of(weakest_used()));
}

}  // namespace olivine
