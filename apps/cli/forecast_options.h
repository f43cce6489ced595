// The options of `grid forecast` and `grid backtest`.
//
// Units: as typed. Errors: CLI11's. Threads: pure. Lifetime: `options` outlives the parse.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct ForecastOptions {
  std::string zone;  // or a file
  std::string name;  // of the zone in the report
  std::string data_file, weather_file, peer_file;
  std::string column;        // of the intensity
  std::string from, to, at;  // dates, an hour
  std::string horizon = "96h";
  std::string boundary;
  std::string save_model;  // a directory
  unsigned seed = 1;
  bool no_trees = false;
};

void add_grid_forecasts(CLI::App& grid, Options& options);

int grid_forecast_command(App& app);
int grid_backtest_command(App& app);

}  // namespace olivine::cli
