#include "grid/forecast/conformal.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace olivine {

double conformal_quantile(std::span<const double> sorted, double q) {
  const double rank = std::ceil((static_cast<double>(sorted.size()) + 1.0) * q - 1e-9);
  const double last = static_cast<double>(sorted.size());
  return sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, last)) - 1];
}

AdaptiveConformal::AdaptiveConformal(ConformalSettings settings)
    : settings_(settings), level_low_(settings.miss_each_side), level_high_(settings.miss_each_side) {}

std::optional<LogRange> AdaptiveConformal::range(std::size_t slot) const {
  if (days_.size() < settings_.least_days) return std::nullopt;
  std::vector<double> errors;
  for (const Day& day : days_)
    for (std::size_t s = slot == 0 ? 0 : slot - 1; s <= std::min(slot + 1, kSlots - 1); ++s)
      if (!std::isnan(day[s])) errors.push_back(day[s]);
  if (errors.size() < settings_.least_days) return std::nullopt;
  std::sort(errors.begin(), errors.end());
  // The lower quantile is the mirror of the upper one, so that both sides are treated alike.
  std::vector<double> mirrored(errors.rbegin(), errors.rend());
  for (double& e : mirrored) e = -e;
  const auto widened = [this](double level) { return 1.0 + settings_.widening * std::max(0.0, -level); };
  return LogRange{-conformal_quantile(mirrored, 1.0 - level_low_) * widened(level_low_),
                  conformal_quantile(errors, 1.0 - level_high_) * widened(level_high_)};
}

void AdaptiveConformal::learn(const Day& log_errors, const std::array<std::optional<LogRange>, kSlots>& issued) {
  double count = 0.0, below = 0.0, above = 0.0;
  for (std::size_t s = 0; s < kSlots; ++s) {
    if (std::isnan(log_errors[s]) || !issued[s]) continue;
    count += 1.0;
    below += log_errors[s] < issued[s]->low ? 1.0 : 0.0;
    above += log_errors[s] > issued[s]->high ? 1.0 : 0.0;
  }
  if (count > 0.0) {
    const auto moved = [&](double level, double missed) {
      return std::clamp(level + settings_.rate * (settings_.miss_each_side - missed / count), -1.0, 0.5);
    };
    level_low_ = moved(level_low_, below);
    level_high_ = moved(level_high_, above);
  }
  days_.push_back(log_errors);
  if (days_.size() > settings_.window_days) days_.pop_front();
}

namespace {

void ranges_of_lead(const DayGrid& grid, const std::vector<double>& log_g, std::size_t first_target, std::size_t lead,
                    AdaptiveConformal conformal, std::vector<double>& low, std::vector<double>& high) {
  const std::size_t issues = log_g.size() / kSlots;
  std::vector<std::array<std::optional<LogRange>, kSlots>> issued(issues);
  for (std::size_t index = 0; index < issues; ++index) {
    if (index > lead) {  // the target day of issue index - 1 - lead has just ended
      const std::size_t ended = index - 1 - lead;
      AdaptiveConformal::Day errors{};
      for (std::size_t s = 0; s < kSlots; ++s)
        errors[s] = grid.target.at(first_target + ended, s) - log_g[ended * kSlots + s];
      conformal.learn(errors, issued[ended]);
    }
    for (std::size_t s = 0; s < kSlots; ++s) {
      issued[index][s] = conformal.range(s);
      if (!issued[index][s]) continue;
      low[index * kSlots + s] = log_g[index * kSlots + s] + issued[index][s]->low;
      high[index * kSlots + s] = log_g[index * kSlots + s] + issued[index][s]->high;
    }
  }
}

}  // namespace

RangeTrack conformal_ranges(const DayGrid& grid, const std::vector<std::vector<double>>& log_g, std::size_t first_issue,
                            const ConformalSettings& settings) {
  RangeTrack track;
  for (std::size_t lead = 0; lead < log_g.size(); ++lead) {
    const std::vector<double> unknown(log_g[lead].size(), std::numeric_limits<double>::quiet_NaN());
    track.low.push_back(unknown);
    track.high.push_back(unknown);
    ranges_of_lead(grid, log_g[lead], first_issue + lead, lead, AdaptiveConformal(settings), track.low[lead],
                   track.high[lead]);
  }
  return track;
}

}  // namespace olivine
