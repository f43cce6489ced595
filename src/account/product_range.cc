#include "account/product_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "account/uncertainty/distribution.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kValues = 64;
constexpr double kTail = 0.025;

Result<std::vector<double>> values_of(const RangedFactor& f) {
  if (!(f.lower >= 0.0) || !std::isfinite(f.upper))
    return fail(ErrorKind::kInvalid, "a factor of a product is negative or not finite");
  OLIVINE_TRY(const Distribution distribution, ranged(f.mean, f.lower, f.upper, SignRule::kNonNegative));
  std::vector<double> values(kValues);
  for (std::size_t i = 0; i < kValues; ++i)
    values[i] = std::max(0.0, distribution.quantile((static_cast<double>(i) + 0.5) / static_cast<double>(kValues)));
  return values;
}

std::vector<double> products(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> all;
  all.reserve(a.size() * b.size());
  for (const double x : a)
    for (const double y : b) all.push_back(x * y);
  return all;
}

// The middles of 64 equally probable groups.
std::vector<double> condensed(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  std::vector<double> values(kValues);
  const std::size_t each = all.size() / kValues;
  for (std::size_t i = 0; i < kValues; ++i) values[i] = 0.5 * (all[i * each + each / 2 - 1] + all[i * each + each / 2]);
  return values;
}

// The last digits of exp and log are another library's elsewhere; a record must come out the same everywhere.
double to_ten_digits(double v) { return parse_double(fmt::format("{:.9e}", v)).value_or(v); }

double quantile(std::vector<double>& all, double p) {
  const auto at = static_cast<std::ptrdiff_t>(p * static_cast<double>(all.size() - 1));
  std::nth_element(all.begin(), all.begin() + at, all.end());
  return all[static_cast<std::size_t>(at)];
}

}  // namespace

Result<ProductRange> product_range(std::span<const RangedFactor> factors) {
  double exact = 1.0;
  std::vector<const RangedFactor*> wide;
  for (const RangedFactor& f : factors)
    if (f.lower == f.upper) exact *= f.mean;
    else wide.push_back(&f);
  if (wide.empty()) return ProductRange{exact, exact};
  if (wide.size() == 1) return ProductRange{exact * wide[0]->lower, exact * wide[0]->upper};
  OLIVINE_TRY(std::vector<double> values, values_of(*wide[0]));
  for (std::size_t i = 1; i < wide.size(); ++i) {
    OLIVINE_TRY(const std::vector<double> next, values_of(*wide[i]));
    std::vector<double> all = products(values, next);
    if (i + 1 == wide.size())
      return ProductRange{to_ten_digits(exact * quantile(all, kTail)), to_ten_digits(exact * quantile(all, 1.0 - kTail))};
    values = condensed(std::move(all));
  }
  return ProductRange{exact, exact};
}

ProductRange log_range(std::span<const RangedFactor> factors) {
  double mean = 1.0, down = 0.0, up = 0.0;
  for (const RangedFactor& f : factors) {
    mean *= f.mean;
    if (!(f.mean > 0.0)) continue;
    const double lower = std::log(f.mean / std::max(f.lower, 0.0)), upper = std::log(std::max(f.upper, f.mean) / f.mean);
    down += lower * lower;
    up += upper * upper;
  }
  return {mean * std::exp(-std::sqrt(down)), mean * std::exp(std::sqrt(up))};
}

Spread with_range(const Spread& spread, const ProductRange& range) {
  const double down = spread.mean() - spread.lower(), up = spread.upper() - spread.mean();
  const double less = down > 0.0 ? std::max(0.0, spread.mean() - range.lower) / down : 1.0;
  const double more = up > 0.0 ? std::max(0.0, range.upper - spread.mean()) / up : 1.0;
  std::vector<Sensitivity> moves;
  const auto stretched = [&](double move) { return move < 0.0 ? move * less : move * more; };
  for (const Sensitivity& s : spread.sensitivities()) moves.push_back({s.input, stretched(s.down), stretched(s.up)});
  return Spread(spread.mean(), std::move(moves));
}

}  // namespace olivine
