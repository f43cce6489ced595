// Estimate: a value with its 95 % range and what it depends on.
//
// An estimate keeps, for each named input it depends on (a sensor's gain, one grid intensity, one PUE), how far the value
// moves when that input goes to its lower and upper bound. Sums and differences of figures that share an input therefore
// come out right, which intervals alone cannot do. Independent inputs combine in quadrature (GUM, JCGM 100:2008, 5.1.2),
// a shared one linearly. First order: wide products belong to Monte Carlo (account, GUM supplement 1).
//
//   E1 = 100 +- 10 kWh, E2 = 80 +- 8 kWh, intensity 400 +- 80 g/kWh shared:
//   E1*I + E2*I = 72,000 +- 15,284 g;  E1*I - E2*I = 8,000 +- 5,367 g.
//
// Units: the quantity's. Errors: none; throws std::logic_error on bounds that do not enclose the value.
// Threads: values. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "units/quantity.h"

namespace olivine {

// How the value moves (in canonical units) when `input` goes to the bound that lowers it, and to the one that raises it.
struct Sensitivity {
  std::string input;  // e.g. "gain:rapl", "intensity:FR", "model:cpu"
  double down = 0.0;  // signed move at the input's lower bound
  double up = 0.0;    // signed move at the input's upper bound
  bool operator==(const Sensitivity&) const = default;
};

// Untyped core; Estimate<Q> below gives it a dimension.
class Spread {
 public:
  Spread() = default;
  explicit Spread(double mean) : mean_(mean) {}
  Spread(double mean, std::vector<Sensitivity> moves);  // sorted by input, equal inputs merged

  double mean() const { return mean_; }
  double lower() const;  // mean - root of sum of squared downward moves
  double upper() const;
  const std::vector<Sensitivity>& sensitivities() const { return moves_; }

  Spread scaled(double k) const;
  static Spread sum(const Spread& a, const Spread& b, double sign_of_b);
  static Spread product(const Spread& a, const Spread& b);

 private:
  double mean_ = 0.0;
  std::vector<Sensitivity> moves_;
};

template <class Q>
class Estimate {
 public:
  Estimate() = default;
  // A value known exactly, or whose uncertainty is carried elsewhere.
  static Estimate exactly(Q value) { return Estimate(Spread(value.canonical())); }
  // A value whose range comes from one named input.
  static Estimate of(Q value, Q lower, Q upper, std::string_view input);
  explicit Estimate(Spread spread) : spread_(std::move(spread)) {}

  Q mean() const { return Q::from_canonical(spread_.mean()); }
  Q lower() const { return Q::from_canonical(spread_.lower()); }
  Q upper() const { return Q::from_canonical(spread_.upper()); }
  const Spread& spread() const { return spread_; }

  Estimate scaled(double k) const { return Estimate(spread_.scaled(k)); }

 private:
  Spread spread_;
};

template <class Q>
Estimate<Q> sum(const Estimate<Q>& a, const Estimate<Q>& b) {
  return Estimate<Q>(Spread::sum(a.spread(), b.spread(), 1.0));
}
template <class Q>
Estimate<Q> difference(const Estimate<Q>& a, const Estimate<Q>& b) {
  return Estimate<Q>(Spread::sum(a.spread(), b.spread(), -1.0));
}
// Multiplies by a factor that depends on one more input, e.g. a gain: value stays, the range is [lower, upper] x value.
template <class Q>
Estimate<Q> times(const Estimate<Q>& a, const Estimate<Ratio>& factor) {
  return Estimate<Q>(Spread::product(a.spread(), factor.spread()));
}
// The physical products, by the dimension of the result: Energy x CarbonIntensity -> Carbon and so on.
template <class A, class B>
auto product(const Estimate<A>& a, const Estimate<B>& b) {
  using Product = decltype(A{} * B{});
  const Spread raw = Spread::product(a.spread(), b.spread());
  const double unit = (A::from_canonical(1.0) * B::from_canonical(1.0)).canonical();
  return Estimate<Product>(raw.scaled(unit));
}

Spread spread_of(double value, double lower, double upper, std::string_view input);

template <class Q>
Estimate<Q> Estimate<Q>::of(Q value, Q lower, Q upper, std::string_view input) {
  return Estimate(spread_of(value.canonical(), lower.canonical(), upper.canonical(), input));
}

}  // namespace olivine
