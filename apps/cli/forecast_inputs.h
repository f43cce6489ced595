// What `grid forecast` and `grid backtest` read before they work: the series, the weather, a peer's forecasts, XGBoost.
//
// Units: none. Errors: those of the files, and kInvalid for dates. A missing XGBoost is said on stderr. Threads: one.
// Lifetime: values.
#pragma once

#include <optional>

#include "apps/cli/app.h"
#include "apps/cli/forecast_options.h"
#include "grid/forecast/backtest.h"
#include "grid/intensity.h"

namespace olivine::cli {

struct ForecastInputs {
  ForecastInput input;
  std::optional<PeerForecast> peer;
  BoostedTrees::Library library;     // null: none
  std::optional<Boundary> boundary;  // of a stored data set; a file does not say
};
Result<ForecastInputs> read_forecast_inputs(const App& app);
// --from and --to, both included; without them the last 90 days of the data.
Result<WallInterval> backtest_span(const ForecastOptions& options, const HourlyTable& table);

}  // namespace olivine::cli
