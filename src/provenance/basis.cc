#include "provenance/basis.h"

#include <fmt/core.h>

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

void BasisShare::add(const BasisShare& other, double factor) {
  double total = 0.0;
  for (const double w : other.weights_) total += w;
  if (total <= 0.0) return;
  for (std::size_t i = 0; i < kBasisCount; ++i) weights_[i] += other.weights_[i] * factor;
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
  return Basis::kAssumed;
}

std::string BasisShare::text() const {
  for (std::size_t i = 0; i < kBasisCount; ++i) {
    const double part = share(static_cast<Basis>(i));
    if (part <= 0.0) continue;
    if (part >= 0.9995) return std::string(name_of(static_cast<Basis>(i)));
    return fmt::format("{:.0f} % {}", part * 100.0, name_of(static_cast<Basis>(i)));
  }
  return std::string(name_of(weakest_used()));
}

}  // namespace olivine
