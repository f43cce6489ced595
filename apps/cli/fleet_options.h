// Options of `olivine fleet`, as typed.
//
// Units: as typed. Errors: usage errors by CLI11. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct FleetArguments {
  std::vector<std::string> files;
  std::string by = "all", zone, intensity, unit, boundary = "lifecycle", device_map;
  std::optional<double> pue, core_w;
  std::vector<std::string> capacity, saved;  // "a100=384", "caching=6.7"
};

struct App;
struct Options;
void add_fleet_command(CLI::App& app, Options& options);

int fleet_command(App& app);

}  // namespace olivine::cli
