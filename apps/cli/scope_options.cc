#include "apps/cli/scope_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_scope_command(CLI::App& app, Options& o) {
  CLI::App* scope = app.add_subcommand("scope", "inside of a measured script: run a command whose energy has a line of its own");
  scope->callback([&o] { o.command = "scope"; });
  scope->footer(
      "Examples, in a script that is started with: olivine run -- ./pipeline.sh\n"
      "  olivine scope prepare -- python prepare.py\n"
      "  olivine scope train -- python train.py      # scopes in train.py are within it: train/epoch\n\n"
      "The command finds who it belongs to in TRACEPARENT (W3C trace context). Where no olivine run measures the script it runs\n"
      "all the same. In Python: with olivine.scope(\"train\"): ... olivine show has the bill of each scope.\n\n"
      "Exit code: the command's own; 128+N when signal N ended it; 126 not executable, 127 not found.");
  scope->add_option("NAME", o.of<ScopeOptions>().name, "of the scope")->required()->type_name("");
}

}  // namespace olivine::cli
