#include "planning/online/deadline_guard.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace olivine {

std::optional<double> conformal_work_factor(std::span<const double> ratios, double miss) {
  const double rank = std::ceil((static_cast<double>(ratios.size()) + 1.0) * (1.0 - miss) - 1e-9);
  if (!(miss > 0.0 && miss < 1.0) || rank < 1.0 || rank > static_cast<double>(ratios.size())) return std::nullopt;
  std::vector<double> sorted(ratios.begin(), ratios.end());
  std::sort(sorted.begin(), sorted.end());
  return std::max(1.0, sorted[static_cast<std::size_t>(rank) - 1]);
}

}  // namespace olivine
