// Options of the grid's service commands, as typed.
//
// Units: as typed. Errors: the commands check the values. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct GridFetchOptions {
  std::string zone, provider, from, to, signal, boundary, endpoint;
  bool online = false, offline = false;
};

struct ServeReplayOptions {
  std::string from, fault, log;
  double speed = 1;
  unsigned port = 0, seed = 0;
  std::vector<std::string> data;
};

void add_grid_services(CLI::App& grid, Options& options);

int grid_fetch_command(App& app);
int grid_serve_replay_command(App& app);

}  // namespace olivine::cli
