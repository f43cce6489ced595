#include "planning/online/deadline_guard.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace olivine {

std::optional<double> conformal_work_factor(std::span<const double> ratios, double miss) {
  const double rank = std::ceil((static_cast<double>(ratios.size()) + 1.0) * (1.0 - miss) - 1e-9);
  if (!(miss > 0.0 && miss < 1.0) || rank < 1.0 || rank > static_cast<double>(ratios.size())) return std::nullopt;
  std::vector<double> sorted(ratios.begin(), ratios.end());
  std::sort(sorted.begin(), sorted.end());
  return std::max(1.0, sorted[static_cast<std::size_t>(rank) - 1]);
}

std::vector<double> past_ratios(std::span<const Duration> took, std::optional<Duration> said, std::size_t looks) {
  std::vector<Duration> known;
  std::copy_if(took.begin(), took.end(), std::back_inserter(known), [](Duration d) { return d.ns > 0; });
  std::vector<double> ratios;
  for (std::size_t i = said ? 0 : 1; i < known.size(); ++i) {
    const auto here = known.begin() + static_cast<std::ptrdiff_t>(i);
    const Duration expected =
        said ? *said : *std::max_element(here - static_cast<std::ptrdiff_t>(std::min(i, looks)), here);
    ratios.push_back(static_cast<double>(here->ns) / static_cast<double>(expected.ns));
  }
  return ratios;
}

std::optional<WorkReserve> work_reserve(std::span<const double> ratios, double miss) {
  if (ratios.empty()) return std::nullopt;
  if (const auto factor = conformal_work_factor(ratios, miss)) return WorkReserve{*factor, miss};
  return WorkReserve{std::max(1.0, *std::max_element(ratios.begin(), ratios.end())),
                     1.0 / (static_cast<double>(ratios.size()) + 1.0)};
}

}  // namespace olivine
