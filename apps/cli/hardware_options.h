// The options of `olivine hardware`, and where they are declared to the parser.
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

struct HardwareOptions {
  std::string name, text, kind;
  int limit = 50;  // ls: rows; 0: all
};

void add_hardware_commands(CLI::App& app, Options& options);

int hardware_show_command(App& app);
int hardware_ls_command(App& app);

}  // namespace olivine::cli
