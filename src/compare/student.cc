#include "compare/student.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "account/uncertainty/draws.h"

namespace olivine {

double student_probability(double t, double degrees) {
  const double n = std::max(degrees, 1.0);
  constexpr int kPanels = 200;
  const double end = std::atan(std::abs(t) / std::sqrt(n));
  const double step = end / kPanels;
  double sum = 0.0;
  for (int i = 0; i <= kPanels; ++i) {
    const double weight = i == 0 || i == kPanels ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    sum += weight * std::pow(std::cos(step * i), n - 1.0);
  }
  const double scale = std::exp(std::lgamma((n + 1.0) / 2.0) - std::lgamma(n / 2.0)) / std::sqrt(std::numbers::pi);
  const double half = scale * sum * step / 3.0;
  return t < 0.0 ? 0.5 - half : 0.5 + half;
}

double student_quantile(double probability, double degrees) {
  if (probability < 0.5) return -student_quantile(1.0 - probability, degrees);
  if (degrees > 200.0) {  // the series around the normal quantile is then good to 1e-7
    const double z = normal_quantile(probability), z2 = z * z;
    return z + z * (z2 + 1.0) / (4.0 * degrees) + z * (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * degrees * degrees);
  }
  double low = 0.0, high = 4.0;
  while (high < 1e4 && student_probability(high, degrees) < probability) high *= 4.0;
  for (int i = 0; i < 45; ++i) {
    const double middle = (low + high) / 2.0;
    (student_probability(middle, degrees) < probability ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

}  // namespace olivine
