// Forecast: a zone's intensity for the next hours, from its past and a weather forecast, with ranges, or a clear reason why not.
//
// Issued at the end of the data, or at `at`: nothing at or after it is read but the weather forecast. With enough data (212 days) the
// ensemble of ridge and boosted trees answers, with less the seasonal naive forecast, which the notes and `model` then say; with
// less than eight days nobody does. Weather that does not reach the end of the forecast is left out, and a note says so.
// Ranges are of 95 %, as everywhere in an IntensitySeries, by adaptive conformal inference on the last 62 days.
//
//   auto forecast = make_forecast({.zone = "FR", .intensity = table}, settings, library, progress);
//   forecast->series.points[0]      // the hour after issued_at
//
// Units: g/kWh, UTC. Errors: kInvalid for a horizon beyond 168 h or too few data; those of the inputs. Threads: one.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grid/forecast/backtest.h"
#include "grid/intensity.h"

namespace olivine {

// A trained model as it can be kept: what was trained, on what, how.
struct ModelRecord {
  std::string zone;
  WallTime issued_at, trained_from, trained_to;
  std::string data_hash;
  std::uint32_t seed = 0;
  std::string xgboost_version;  // empty without trees
  std::vector<std::string> features;
  std::vector<std::pair<std::string, double>> weights;  // of the ensemble, first day
  std::vector<TrainedLead> leads;
};

struct Forecast {
  WallTime issued_at;
  std::string model;  // "ensemble" or "seasonal_naive"
  IntensitySeries series;
  std::optional<ModelRecord> trained;  // empty of seasonal_naive
};

struct ForecastSettings {
  std::size_t horizon_hours = 96;
  std::optional<WallTime> at;
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
  std::string gases = "co2e";
  RollingSettings models;
  EnsembleSettings ensemble;
  ConformalSettings conformal{.miss_each_side = 0.025};
};

Result<Forecast> make_forecast(const ForecastInput& input, const ForecastSettings& settings,
                               const BoostedTrees::Library& library, const Progress& progress);

}  // namespace olivine
