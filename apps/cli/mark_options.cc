#include "apps/cli/mark_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_mark_command(CLI::App& app, Options& o) {
  CLI::App* mark =
      app.add_subcommand("mark", "inside of a measured script: say where an epoch begins, or that something happened");
  mark->callback([&o] { o.command = "mark"; });
  mark->footer(
      "Examples, in a script that is started with: olivine run -- ./train.sh\n"
      "  olivine mark epoch 3        # epoch 3 begins; it lasts until the next one, or until the run ends\n"
      "  olivine mark epoch 3/90     # epoch 3 of 90 planned ones\n"
      "  olivine mark epoch end      # the epoch ends here\n"
      "  olivine mark checkpoint     # something happened\n\n"
      "Where no olivine run measures the script this does nothing. In Python: from olivine import epoch, mark.\n"
      "olivine show has the epochs; olivine estimate --after-epochs predicts the whole training from the first ones.");
  mark->add_option("NAME", o.of<MarkOptions>().name, "epoch, or a name for what happened")->required()->type_name("");
  mark->add_option("NUMBER", o.of<MarkOptions>().number, "of the epoch: 3, 3/90, or end (default: the next one)")
      ->type_name("");
}

}  // namespace olivine::cli
