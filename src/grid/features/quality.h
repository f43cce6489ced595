// Quality: whether the features of a view can be trusted: leakage, freshness, null rate and drift.
//
//   leakage     recomputes features at times before a cut after every row that became known later was altered and moved; any
//               feature that changes has seen the future. Also counts rows ingested before their event time (a value known
//               before it happened: a forecast under the name of a measurement).
//   freshness   age of each entity's newest event at the time of the check, against the ttl.
//   null_rate   part of the questions without an answer, a feature.
//   psi         population stability index between the times before and after a split: sum over ten bins, cut at the deciles of
//               the earlier part, of (q - p) ln(q / p), with half a row added to every bin so that an empty one is finite.
//               Below 0.1 is usually read as stable, above 0.25 as moved (Siddiqi, "Credit Risk Scorecards", 2006).
//   ks          two-sample Kolmogorov-Smirnov distance, the largest gap between the two distribution functions; reported.
//
// Units: rates and distances are fractions; ages in hours. Errors: those of compute. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "grid/features/rows.h"
#include "grid/features/view.h"

namespace olivine::features {

struct QualityLimits {
  double null_rate = 0.05, psi = 0.25;
};

struct QualityFinding {
  std::string check, subject;   // "psi", "load_lag_24h"
  std::optional<double> value;  // absent: cannot be told, `note` says why
  std::optional<double> limit;  // absent: reported only
  bool good = true;
  std::string note;
};

struct QualityQuestion {
  std::int64_t begin_ns, end_ns, step_ns;  // the times that are looked at, for every entity
  std::int64_t split_ns;                   // reference before, current from here on
  std::int64_t now_ns;                     // freshness
};

Result<std::vector<QualityFinding>> check_quality(const FeatureView& view, const Rows& rows,
                                                  const QualityQuestion& question, const QualityLimits& limits);

// Nulls are left out. Absent with fewer than 20 values on a side.
std::optional<double> stability_index(std::vector<double> reference, const std::vector<double>& current);
std::optional<double> kolmogorov_smirnov(std::vector<double> a, std::vector<double> b);

}  // namespace olivine::features
