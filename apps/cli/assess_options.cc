#include "apps/cli/assess_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_assess_command(CLI::App& app, Options& o) {
  CLI::App* assess =
      app.add_subcommand("assess", "recorded runs at another place, time or factor: the same joules, assessed anew");
  assess->callback([&o] { o.command = "assess"; });
  assess->footer(
      "Examples:\n"
      "  olivine assess last --zone PL --at 2023-01\n"
      "  olivine assess bert --zones FR,DE,PL,US-CAL-CISO --signal marginal\n"
      "  olivine assess last --pue 1.1 --contract 60%@0g --residual 400g\n"
      "  olivine assess last --intensity 400g --boundary direct --upstream 60g --loss 6%\n\n"
      "--at a month begins the run at every hour of it: the mean, and the lowest and highest start. Average and "
      "marginal answer\n"
      "different questions: both are shown, the marginal one is for differences only. Nothing in the ledger is "
      "changed.");
  AssessOptions& a = o.of<AssessOptions>();
  assess->add_option("RUN", a.runs, "ids, first digits of ids, or names; several are summed (default: last)")
      ->type_name("");
  assess->add_option("--zone", a.zone, "where (default: where it ran)")->type_name("ZONE");
  assess->add_option("--zones", a.zones, "several places, compared")->delimiter(',')->type_name("ZONE,...");
  assess->add_option("--at", a.at, "when: a month 2023-01, a day, or a time 2023-01-15T18:00Z (default: when it ran)")
      ->type_name("TIME");
  assess->add_option("--signal", a.signal, "what a comparison of zones is sorted by: average or marginal")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL")
      ->capture_default_str();
  assess->add_option("--boundary", a.boundary, "direct (at the stack) or lifecycle (with upstream)")
      ->check(CLI::IsMember({"direct", "lifecycle"}))
      ->type_name("BOUNDARY");
  assess->add_option("--dataset", a.dataset, "this stored data set and no other, by its hash (olivine grid data ls)")
      ->type_name("HASH");
  assess->add_option("--intensity", a.intensity, "a factor of your own per kWh, e.g. 400g")->type_name("GRAMS");
  assess->add_option("--upstream", a.upstream, "upstream part of a direct --intensity, e.g. 60g")->type_name("GRAMS");
  assess->add_option("--loss", a.loss, "what the grid loses of what enters it, e.g. 6%")->type_name("SHARE");
  assess->add_option("--pue", a.pue, "power usage effectiveness, e.g. 1.2")->type_name("RATIO");
  assess->add_option("--price", a.price, "price of a kWh")->type_name("PRICE");
  assess->add_option("--currency", a.currency, "currency of the price")->type_name("NAME");
  assess->add_option("--wue-site", a.wue_site, "litres a kWh evaporated on site, e.g. 1.8")->type_name("L/KWH");
  assess->add_option("--wue-grid", a.wue_grid, "litres a kWh consumed at the power station, e.g. 3.1")
      ->type_name("L/KWH");
  assess
      ->add_option("--contract", a.contracts,
                   "part of the energy under contract and its grams a kWh, e.g. 60%@0g or 2MWh@25g")
      ->type_name("PART@GRAMS")
      ->allow_extra_args(false);
  assess
      ->add_option("--residual", a.residual,
                   "residual mix for what is under no contract, e.g. 400g; none: nobody publishes one")
      ->type_name("GRAMS");
  assess->add_option("--meter", a.meter, "own: electricity is scope 2; supplier (cloud, colocation): all is scope 3")
      ->check(CLI::IsMember({"own", "supplier"}))
      ->type_name("WHOSE")
      ->capture_default_str();
  assess
      ->add_option("--explain", a.explain,
                   "where a figure came from, in place of the summary, e.g. carbon (one run, one zone)")
      ->type_name("FIGURE");
  assess->add_flag("--ascii", o.ascii, "draw trees with ASCII characters");
  assess->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  assess->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
