// ExactSum: a sum of doubles without any rounding until it is asked for.
//
// A rolling sum that adds what enters and takes away what leaves drifts, and gives other last bits than a sum over the same
// rows in another order. A feature must have one value, whether a batch job swept over years or a service added rows as they
// came. So the sum is kept whole, as a fixed-point number wide enough for every double (Kulisch's accumulator; Kulisch and
// Miranker, "The arithmetic of the digital computer", SIAM Review 28, 1986), and rounded once, to nearest even. What it
// holds depends only on which values are inside, not on how they got there.
//
//   ExactSum s; s.add(1e100); s.add(1.0); s.subtract(1e100); s.value() == 1.0
//
// Units: the caller's. Errors: none; values must be finite (the readers of features refuse others). At most 2^30
// additions between two calls of value(). Threads: one user. Lifetime: value, 0.6 kB.
#pragma once

#include <array>
#include <cstdint>

namespace olivine::features {

// A number as the unevaluated sum of two doubles, 106 bits.
struct DoublePair {
  double high = 0.0, low = 0.0;
};

class ExactSum {
 public:
  void add(double value) { accumulate(value, 1); }
  void subtract(double value) { accumulate(value, -1); }
  void add_square(double value);  // exact where value^2 neither overflows nor underflows
  void subtract_square(double value);
  double value();     // rounded to nearest, ties to even
  DoublePair pair();  // value() and what value() left out, rounded
  void clear();

 private:
  static constexpr int kLimbs = 70;  // 32 bits each, from 2^-1074 to beyond 2^1024 x 2^63
  void accumulate(double value, std::int64_t sign);
  void carry();
  std::array<std::int64_t, kLimbs> limbs_{};
  int lowest_ = kLimbs, highest_ = -1;  // limbs that may differ from zero
};

// The standard deviation of a sample (n - 1) from n, the exact sum and the exact sum of squares. The subtraction that
// cancels is done with 106 bits. n >= 2.
double sample_deviation(std::int64_t n, DoublePair sum, DoublePair sum_of_squares);

}  // namespace olivine::features
