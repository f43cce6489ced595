// The options of `olivine compare`, and where they are declared to the parser.
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

struct CompareOptions {
  std::vector<std::string> sides;  // each "RUN[,RUN...]"
  bool repeats = false;            // a side is every finished run of that name
  std::vector<double> counts;      // one a side
  std::string unit = "unit";
};

void add_compare_command(CLI::App& app, Options& options);

int compare_command(App& app);

}  // namespace olivine::cli
