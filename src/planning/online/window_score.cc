#include "planning/online/window_score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/prng.h"

namespace olivine {
namespace {

double quotient(double a, double b) { return b > 0.0 ? a / b : std::numeric_limits<double>::quiet_NaN(); }

struct Saved {
  double mine = 0.0, least = 0.0;
};

Saved saved_by(const WindowResult& r) { return {1.0 - r.cost / r.at_once, 1.0 - r.least / r.at_once}; }

void add_range(std::span<const WindowResult> results, std::size_t resamples, std::uint64_t seed, WindowScore& score) {
  std::map<std::string, std::vector<Saved>> by_zone;
  for (const WindowResult& r : results) by_zone[r.zone].push_back(saved_by(r));
  Prng prng(seed);
  std::vector<double> shares;
  for (std::size_t k = 0; k < resamples; ++k) {
    Saved sum;
    for (const auto& [zone, windows] : by_zone)
      for (std::size_t i = 0; i < windows.size(); ++i) {
        const Saved& drawn = windows[prng.below(windows.size())];
        sum.mine += drawn.mine;
        sum.least += drawn.least;
      }
    if (sum.least > 0.0) shares.push_back(sum.mine / sum.least);
  }
  if (shares.empty()) {
    score.captured_low = score.captured_high = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  std::sort(shares.begin(), shares.end());
  const auto at = [&shares](double q) {
    return shares[static_cast<std::size_t>(q * static_cast<double>(shares.size() - 1) + 0.5)];
  };
  score.captured_low = at(0.025);
  score.captured_high = at(0.975);
}

}  // namespace

WindowScore score_windows(std::span<const WindowResult> results, std::size_t resamples, std::uint64_t seed) {
  WindowScore score;
  double mine = 0.0, least = 0.0, grams = 0.0, most_grams = 0.0, worse = 0.0;
  for (const WindowResult& r : results) {
    const Saved saved = saved_by(r);
    mine += saved.mine;
    least += saved.least;
    grams += r.at_once - r.cost;
    most_grams += r.at_once - r.least;
    worse += r.cost > r.at_once * (1.0 + 1e-12) ? 1.0 : 0.0;
    score.late += r.in_time ? 0 : 1;
  }
  const auto n = static_cast<double>(results.size());
  score.windows = results.size();
  score.saved = quotient(mine, n);
  score.least_saved = quotient(least, n);
  score.captured = quotient(mine, least);
  score.grams_captured = quotient(grams, most_grams);
  score.grams_saved = quotient(grams, n);
  score.worse = quotient(worse, n);
  add_range(results, resamples, seed, score);
  return score;
}

}  // namespace olivine
