#include "units/apportion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace olivine {
namespace {

double checked_weight_sum(EnergyAmount total, std::span<const double> weights) {
  if (total.count() < 0) throw std::logic_error("apportion: negative total");
  double sum = 0.0;
  for (const double w : weights) {
    if (!(w >= 0.0) || !std::isfinite(w)) throw std::logic_error("apportion: weight is negative or not finite");
    sum += w;
  }
  if (sum <= 0.0 && total.count() > 0) throw std::logic_error("apportion: no weight to share by");
  if (!std::isfinite(sum)) throw std::logic_error("apportion: sum of weights overflows");
  return sum;
}

// Rounds exact shares to whole parts that sum to `total`: floors first, then the largest remainders get one each.
std::vector<EnergyAmount> round_shares(std::int64_t total, std::span<const double> exact) {
  std::vector<std::int64_t> parts(exact.size());
  std::int64_t left = total;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double floor = std::clamp(std::floor(exact[i]), 0.0, static_cast<double>(left));
    parts[i] = std::min(static_cast<std::int64_t>(floor), left);
    left -= parts[i];
  }
  std::vector<std::size_t> order(exact.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return exact[a] - static_cast<double>(parts[a]) > exact[b] - static_cast<double>(parts[b]);
  });
  for (std::size_t k = 0; left > 0; k = (k + 1) % order.size()) {
    if (exact[order[k]] <= 0.0 && static_cast<double>(left) < static_cast<double>(order.size())) {
      // Nobody is owed anything more: what is left goes to the largest remainder.
      parts[order[0]] += left;
      break;
    }
    const std::int64_t step = std::max<std::int64_t>(1, left / static_cast<std::int64_t>(order.size()));
    parts[order[k]] += step;
    left -= step;
  }
  std::vector<EnergyAmount> result(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) result[i] = microjoule_amount(parts[i]);
  return result;
}

}  // namespace

std::vector<EnergyAmount> apportion(EnergyAmount total, std::span<const double> weights) {
  const double sum = checked_weight_sum(total, weights);
  if (total.count() == 0) return std::vector<EnergyAmount>(weights.size());
  std::vector<double> exact(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) exact[i] = static_cast<double>(total.count()) * (weights[i] / sum);
  return round_shares(total.count(), exact);
}

std::vector<EnergyAmount> CumulativeApportioner::share(EnergyAmount total, std::span<const double> weights) {
  if (weights.size() != owed_uj_.size()) throw std::logic_error("apportion: number of parts changed");
  const double sum = checked_weight_sum(total, weights);
  if (total.count() == 0) return std::vector<EnergyAmount>(weights.size());
  std::vector<double> exact(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    exact[i] = owed_uj_[i] + static_cast<double>(total.count()) * (weights[i] / sum);
  std::vector<EnergyAmount> parts = round_shares(total.count(), exact);
  for (std::size_t i = 0; i < parts.size(); ++i) owed_uj_[i] = exact[i] - static_cast<double>(parts[i].count());
  return parts;
}

}  // namespace olivine
