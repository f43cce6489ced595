// The options of `olivine supply`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct SupplyOptions {
  std::string file, power, at = "now", length = "5min", charge;  // charge: a percentage
  std::vector<std::string> zones;
  std::string intensity;
};

void add_supply_command(CLI::App& app, Options& options);

int supply_command(App& app);

}  // namespace olivine::cli
