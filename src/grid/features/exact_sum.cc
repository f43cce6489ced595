#include "grid/features/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace olivine::features {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kBase = std::int64_t{1} << 32;
constexpr std::int64_t kLow = kBase - 1;

// a + b = high + low exactly (Knuth's two-sum).
DoublePair two_sum(double a, double b) {
  const double high = a + b;
  const double part = high - a;
  return {high, (a - (high - part)) + (b - part)};
}

// a * b = high + low exactly.
DoublePair two_product(double a, double b) {
  const double high = a * b;
  return {high, std::fma(a, b, -high)};
}

}  // namespace

void ExactSum::accumulate(double value, std::int64_t sign) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  if (mantissa == 0) return;
  if ((bits >> 63) != 0) sign = -sign;
  const int position = exponent == 0 ? 0 : exponent - 1;  // of the lowest bit, from 2^-1074
  const int limb = position / 32;
  const Wide shifted = static_cast<Wide>(mantissa) << (position % 32);
  for (int k = 0; k < 3; ++k) {
    const auto piece = static_cast<std::int64_t>(static_cast<std::uint64_t>(shifted >> (32 * k)) & 0xffffffffU);
    limbs_[static_cast<std::size_t>(limb + k)] += sign * piece;
  }
  lowest_ = std::min(lowest_, limb);
  highest_ = std::max(highest_, limb + 2);
}

void ExactSum::add_square(double value) {
  const DoublePair square = two_product(value, value);
  accumulate(square.high, 1);
  accumulate(square.low, 1);
}

void ExactSum::subtract_square(double value) {
  const DoublePair square = two_product(value, value);
  accumulate(square.high, -1);
  accumulate(square.low, -1);
}

// Every limb but the highest into [0, 2^32); the highest keeps the sign.
void ExactSum::carry() {
  if (highest_ < 0) return;
  std::int64_t over = 0;
  for (int i = lowest_; i <= highest_ || over != 0; ++i) {
    if (i >= kLimbs) break;
    auto& limb = limbs_[static_cast<std::size_t>(i)];
    limb += over;
    over = 0;
    if (i >= highest_ && limb >= -kBase && limb < kBase) {
      highest_ = i;
      break;
    }
    over = limb >> 32;
    limb &= kLow;
    highest_ = std::max(highest_, i);
  }
  while (highest_ >= lowest_ && limbs_[static_cast<std::size_t>(highest_)] == 0) --highest_;
  if (highest_ < lowest_) lowest_ = kLimbs, highest_ = -1;
}

double ExactSum::value() {
  carry();
  if (highest_ < 0) return 0.0;
  const bool negative = limbs_[static_cast<std::size_t>(highest_)] < 0;
  std::array<std::int64_t, kLimbs> digits{};
  std::int64_t over = 0;
  for (int i = lowest_; i <= highest_; ++i) {  // the magnitude, digit by digit
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t digit = (negative ? -limbs_[at] : limbs_[at]) + over;
    over = i == highest_ ? 0 : digit >> 32;
    digits[at] = i == highest_ ? digit : digit & kLow;
  }
  int top = highest_;
  while (top > lowest_ && digits[static_cast<std::size_t>(top)] == 0) --top;
  const int first = std::max(0, top - 2);
  Wide head = 0;
  for (int i = top; i >= first; --i) head = (head << 32) + static_cast<Wide>(digits[static_cast<std::size_t>(i)]);
  bool rest = false;
  for (int i = lowest_; i < first; ++i) rest = rest || digits[static_cast<std::size_t>(i)] != 0;
  if (rest) head |= 1;  // far below the last bit that is kept: decides ties only
  const double magnitude = std::ldexp(static_cast<double>(head), 32 * first - 1074);
  return negative ? -magnitude : magnitude;
}

DoublePair ExactSum::pair() {
  DoublePair result;
  result.high = value();
  if (!std::isfinite(result.high)) return result;
  ExactSum rest = *this;
  rest.subtract(result.high);
  result.low = rest.value();
  return result;
}

void ExactSum::clear() { *this = ExactSum(); }

double sample_deviation(std::int64_t n, DoublePair sum, DoublePair sum_of_squares) {
  const auto count = static_cast<double>(n);
  DoublePair a = two_product(count, sum_of_squares.high);
  a.low += count * sum_of_squares.low;
  DoublePair b = two_product(sum.high, sum.high);
  b.low += 2.0 * sum.high * sum.low;
  const DoublePair difference = two_sum(a.high, -b.high);
  const double total = difference.high + (difference.low + (a.low - b.low));
  return total <= 0.0 ? 0.0 : std::sqrt(total / (count * (count - 1.0)));
}

}  // namespace olivine::features
