#include "apps/cli/estimate_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/estimate_ahead_options.h"
#include "apps/cli/options.h"

namespace olivine::cli {

void add_estimate_command(CLI::App& app, Options& o) {
  CLI::App* estimate =
      app.add_subcommand("estimate", "what work will use: before it runs, or from the first epochs of a run");
  estimate->callback([&o] { o.command = "estimate"; });
  estimate->footer(
      "Examples:\n"
      "  olivine estimate --gpus 8xH100-SXM --hours 96 --zone SE --provider aws\n"
      "  olivine estimate --gpus 64xA100-SXM4-80GB --params 7e9 --tokens 2e12 --zone FR --write plan.toml\n"
      "  olivine estimate --after-epochs 2 --of 90            # of the run that is going on, or was last\n"
      "  olivine estimate bert --after-epochs 5 --of 90 --budget 2kWh\n"
      "  olivine estimate last --after-epochs 3 --of 90 --may-stop --json\n\n"
      "Epochs are what the program marked: from olivine import epoch, or olivine mark epoch 3 in a script. The range "
      "holds what\n"
      "olivine run will show, in 95 of 100 trainings; how well the meters or models know it comes on top and is "
      "printed.\n"
      "Exit code 1: the budget will more likely than not be exceeded.");
  EstimateOptions& e = o.of<EstimateOptions>();
  estimate->add_option("RUN", e.run, "id, the first digits of an id, a name, or 'last' (default)")->type_name("");
  estimate->add_option("--after-epochs", e.after_epochs, "predict from the first so many epochs")->type_name("N");
  estimate->add_option("--of", e.of, "how many epochs are planned (default: what the program said)")->type_name("N");
  estimate->add_option("--budget", e.budget, "energy, carbon or money that may be used, e.g. 2kWh, 500g, 3eur")
      ->type_name("AMOUNT");
  estimate->add_flag("--may-stop", e.may_stop,
                     "early stopping is possible: the range begins with a stop at the next epoch");
  add_estimate_ahead(*estimate, o);
  estimate->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  estimate->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
