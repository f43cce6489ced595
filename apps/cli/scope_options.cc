#include "apps/cli/scope_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_scope_command(CLI::App& app, Options& o) {
  CLI::App* scope =
      app.add_subcommand("scope", "inside of a measured script: run a command whose energy has a line of its own");
  scope->callback([&o] { o.command = "scope"; });
  scope->footer(
      "Examples, in a script that is started with: olivine run -- ./pipeline.sh\n"
      "  olivine scope prepare -- python prepare.py\n"
      "  olivine scope train -- python train.py      # scopes in train.py are within it: train/epoch\n"
      "  olivine scope train --quota 300Wh --on-quota stop -- python train.py\n"
      "  olivine scope answer --service-level 'latency p95 < 50ms' -- ./answer\n\n"
      "The command finds who it belongs to in TRACEPARENT (W3C trace context). Where no olivine run measures the "
      "script it runs\n"
      "all the same. In Python: with olivine.scope(\"train\"): ... olivine show has the bill of each scope.\n\n"
      "A quota is granted as far as the scopes around it and the run's --budget have some left. Inside, olivine quota "
      "says what is left.\n"
      "What is counted while the command runs is modelled; the bill in olivine show says what it used, and whether the "
      "level was kept.\n\n"
      "Exit code: the command's own; 128+N when signal N ended it; 126 not executable, 127 not found; 124 when "
      "--on-quota stop ended it.");
  scope->add_option("NAME", o.of<ScopeOptions>().name, "of the scope")->required()->type_name("");
  ScopeOptions& s = o.of<ScopeOptions>();
  CLI::Option* quota = scope->add_option("--quota", s.quota, "what it may use, with all that is within: 300Wh, 500g")
                           ->type_name("AMOUNT");
  scope->add_option("--on-quota", s.on_quota, "when it is used up: warn (default), or stop: exit code 124")
      ->check(CLI::IsMember({"warn", "stop"}))
      ->type_name("WHAT")
      ->needs(quota);
  scope->add_option("--quota-grace", s.grace, "stop: from SIGTERM to SIGKILL")
      ->type_name("DURATION")
      ->capture_default_str()
      ->needs(quota);
  scope
      ->add_option("--service-level", s.level,
                   "what it promises: 'latency p95 < 50ms, throughput > 100/s, accuracy > 0.9, deadline 2h'")
      ->type_name("LEVEL");
}

void add_quota_command(CLI::App& app, Options& o) {
  CLI::App* quota =
      app.add_subcommand("quota", "inside of a scope that has a quota: what it has used and what is left");
  quota->callback([&o] { o.command = "quota"; });
  quota->footer(
      "Example, in a script that is started with: olivine run -- olivine scope train --quota 300Wh -- ./train.sh\n"
      "  while olivine quota -q; do ./one_more_round; done\n\n"
      "The scope is that of TRACEPARENT, or the nearest around it that has a quota. What is counted while it\nruns is "
      "modelled; the bill is in olivine show.\n\n"
      "Exit code: 0 some is left; 1 it is used up, or that of a scope around it,\nor the run's budget; 3 not "
      "known: no olivine run, no quota, no meter,\nor nothing was counted for 3 s.");
  quota->add_flag("-q,--quiet", o.of<QuotaOptions>().quiet, "only the exit code");
  add_json(quota, o);
}

}  // namespace olivine::cli
