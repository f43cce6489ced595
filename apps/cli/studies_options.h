// The options of `olivine studies` and `olivine sci`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct Options;

struct StudiesOptions {
  std::vector<std::string> names;  // run
  std::string name, file;          // show
  std::string data;                // folder that holds impact_tracker/
  bool markdown = false;
};
struct SciOptions {
  std::string file;
  std::string unit;  // which functional unit; "" when there is one
  std::string at;    // export: time of activities that state none
};

void add_studies_commands(CLI::App& app, Options& options);
void add_sci_commands(CLI::App& app, Options& options);

}  // namespace olivine::cli
