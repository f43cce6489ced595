#include "units/amount.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace olivine {

EnergyAmount CumulativeRounder::add(Energy e) { return add_microjoules(in_joules(e) * 1e6); }

EnergyAmount CumulativeRounder::add_counts(std::uint64_t counts, double joules_per_count) {
  return add_microjoules(static_cast<double>(counts) * (joules_per_count * 1e6));  // 1e-6 * 1e6 is exactly 1
}

EnergyAmount CumulativeRounder::add_microjoules(double uj) {
  pending_uj_ += uj;
  const double whole = std::nearbyint(pending_uj_);
  if (!(std::abs(whole) < 9.2e18)) throw std::logic_error("an energy entry is beyond 2.56 GWh; book it as a total");
  pending_uj_ -= whole;
  return microjoule_amount(static_cast<std::int64_t>(whole));
}

EnergyAmount checked_sum(std::span<const EnergyAmount> entries) {
  EnergyTotal total = 0;
  for (const EnergyAmount entry : entries) total += entry.count();
  if (total > std::numeric_limits<std::int64_t>::max() || total < std::numeric_limits<std::int64_t>::min())
    throw std::logic_error("the sum of energy entries leaves 64 bits; keep it as an EnergyTotal");
  return microjoule_amount(static_cast<std::int64_t>(total));
}

}  // namespace olivine
