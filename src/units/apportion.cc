#include "units/apportion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace olivine {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr int kWeightBits = 62;
constexpr int kOwedBits = 48;
constexpr std::int64_t kOne = std::int64_t{1} << kOwedBits;  // one microjoule owed
constexpr std::size_t kMostParts = std::size_t{1} << 12;     // so that no sum of rests leaves 64 bits

// Whole weights below 2^62 in the same proportions.
std::vector<std::uint64_t> whole_weights(EnergyAmount total, std::span<const double> weights) {
  if (total.count() < 0) throw std::logic_error("apportion: negative total");
  if (weights.size() > kMostParts) throw std::logic_error("apportion: more than 4096 parts");
  double largest = 0.0;
  for (const double w : weights) {
    if (!(w >= 0.0) || !std::isfinite(w)) throw std::logic_error("apportion: weight is negative or not finite");
    largest = std::max(largest, w);
  }
  if (largest <= 0.0 && total.count() > 0) throw std::logic_error("apportion: no weight to share by");
  int exponent = 0;
  std::frexp(largest, &exponent);
  std::vector<std::uint64_t> whole;
  whole.reserve(weights.size());
  for (const double w : weights) whole.push_back(static_cast<std::uint64_t>(std::ldexp(w, kWeightBits - exponent)));
  return whole;
}

// Exact shares: whole microjoules, and the rest in units of 2^-48 uJ. The rests sum to a whole number of microjoules.
struct Shares {
  std::vector<std::int64_t> whole;
  std::vector<std::int64_t> rest;
};

Shares exact_shares(std::int64_t total, const std::vector<std::uint64_t>& weights) {
  Wide sum = 0;
  for (const std::uint64_t w : weights) sum += w;
  Shares shares;
  std::int64_t whole_left = total;
  std::int64_t rest_sum = 0;
  std::size_t first = weights.size();  // part with a rest
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = static_cast<Wide>(static_cast<std::uint64_t>(total)) * weights[i];
    const Wide remainder = product % sum;
    shares.whole.push_back(static_cast<std::int64_t>(product / sum));
    shares.rest.push_back(static_cast<std::int64_t>((remainder << kOwedBits) / sum));
    whole_left -= shares.whole.back();
    rest_sum += shares.rest.back();
    if (first == weights.size() && remainder > 0) first = i;
  }
  if (first < weights.size())
    shares.rest[first] += whole_left * kOne - rest_sum;  // what was cut off: < 2^-48 uJ a part
  return shares;
}

// Indices in falling order of `key`, ties in rising order of index.
std::vector<std::size_t> falling(const std::vector<std::int64_t>& key) {
  std::vector<std::size_t> order(key.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Not std::stable_sort: clang refuses what libstdc++ calls in it as deprecated.
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return key[a] != key[b] ? key[a] > key[b] : a < b; });
  return order;
}

std::int64_t floor_of(std::int64_t rest) { return rest >> kOwedBits; }  // an arithmetic shift, also below zero

// Turns shares into whole parts: `shares.whole` becomes the parts, `shares.rest` what each is still owed.
void round_shares(Shares& shares) {
  std::int64_t left = std::accumulate(shares.rest.begin(), shares.rest.end(), std::int64_t{0}) / kOne;
  const auto give = [&](std::size_t i, std::int64_t count) {
    shares.whole[i] += count;
    shares.rest[i] -= count * kOne;
    left -= count;
  };
  for (std::size_t i = 0; i < shares.rest.size(); ++i) give(i, std::max(floor_of(shares.rest[i]), -shares.whole[i]));
  // Every rest is now below one, so fewer microjoules are left than parts with a rest above zero.
  if (left > 0)
    for (const std::size_t i : falling(shares.rest)) {
      if (left == 0) break;
      give(i, 1);
    }
  // Parts that must not fall below zero kept more than their share: those who are owed least wait for theirs.
  while (left < 0) {
    const std::vector<std::size_t> order = falling(shares.rest);
    for (auto i = order.rbegin(); i != order.rend() && left < 0; ++i)
      if (shares.whole[*i] > 0) {
        give(*i, -1);
        break;
      }
  }
}

std::vector<EnergyAmount> amounts(const std::vector<std::int64_t>& counts) {
  std::vector<EnergyAmount> result;
  result.reserve(counts.size());
  for (const std::int64_t count : counts) result.push_back(microjoule_amount(count));
  return result;
}

}  // namespace

std::vector<EnergyAmount> apportion(EnergyAmount total, std::span<const double> weights) {
  const std::vector<std::uint64_t> whole = whole_weights(total, weights);
  if (total.count() == 0) return std::vector<EnergyAmount>(weights.size());
  Shares shares = exact_shares(total.count(), whole);
  round_shares(shares);
  return amounts(shares.whole);
}

std::vector<EnergyAmount> CumulativeApportioner::share(EnergyAmount total, std::span<const double> weights) {
  if (weights.size() != owed_.size()) throw std::logic_error("apportion: number of parts changed");
  const std::vector<std::uint64_t> whole = whole_weights(total, weights);
  if (total.count() == 0) return std::vector<EnergyAmount>(weights.size());
  Shares shares = exact_shares(total.count(), whole);
  for (std::size_t i = 0; i < owed_.size(); ++i) shares.rest[i] += owed_[i];
  round_shares(shares);
  owed_ = std::move(shares.rest);
  return amounts(shares.whole);
}

double CumulativeApportioner::owed_uj(std::size_t part) const {
  return static_cast<double>(owed_.at(part)) / static_cast<double>(kOne);
}

}  // namespace olivine
