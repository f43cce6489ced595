#include "planning/online/thresholds.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace olivine {
namespace {

Status check(std::size_t work, PriceLimits limits, double edge_cost) {
  if (work == 0) return fail(ErrorKind::kInvalid, "a threshold is for at least one slot of work");
  if (!(limits.low > 0.0) || !(limits.high >= limits.low) || !std::isfinite(limits.high))
    return fail(ErrorKind::kInvalid,
                fmt::format("limits of prices {} to {}; a worst case needs 0 < low <= high", limits.low, limits.high));
  if (!std::isfinite(edge_cost) || edge_cost < 0.0)
    return fail(ErrorKind::kInvalid, fmt::format("a switch cost of {}; it must be a number of 0 or more", edge_cost));
  return {};
}

// Thresholds that keep the ratio at g as long as they can; the least g whose last threshold lies below `low` is the best.
std::vector<double> thresholds_for(double g, std::size_t work, PriceLimits limits, double b) {
  const auto k = static_cast<double>(work);
  std::vector<double> lower;
  std::vector<double> sum_of_first{0.0};  // of what a slot of work costs at most
  for (std::size_t j = 0; j <= work; ++j) {
    const auto taken = static_cast<double>(j);
    double needed = 0.0;
    for (std::size_t m = 0; m <= std::min(j, work - 1); ++m) {
      const auto lowest = static_cast<double>(m);
      const double cost = lowest * (limits.low + 2.0 * b) + sum_of_first[j - m] + (k - taken) * limits.high +
                          (j < work ? 2.0 * b : 0.0);
      needed = std::max(needed, (cost / g - 2.0 * b - lowest * limits.low) / (k - lowest));
    }
    if (!lower.empty()) needed = std::min(needed, lower.back());
    lower.push_back(needed);
    sum_of_first.push_back(sum_of_first.back() + needed + 2.0 * b);
  }
  return lower;  // work + 1 of them
}

Band band_of(std::vector<double> lower, std::size_t work, PriceLimits limits, double edge_cost) {
  Band band{std::move(lower), {}, true};
  band.lower.resize(work);
  for (double& low : band.lower) {
    low = std::clamp(low, limits.low, limits.high);  // a price of `low` is never refused
    band.upper.push_back(std::min(low + 2.0 * edge_cost, limits.high));
  }
  return band;
}

// The root of a falling function between 1 and `most`.
double root(double most, const std::function<bool(double)>& too_small) {
  double low = 1.0, high = most;
  for (int i = 0; i < 200 && high - low > 1e-13 * high; ++i) {
    const double middle = 0.5 * (low + high);
    (too_small(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace

Result<double> published_ratio(std::size_t work, PriceLimits limits, double edge_cost) {
  OLIVINE_CHECK_STATUS(check(work, limits, edge_cost));
  const auto k = static_cast<double>(work);
  const double u = limits.high, l = limits.low, b = edge_cost;
  if (u - l - 2.0 * b <= 0.0) return 1.0 + 2.0 * b / l;  // no price is worth a switch: whatever is done, within this
  return root(u / l + 2.0 * b / l + 1.0, [&](double a) {
    const double first = u * (1.0 - 1.0 / a) - 2.0 * b * (1.0 - 1.0 / k + 1.0 / (k * a));
    return first <= 0.0 || (u - l - 2.0 * b) / first > std::pow(1.0 + 1.0 / (k * a), k);
  });
}

Result<Band> published_thresholds(std::size_t work, PriceLimits limits, double edge_cost) {
  OLIVINE_TRY(const double a, published_ratio(work, limits, edge_cost));
  const auto k = static_cast<double>(work);
  const double u = limits.high, b = edge_cost;
  std::vector<double> lower;
  for (std::size_t i = 0; i < work; ++i) {
    const double below = u - u / a - 2.0 * b * (1.0 / (k * a) - 1.0 / k + 1.0);
    lower.push_back(u - below * std::pow(1.0 + 1.0 / (k * a), static_cast<double>(i)) - 2.0 * b);
  }
  return band_of(std::move(lower), work, limits, edge_cost);
}

Result<Band> proven_thresholds(std::size_t work, PriceLimits limits, double edge_cost) {
  OLIVINE_CHECK_STATUS(check(work, limits, edge_cost));
  const double most = (limits.high + 4.0 * edge_cost) / limits.low + 1.0;
  const double g =
      root(most, [&](double ratio) { return thresholds_for(ratio, work, limits, edge_cost).back() > limits.low; });
  return band_of(thresholds_for(g, work, limits, edge_cost), work, limits, edge_cost);
}

Result<Band> trust_band(std::size_t work, PriceLimits limits, double trust) {
  OLIVINE_CHECK_STATUS(check(work, limits, 0.0));
  if (!(trust >= 0.0 && trust <= 1.0))
    return fail(ErrorKind::kInvalid, fmt::format("a trust of {}; it lies between 0 and 1", trust));
  const double g = std::pow(limits.high / limits.low, 0.5 * (1.0 + trust));
  return Band{std::vector<double>(work, std::max(limits.high / g, limits.low)),
              std::vector<double>(work, std::min(limits.low * g, limits.high)), false};
}

double worst_case(const Band& band, PriceLimits limits, double edge_cost) {
  const std::size_t work = band.lower.size();
  const auto k = static_cast<double>(work);
  const double edges = 2.0 * edge_cost;
  std::vector<double> taken_cost;  // at most, of each slot taken freely; sorted, the largest first
  double worst = 1.0;
  for (std::size_t j = 0; j <= work; ++j) {
    const double lower = j < work ? band.lower[j] : limits.low;
    std::vector<double> sum{0.0};
    for (const double cost : taken_cost) sum.push_back(sum.back() + cost);
    const double forced = static_cast<double>(work - j), once = j < work ? edges : 0.0;
    for (std::size_t m = 0; m <= std::min(j, work - 1); ++m) {
      const auto lowest = static_cast<double>(m);
      const double free = lowest * (limits.low + edges) + sum[j - m];
      worst =
          std::max(worst, (free + forced * limits.high + once) / (lowest * limits.low + (k - lowest) * lower + edges));
      worst = std::max(worst, (free + forced * limits.low + once) /
                                  ((lowest + forced) * limits.low + (k - lowest - forced) * lower + edges));
    }
    if (j == work) break;
    const double cost = (band.hysteresis ? band.lower[j] : band.upper[j]) + edges;
    taken_cost.insert(std::upper_bound(taken_cost.begin(), taken_cost.end(), cost, std::greater<>()), cost);
  }
  return worst;
}

Result<Band> proven_start(std::size_t work, PriceLimits limits, double edge_cost) {
  OLIVINE_CHECK_STATUS(check(work, limits, edge_cost));
  const auto k = static_cast<double>(work);
  const double u = limits.high, l = limits.low, edges = 2.0 * edge_cost;
  // k T^2 + p T = q, by the form that does not cancel.
  const double p = edges + k * ((k - 1.0) * u + edges), q = k * k * u * l + u * edges + k * l * edges;
  return band_of({2.0 * q / (p + std::sqrt(p * p + 4.0 * k * q))}, 1, limits, 0.0);
}

double worst_case_in_one_run(const Band& band, std::size_t work, PriceLimits limits, double edge_cost) {
  const auto k = static_cast<double>(work);
  const double edges = 2.0 * edge_cost, most = band.hysteresis ? band.lower[0] : band.upper[0];
  return std::max({1.0, (most + (k - 1.0) * limits.high + edges) / (k * limits.low + edges),
                   (k * limits.high + edges) / (k * band.lower[0] + edges)});
}

}  // namespace olivine
