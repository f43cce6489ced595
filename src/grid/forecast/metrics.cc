#include "grid/forecast/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Sum {
  double total = 0.0, count = 0.0;
  double mean() const { return count > 0.0 ? total / count : kUnknown; }
};

template <class Function>
Sum sum_over(std::span<const double> forecast, std::span<const double> actual, Function f) {
  Sum sum;
  for (std::size_t i = 0; i < actual.size(); ++i)
    if (!std::isnan(forecast[i]) && !std::isnan(actual[i])) sum.total += f(forecast[i], actual[i]), sum.count += 1.0;
  return sum;
}

double sum_of(std::span<const double> actual, const std::vector<std::size_t>& order, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) sum += actual[order[i]];
  return sum;
}

std::vector<std::size_t> cheapest_first(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
  return order;
}

}  // namespace

double mape_percent(std::span<const double> forecast, std::span<const double> actual) {
  return 100.0 * sum_over(forecast, actual, [](double f, double a) { return std::abs(f - a) / a; }).mean();
}

double wmape_percent(std::span<const double> forecast, std::span<const double> actual) {
  const Sum error = sum_over(forecast, actual, [](double f, double a) { return std::abs(f - a); });
  const Sum size = sum_over(forecast, actual, [](double, double a) { return a; });
  return size.total > 0.0 ? 100.0 * error.total / size.total : kUnknown;
}

double mean_absolute_error(std::span<const double> forecast, std::span<const double> actual) {
  return sum_over(forecast, actual, [](double f, double a) { return std::abs(f - a); }).mean();
}

double pinball_loss(std::span<const double> forecast, std::span<const double> actual, double quantile) {
  return sum_over(forecast, actual,
                  [quantile](double f, double a) { return std::max(quantile * (a - f), (quantile - 1.0) * (a - f)); })
      .mean();
}

double coverage(std::span<const double> low, std::span<const double> high, std::span<const double> actual) {
  Sum sum;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(low[i]) || std::isnan(high[i]) || std::isnan(actual[i])) continue;
    sum.total += low[i] <= actual[i] && actual[i] <= high[i] ? 1.0 : 0.0;
    sum.count += 1.0;
  }
  return sum.mean();
}

double mean_width(std::span<const double> low, std::span<const double> high, std::span<const double> actual) {
  Sum sum;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(low[i]) || std::isnan(high[i]) || std::isnan(actual[i])) continue;
    sum.total += high[i] - low[i];
    sum.count += 1.0;
  }
  return sum.mean();
}

std::optional<WindowCost> window_cost(std::span<const double> forecast, std::span<const double> actual,
                                      std::size_t job_hours) {
  const auto unknown = [](double v) { return std::isnan(v); };
  if (actual.size() < job_hours || std::any_of(forecast.begin(), forecast.end(), unknown) ||
      std::any_of(actual.begin(), actual.end(), unknown))
    return std::nullopt;
  WindowCost cost;
  cost.at_once = std::accumulate(actual.begin(), actual.begin() + static_cast<std::ptrdiff_t>(job_hours), 0.0);
  cost.paid = sum_of(actual, cheapest_first(forecast), job_hours);
  cost.oracle = sum_of(actual, cheapest_first(actual), job_hours);
  return cost;
}

}  // namespace olivine
