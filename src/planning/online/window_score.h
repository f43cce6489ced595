// What policies saved over windows of a backtest, beside starting at once and the least cost there was.
//
//   saved = mean of 1 - cost / at once      captured = that / the same of the least cost
//   grams captured = sum of (at once - cost) / sum of (at once - least): a window counts by what could be saved in it
//
// The range of a captured share is a bootstrap's, 95 %: windows drawn with replacement, each zone's from its own.
//
//   at once 100 and 200, cost 90 and 150, least 80 and 120: saved (0.10 + 0.25) / 2, captured 0.35 / 0.60, grams 60 / 100
//
// Units: cost in grams; shares 0..1. Errors: captured is NaN where nothing could be saved. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace olivine {

struct WindowResult {
  std::string zone;
  double at_once = 0.0, least = 0.0, cost = 0.0;
  bool in_time = true;
};

struct WindowScore {
  std::size_t windows = 0;
  double saved = 0.0, least_saved = 0.0;
  double captured = 0.0, captured_low = 0.0, captured_high = 0.0;
  double grams_captured = 0.0, grams_saved = 0.0;  // the latter a window
  double worse = 0.0;                              // share of windows that cost more than starting at once
  std::size_t late = 0;
};
WindowScore score_windows(std::span<const WindowResult> results, std::size_t resamples = 2000, std::uint64_t seed = 1);

}  // namespace olivine
