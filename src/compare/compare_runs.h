// Compares two or more sides, each one run or several repeats of it: what they used, and whether the difference can be told.
//
// A difference knows two kinds of uncertainty. What the runs share (a sensor's gain, an intensity, a PUE) moves both sides in step
// and mostly cancels: each shared input is moved to its bounds and the ratio B / A computed again (units/estimate.h). How repeats
// scatter is seen in repeats only: Welch's interval of the mean logarithms (Welch, Biometrika 34, 1947) with Satterthwaite's degrees of
// freedom. The two combine in quadrature. Of one run each, the scatter is not known, and the answer says so.
//
//   A 100 J, B 88 J, one meter with 5 % gain error: B used 12 % less; the gain cancels
//   A 100, 104, 98 J and B 88, 90, 86 J: 12.6 % [8.6, 16.4] less
//
// Units: J, g, s. Errors: kInvalid: fewer than two sides, a side without runs. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "units/estimate.h"

namespace olivine {

struct Bounds {
  double lower = 0.0, upper = 0.0;
};

struct ComparedRun {
  std::string id, name, status;
  std::optional<Spread> energy_j, carbon_g;  // absent: unknown
  std::optional<double> duration_s;          // absent: an account, which has none
  // Its own 95 % range where the moves of the spread do not make it: an account's is Monte Carlo's. Of a side of this run alone.
  std::optional<Bounds> energy_bounds_j{}, carbon_bounds_g{};
};

struct ComparedSide {
  std::string name;
  std::vector<ComparedRun> runs;
  double units = 0.0;  // what each of its runs produced; 0: not stated
};

// A mean of the side's runs with its 95 % range, shared inputs and scatter together.
struct SideMean {
  double value = 0.0, lower = 0.0, upper = 0.0;
};

// B / A - 1.
struct RelativeDifference {
  std::string unknown;  // why it cannot be said; "" when it can
  double value = 0.0, lower = 0.0, upper = 0.0;
  double ratio = 1.0, ratio_lower = 1.0, ratio_upper = 1.0;  // B / A, exact also where the difference rounds to -1
  double lower_shared = 0.0, upper_shared = 0.0;             // of the meters and factors alone
  std::optional<double> scatter;  // half width of the scatter's part, as a logarithm; absent: no repeats
  bool distinguishable() const { return unknown.empty() && (lower > 0.0 || upper < 0.0); }
};

struct SideReport {
  std::string name;
  std::vector<std::string> run_ids;
  std::optional<SideMean> energy_j, carbon_g, duration_s;
  double units = 0.0;
  RelativeDifference energy, carbon, duration;  // against the first side; of the first side all 0
};

struct CompareReport {
  std::vector<SideReport> sides;
  std::vector<std::string> notes;
};

Result<CompareReport> compare_sides(const std::vector<ComparedSide>& sides);

// From four times on, and from a hundredth down, a difference is said as a factor: "B used 12 times [11, 13] the energy of A", "B used
// 1/3400 [1/3600, 1/3200] of the energy of A".
// "B used 12 % [8, 16] less energy than A" (and that the scatter is missing, where a side has one run), "the carbon of B and A cannot be told apart (-3 % [-9, 4])".
std::string verdict_of(const SideReport& side, const std::string& first, std::string_view what,
                       const RelativeDifference& difference);

}  // namespace olivine
