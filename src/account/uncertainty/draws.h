// Draws: the random numbers of the Monte Carlo, addressed instead of streamed.
//
// The i-th number of an input depends on the seed, the input's name and i alone (splitmix64 over a counter, Steele, Lea and
// Flood, OOPSLA 2014). Batches and threads therefore cannot change a result, and an input that two accounts share moves both in
// step even when they are computed apart.
//
// Units: none. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace olivine {

class DrawStream {
 public:
  DrawStream(std::uint64_t seed, std::string_view input);
  // Numbers first, first+1, ... : uniform in the open interval (0, 1), 52 bits.
  void uniforms(std::uint64_t first, std::span<double> out) const;

 private:
  std::uint64_t key_;
};

// z with P(Z < z) = u for u in (0, 1): Wichura's PPND16 (Applied Statistics 37, 1988, p. 477), relative error about 1e-16.
double normal_quantile(double u);
double normal_probability(double z);  // the inverse
// In place; most of the time of a Monte Carlo is spent here.
void normal_quantiles(std::span<double> values);

}  // namespace olivine
