// The options of `olivine breakeven`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct BreakevenOptions {
  std::string old_choice, new_choice;
  std::string activity, sleep;  // "" : the default use of a server, never asleep
  std::string intensity, zone;  // of the use place
  std::string fab_intensity, fab_zone;
  std::string pue, life;
  std::string map;  // "", "sleep", "intensity"
  std::string svg;  // file
  std::size_t samples = 20'000;
  std::size_t seed = 1;
};

void add_breakeven_command(CLI::App& app, Options& options);

int breakeven_command(App& app);

}  // namespace olivine::cli
