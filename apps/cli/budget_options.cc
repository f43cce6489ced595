#include "apps/cli/budget_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_budget_options(CLI::App* run, Options& o) {
  BudgetOptions& b = o.of<BudgetOptions>();
  constexpr const char* kGroup = "How much (a budget)";
  CLI::Option* budget =
      run->add_option("--budget", b.budget,
                      "what the run may use: 2kWh, 500g, or 3eur with --price; said at 80 % and 100 %")
          ->type_name("AMOUNT")
          ->group(kGroup);
  run->add_option("--on-budget", b.on_budget,
                  "then warn (default); pause, until fg or kill -CONT grants it again; or stop: exit code 124")
      ->check(CLI::IsMember({"warn", "pause", "stop"}))
      ->type_name("WHAT")
      ->group(kGroup)
      ->needs(budget);
  run->add_option("--budget-grace", b.grace, "stop: from SIGTERM to SIGKILL")
      ->type_name("DURATION")
      ->capture_default_str()
      ->group(kGroup)
      ->needs(budget);
}

}  // namespace olivine::cli
