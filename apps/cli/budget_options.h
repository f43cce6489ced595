// The options of `olivine run` about a budget, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct Options;

struct BudgetOptions {
  std::string budget;  // "2kWh", "500g", "3eur"; "" none
  std::string on_budget = "warn";
  std::string grace = "30s";  // between SIGTERM and SIGKILL
};

void add_budget_options(CLI::App* run, Options& options);

}  // namespace olivine::cli
