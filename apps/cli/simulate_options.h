// The options of `olivine simulate`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct SimulateOptions {
  std::vector<std::string> policies{"at_once", "start_within", "mpc", "double_threshold", "oracle"};
  std::vector<std::string> zones, forecasts{"yesterday"}, merge;
  std::vector<std::uint64_t> seeds{1};
  std::string signal = "average", trace, intensity, replay, start = "2022-01-03T00:00:00Z", slot = "1h", pause_cost,
              pause_time;
  std::string power = "1kW", median_length = "2h", least_slack = "6h", part;
  double slack = 2.0;
  int days = 28, jobs = 200, threads = 0;
  bool no_pause = false;
};

void add_simulate_command(CLI::App& app, Options& options);

int simulate_command(App& app);

}  // namespace olivine::cli
