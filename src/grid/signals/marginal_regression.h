// Marginal intensity by regression (METHODS 12): how the emissions of a grid changed from step to step beside the output of
// the units that can follow load.
//
// For each two rows one step apart, both complete: x = change of the regressors' output (coal, gas, oil, hydro by default),
// y = change of emissions (factors x output). Both are differences, so the line goes through the origin:
//
//   slope = sum(x y) / sum(x x)                               g/kWh
//   r2    = 1 - sum((y - slope x)^2) / sum(y y)               about zero, as the line has no intercept
//   se    = sqrt(sum((y - slope x)^2) / (n - 1) / sum(x x))   ordinary least squares; residuals taken as independent
//
// Emissions are linear in fossil output by construction, so a high r2 proves nothing. What matters is whether those units are
// the ones that answer when net load (generation less wind and sun, plus net imports where known) changes. With
// z = change of net load, f = change of output of the regressors that burn something:
//
//   followed_share = sum(z f) / sum(z z)
//
// ERCO 2022: 0.993, fossil plants follow. BPAT 2022: 0.011, rivers do; a fossil factor is then no answer to "what does one
// more kWh cause", and it is refused. Refused below a share of 0.5, an r2 of 0.5, or 10 differences: slope and error are then
// absent. The numbers of the refusal stay.
//
//   2022, COL 1003.7, NG 430, OIL 740: ERCO 520.25, MISO 590.11, PJM 502.75, CISO 327.36, NYIS 328.35 g/kWh
//
// Source: Siler-Evans, Azevedo, Morgan, Environ. Sci. Technol. 46 (2012) 4742, for the differences; the share is ours.
// Units: g/kWh of the factors' boundary. Errors: kInvalid names column and fix; a refusal is no error. Threads: pure.
// Lifetime: values.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "grid/signals/generation_mix.h"

namespace olivine {

inline constexpr double kLeastFollowedShare = 0.5;
inline constexpr double kLeastR2 = 0.5;
inline constexpr std::size_t kFewestDifferences = 10;

struct MarginalModel {
  // One boundary. A factor under a column's own name counts for that column; one under a fuel's name ("coal") counts for
  // regressors that burn that fuel. Columns without a factor change no emissions.
  std::vector<FuelFactor> factors;
  std::vector<std::string> regressors;  // columns; empty: coal, gas and oil with a factor, and hydro
};
enum class MarginalGrouping { kNone, kHourOfDay, kLoadDecile };

struct MarginalFit {
  std::optional<double> slope_g_per_kwh;           // absent when refused
  std::optional<double> standard_error_g_per_kwh;  // absent when refused
  std::optional<double> r2;                        // absent when emissions never change
  std::optional<double> followed_share;            // absent when net load never changes
  std::size_t n = 0;                               // differences
  bool identifiable = false;
  std::string reason;  // why it is refused; "" when it is not
};

struct MarginalGroup {
  int key = 0;                            // hour of the day 0 .. 23 UTC, or decile 1 .. 10, of the later row
  double lower_mw = 0.0, upper_mw = 0.0;  // deciles: the generation that it spans
  MarginalFit fit;
};

struct FollowedBy {  // what follows net load
  std::string column;
  double share = 0.0;
};
struct EmittingColumn {
  std::string column;
  double g_per_kwh = 0.0;
  std::string source;
};

struct MarginalEstimate {
  Boundary boundary = Boundary::kDirect;
  WallInterval period;
  Duration step;
  std::vector<std::string> regressors;
  std::vector<EmittingColumn> factors;  // as used
  std::vector<std::string> followers;   // regressors that burn something
  MarginalFit fit;
  std::vector<MarginalGroup> groups;    // by key, rising; empty without a grouping
  std::vector<FollowedBy> followed_by;  // every column but wind and sun, and "imports": largest share first
  std::size_t dropped_missing = 0;      // pairs with a value that is not known
  std::size_t dropped_gaps = 0;         // pairs further apart than a step
  std::vector<std::string> notes;
};

Result<MarginalEstimate> estimate_marginal(const GenerationMix& mix, const MarginalModel& model,
                                           MarginalGrouping grouping);

// The arithmetic alone, for tests and other models.
struct MarginalDifference {
  double regressors_mw = 0.0, emissions_g_per_kwh_mw = 0.0, net_load_mw = 0.0, followers_mw = 0.0;  // changes
};
MarginalFit fit_through_origin(std::span<const MarginalDifference> differences);

}  // namespace olivine
