// Backtest: what the forecasts of a span of days would have been, and how good they were, beside a peer's for the same hours.
//
// Issued daily at 00:00 UTC. Scores are day-ahead (the first 24 hours); the captured saving is that of a job of 12 hours in the 48
// after the issue. Warm-up issues before the span give the ensemble its weights and the ranges their errors; they are not scored.
// Ranges are of 90 %, adaptive conformal (conformal.h).
//
// Units: g/kWh, percent where the name says so, shares 0..1. Errors: kInvalid when the data are too few before the span (how
// many are needed), or the span lies outside them. Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grid/forecast/conformal.h"
#include "grid/forecast/ensemble.h"
#include "grid/forecast/rolling.h"

namespace olivine {

inline constexpr std::size_t kJobHours = 12;
inline constexpr std::size_t kSavingDays = 2;
inline constexpr std::size_t kLeastDays = 150;  // of data before the first forecast of a trained model
inline constexpr std::size_t kWarmUpDays = 62;

struct PeerForecast {
  HourlyTable table;
  std::string column;  // empty: carbon_from_src_forecasts, else the only one whose name holds "forecast"
};

struct BacktestSettings {
  WallTime from, to;  // the days issued: [from, to), both at 00:00 UTC
  std::size_t warm_up_days = kWarmUpDays;
  RollingSettings models;
  EnsembleSettings ensemble;
  ConformalSettings conformal;
};

struct ModelScore {
  std::string name;
  std::size_t hours = 0;  // scored
  double mape_percent = 0.0, wmape_percent = 0.0, mae_g_per_kwh = 0.0;
  double second_day_mape_percent = 0.0;    // NaN: not known, as below
  double pinball = 0.0;                    // mean of the quantiles 0.05, 0.5 and 0.95
  double coverage90 = 0.0, width90 = 0.0;  // of its own ranges
  double saving_percent = 0.0, captured_saving = 0.0;
};
struct DayScore {
  WallTime issued_at;
  double mape_percent = 0.0, coverage90 = 0.0, width90 = 0.0;  // of the ensemble
  double peer_mape_percent = 0.0;
  double saving_percent = 0.0, oracle_saving_percent = 0.0;
};
struct QuarterScore {
  std::string quarter;  // "2021-Q3"
  std::size_t hours = 0;
  double mape_percent = 0.0, coverage90 = 0.0, width90 = 0.0;
};
struct BacktestReport {
  std::string zone;
  WallTime from, to;
  std::vector<ModelScore> models;  // the last is the ensemble
  std::optional<ModelScore> peer;  // its ranges and savings are not known
  std::vector<std::pair<std::string, double>> last_weights;
  std::vector<QuarterScore> quarters;
  std::vector<DayScore> days;
  double oracle_saving_percent = 0.0;
  std::string data_hash;
  std::vector<std::string> notes;
  const ModelScore& ensemble() const { return models.back(); }
};

// `library` may be null: then the ensemble is ridge alone with the naive models, and a note says so.
Result<BacktestReport> run_backtest(const ForecastInput& input, const std::optional<PeerForecast>& peer,
                                    const BacktestSettings& settings, const BoostedTrees::Library& library,
                                    const Progress& progress);

// Members of the ensemble among these tracks: the learned ones, or, without trees, ridge and persistence.
std::vector<const ModelTrack*> ensemble_members(const std::vector<ModelTrack>& models);
// Content hash of what a forecast reads.
std::string hash_of(const ForecastInput& input);

}  // namespace olivine
