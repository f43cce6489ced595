// The options of `olivine assess`, and where they are declared to the parser.
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

struct AssessOptions {
  std::vector<std::string> runs;  // empty: the last
  std::string zone;               // "" with no zones: each run's own
  std::vector<std::string> zones;
  std::string at;                  // "2023-01", "2023-01-15", a time; "" when it ran
  std::string signal = "average";  // what a table of zones is sorted by
  std::string boundary, dataset, intensity, upstream, loss;
  std::string pue, price, currency, wue_site, wue_grid;
  std::vector<std::string> contracts;
  std::string residual;
  std::string meter = "own";
  std::string explain;
};

void add_assess_command(CLI::App& app, Options& options);

int assess_command(App& app);

}  // namespace olivine::cli
