#include "account/product_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

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

// All products, sorted: each value of `a` with those of `b` is a sorted row already, and rows are merged two by two.
std::vector<double> sorted_products(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> rows, merged(a.size() * b.size());
  rows.reserve(merged.size());
  for (const double x : a)
    for (const double y : b) rows.push_back(x * y);
  for (std::size_t width = b.size(); width < rows.size(); width *= 2) {
    for (std::size_t at = 0; at < rows.size(); at += 2 * width) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(at);
      const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(std::min(at + width, rows.size()));
      const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(at + 2 * width, rows.size()));
      std::merge(begin, middle, middle, end, merged.begin() + static_cast<std::ptrdiff_t>(at));
    }
    rows.swap(merged);
  }
  return rows;
}

// The middles of 64 equally probable groups.
std::vector<double> condensed(const std::vector<double>& sorted) {
  std::vector<double> values(kValues);
  const std::size_t each = sorted.size() / kValues;
  for (std::size_t i = 0; i < kValues; ++i)
    values[i] = 0.5 * (sorted[i * each + each / 2 - 1] + sorted[i * each + each / 2]);
  return values;
}

// The last digits of exp and log are another library's elsewhere; a record must come out the same everywhere.
double to_ten_digits(double v) { return parse_double(fmt::format("{:.9e}", v)).value_or(v); }

// The product that `below` others do not exceed. (i + 1)(j + 1) - 1 of them do not exceed a[i] b[j], so that only the pairs where
// that is at most `below` come into question: some hundreds of the 4,096.
double from_below(const std::vector<double>& a, const std::vector<double>& b, std::size_t below) {
  std::vector<double> low;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size() && (i + 1) * (j + 1) <= below + 1; ++j) low.push_back(a[i] * b[j]);
  std::nth_element(low.begin(), low.begin() + static_cast<std::ptrdiff_t>(below), low.end());
  return low[below];
}
double from_above(const std::vector<double>& a, const std::vector<double>& b, std::size_t above) {
  std::vector<double> high;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size() && (i + 1) * (j + 1) <= above + 1; ++j)
      high.push_back(a[a.size() - 1 - i] * b[b.size() - 1 - j]);
  std::nth_element(high.begin(), high.begin() + static_cast<std::ptrdiff_t>(above), high.end(), std::greater<>());
  return high[above];
}

ProductRange range_of(const std::vector<double>& a, const std::vector<double>& b, double exact) {
  const auto last = static_cast<double>(a.size() * b.size() - 1);
  const auto low = static_cast<std::size_t>(kTail * last), high = static_cast<std::size_t>((1.0 - kTail) * last);
  return {to_ten_digits(exact * from_below(a, b, low)),
          to_ten_digits(exact * from_above(a, b, a.size() * b.size() - 1 - high))};
}

}  // namespace

Result<FactorProduct> FactorProduct::of(std::span<const RangedFactor> factors) {
  FactorProduct product;
  for (const RangedFactor& f : factors) {
    if (f.lower == f.upper) {
      product.exact_ *= f.mean;
      continue;
    }
    if (product.wide_++ == 0) product.first_ = f;
    OLIVINE_TRY(std::vector<double> values, values_of(f));
    if (product.wide_ > 1)
      product.earlier_ = std::exchange(product.all_, condensed(sorted_products(product.all_, values)));
    else
      product.all_ = values;
    product.last_ = std::move(values);
  }
  return product;
}

ProductRange FactorProduct::range() const {
  if (wide_ == 0) return {exact_, exact_};
  if (wide_ == 1) return {exact_ * first_.lower, exact_ * first_.upper};
  return range_of(earlier_, last_, exact_);
}

Result<ProductRange> FactorProduct::range_with(const RangedFactor& last) const {
  if (last.lower == last.upper) {
    FactorProduct scaled = *this;
    scaled.exact_ *= last.mean;
    return scaled.range();
  }
  if (wide_ == 0) return ProductRange{exact_ * last.lower, exact_ * last.upper};
  OLIVINE_TRY(const std::vector<double> values, values_of(last));
  return range_of(all_, values, exact_);
}

ProductRange log_range(std::span<const RangedFactor> factors) {
  double mean = 1.0, down = 0.0, up = 0.0;
  for (const RangedFactor& f : factors) {
    mean *= f.mean;
    if (!(f.mean > 0.0)) continue;
    const double lower = std::log(f.mean / std::max(f.lower, 0.0)),
                 upper = std::log(std::max(f.upper, f.mean) / f.mean);
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
