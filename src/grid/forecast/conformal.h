// AdaptiveConformal: ranges around a forecast that hold the stated share of outcomes, also while the errors drift.
//
// The scores are signed log errors r = log(actual) - log(forecast) of the last `window_days` known days. The range of slot s is
//
//   [ f * exp(quantile(r, level_low)), f * exp(quantile(r, 1 - level_high)) ],   r of slots s-1, s, s+1
//
// with the quantile at rank ceil((n + 1) q) of n (split conformal; rank n beyond it). After each day both levels move as adaptive
// conformal inference (Gibbs and Candes 2021) says:  level += rate * (target - share missed on that side), target 0.05 for 90 %.
// So a run of misses widens the range, whatever its cause. A day of 24 hours moves them once, because its errors move together.
// The theory's range at a level below 0 is everything; ours is the worst error seen, times 1 + widening * |level|.
//
// Example: 99 errors 0.01 .. 0.99, level 0.05: the lower quantile is the 5th, 0.05; the upper the 95th, 0.95.
//
// Units: log of a ratio. Errors: range() is empty while fewer than 14 days are known. Threads: one. Lifetime: value.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "grid/forecast/day_grid.h"

namespace olivine {

struct ConformalSettings {
  double miss_each_side = 0.05;
  double rate = 0.12;
  double widening = 10.0;  // for each 1 below level 0
  std::size_t window_days = 60;
  std::size_t least_days = 14;
};

struct LogRange {
  double low = 0.0, high = 0.0;
};

// The ceil((n + 1) q)-th of n sorted values, the first or last where that lies outside.
double conformal_quantile(std::span<const double> sorted, double q);

class AdaptiveConformal {
 public:
  explicit AdaptiveConformal(ConformalSettings settings = {});
  std::optional<LogRange> range(std::size_t slot) const;
  // The errors of a day (NaN: not known) and the ranges that had been issued for it (empty: none).
  using Day = std::array<double, kSlots>;
  void learn(const Day& log_errors, const std::array<std::optional<LogRange>, kSlots>& issued);
  double level_low() const { return level_low_; }
  double level_high() const { return level_high_; }

 private:
  ConformalSettings settings_;
  double level_low_, level_high_;
  std::deque<Day> days_;
};

// Ranges around a track, issue after issue, each from the errors known then: [lead][issue * 24 + slot] of log(g/kWh).
struct RangeTrack {
  std::vector<std::vector<double>> low, high;
};
RangeTrack conformal_ranges(const DayGrid& grid, const std::vector<std::vector<double>>& log_g, std::size_t first_issue,
                            const ConformalSettings& settings);

}  // namespace olivine
