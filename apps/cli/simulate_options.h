// The options of simulate, as typed. Errors, Threads, Lifetime: as options.h.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct SimulateOptions {
  std::string policies = "at_once,last_week_quantile,mpc", intensity, zones, trace = "generated", forecast = "panel", part = "1/1";
  std::vector<std::string> merge;  // files of parts
  std::size_t jobs = 1000, seeds = 1, threads = 0;  // threads 0: all cores
  double switch_cost_g = 0.0, trust = 0.5;
};

void add_simulate_command(CLI::App& app, Options& options);

int simulate_command(App& app);

}  // namespace olivine::cli
