#include "grid/forecast/ensemble.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Mean |log error| of one day's forecasts; NaN when nothing can be compared.
double day_error(const DayGrid& grid, const std::vector<double>& log_g, std::size_t index, std::size_t target_day) {
  double sum = 0.0, count = 0.0;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const double error = log_g[index * kSlots + slot] - grid.target.at(target_day, slot);
    if (!std::isnan(error)) sum += std::abs(error), count += 1.0;
  }
  return count > 0.0 ? sum / count : kUnknown;
}

// Over the target days in [begin, end) of the track's own days.
double mean_error(const std::vector<double>& errors, std::size_t begin, std::size_t end, std::size_t least) {
  double sum = 0.0;
  std::size_t count = 0;
  for (std::size_t d = begin; d < end; ++d)
    if (!std::isnan(errors[d])) sum += errors[d], ++count;
  return count >= least ? sum / static_cast<double>(count) : kUnknown;
}

}  // namespace

std::vector<double> weights_from_errors(std::span<const double> mean_errors, double power) {
  std::vector<double> weights;
  double sum = 0.0;
  for (const double error : mean_errors) {
    weights.push_back(std::isnan(error) ? 0.0 : std::pow(std::max(error, 1e-6), -power));
    sum += weights.back();
  }
  if (sum <= 0.0)
    return std::vector<double>(mean_errors.size(),
                               1.0 / static_cast<double>(std::max<std::size_t>(mean_errors.size(), 1)));
  for (double& w : weights) w /= sum;
  return weights;
}

Blend blend(const DayGrid& grid, std::span<const ModelTrack* const> members, std::size_t first_issue,
            const EnsembleSettings& settings) {
  Blend result;
  result.track.name = "ensemble";
  const std::size_t leads = members.empty() ? 0 : members[0]->log_g.size();
  for (std::size_t lead = 0; lead < leads; ++lead) {
    const std::size_t issues = members[0]->log_g[lead].size() / kSlots;
    std::vector<std::vector<double>> errors(members.size(), std::vector<double>(issues, kUnknown));
    std::vector<double> mixed(issues * kSlots, kUnknown), weights;
    for (std::size_t index = 0; index < issues; ++index) {
      // Target days before this issue are those of issues up to index - 1 - lead.
      const std::size_t end = index > lead ? index - lead : 0;
      const std::size_t begin = end > settings.window_days ? end - settings.window_days : 0;
      std::vector<double> means;
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (end > 0)
          errors[m][end - 1] = day_error(grid, members[m]->log_g[lead], end - 1, first_issue + end - 1 + lead);
        means.push_back(mean_error(errors[m], begin, end, settings.least_days));
      }
      weights = weights_from_errors(means, settings.power);
      for (std::size_t slot = 0; slot < kSlots; ++slot) {
        double sum = 0.0, weight = 0.0;
        for (std::size_t m = 0; m < members.size(); ++m) {
          const double value = members[m]->log_g[lead][index * kSlots + slot];
          if (!std::isnan(value)) sum += weights[m] * value, weight += weights[m];
        }
        if (weight > 0.0) mixed[index * kSlots + slot] = sum / weight;
      }
    }
    result.track.log_g.push_back(std::move(mixed));
    result.last_weights.push_back(weights);
  }
  return result;
}

}  // namespace olivine
