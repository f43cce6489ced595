// The options of `olivine estimate`, and where they are declared to the parser. Two modes share the struct: from the first
// epochs of a run (--after-epochs), and from hardware and hours before anything has run.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct EstimateOptions {
  // From the first epochs of a run (estimate_epochs_command.cc).
  std::string run;
  std::optional<std::int64_t> after_epochs;
  std::optional<std::int64_t> of;  // epochs planned
  std::string budget;              // "2kWh", "500g", "3eur"
  bool may_stop = false;           // early stopping is possible
};

void add_estimate_command(CLI::App& app, Options& options);

int estimate_command(App& app);

}  // namespace olivine::cli
