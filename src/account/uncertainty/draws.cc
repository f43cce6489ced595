#include "account/uncertainty/draws.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace olivine {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// P(x)/Q(x) by Horner's rule; seven degrees each.
struct Rational {
  double p[8];
  double q[8];
  double at(double x) const {
    double above = p[7];
    double below = q[7];
    for (int i = 6; i >= 0; --i) {
      above = above * x + p[i];
      below = below * x + q[i];
    }
    return above / below;
  }
};

// Wichura 1988, table of PPND16: |u - 1/2| <= 0.425; then the tails to 5 and beyond in sqrt(-ln u).
constexpr double kCentre = 0.425;
constexpr Rational kCentral{
    {3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
     4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4,
     3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3}};
constexpr Rational kNear{
    {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
     1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9}};
constexpr Rational kFar{
    {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}};

double central(double u) {
  const double q = u - 0.5;
  return q * kCentral.at(kCentre * kCentre - q * q);
}

double tail(double u) {
  const double r = std::sqrt(-std::log(u < 0.5 ? u : 1.0 - u));
  const double z = r <= 5.0 ? kNear.at(r - 1.6) : kFar.at(r - 5.0);
  return u < 0.5 ? -z : z;
}

bool is_central(double u) { return std::abs(u - 0.5) <= kCentre; }

}  // namespace

DrawStream::DrawStream(std::uint64_t seed, std::string_view input) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  key_ = mixed(mixed(hash) + mixed(seed * kGolden + 1));
}

void DrawStream::uniforms(std::uint64_t first, std::span<double> out) const {
  std::uint64_t state = key_ + first * kGolden;
  for (double& u : out) {
    state += kGolden;
    u = (static_cast<double>(mixed(state) >> 12) + 0.5) * 0x1.0p-52;
  }
}

double normal_quantile(double u) { return is_central(u) ? central(u) : tail(u); }

double normal_probability(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// Three loops over a small block: which are in the tails (15 %), the centre for all without a branch, the tails one by one.
void normal_quantiles(std::span<double> values) {
  constexpr std::size_t kBlock = 256;
  double tail_u[kBlock];
  std::uint32_t tail_at[kBlock];
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::span<double> block = values.subspan(begin, std::min(kBlock, values.size() - begin));
    std::size_t tails = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      tail_u[tails] = block[i];
      tail_at[tails] = static_cast<std::uint32_t>(i);
      tails += is_central(block[i]) ? 0U : 1U;
    }
    for (double& v : block) v = central(v);
    for (std::size_t t = 0; t < tails; ++t) block[tail_at[t]] = tail(tail_u[t]);
  }
}

}  // namespace olivine
