#include "apps/cli/studies_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

CLI::App* add(CLI::App* group, Options& o, const char* name, const char* command, const char* help) {
  CLI::App* app = group->add_subcommand(name, help);
  app->callback([&o, command] { o.command = command; });
  return app;
}

}  // namespace

void add_studies_commands(CLI::App& app, Options& o) {
  CLI::App* studies =
      app.add_subcommand("studies", "published accounts, computed again: published, recomputed, difference");
  studies->require_subcommand(1);
  StudiesOptions& s = o.of<StudiesOptions>();
  add_json(add(studies, o, "ls", "studies ls", "list the studies"), o);

  CLI::App* show = add(studies, o, "show", "studies show", "print a study's manifest, to read or to start from");
  show->add_option("NAME", s.name, "the study, e.g. bloom")->required()->type_name("");
  show->add_option("FILE", s.file, "which of its files (default: account.toml)")->type_name("");
  show->footer("Examples:\n  olivine studies show bloom > mine.toml\n  olivine studies show bloom expected.csv");

  CLI::App* run = add(studies, o, "run", "studies run", "compute studies and compare with what was published");
  run->add_option("NAME", s.names, "the studies, e.g. bloom strubell")->type_name("");
  run->add_flag("--all", o.all, "all of them");
  run->add_option("--data", s.data, "folder that holds the raw logs impact_tracker/, which are not shipped")
      ->type_name("DIR");
  run->add_flag("--markdown", s.markdown, "print the tables of docs/methods/studies.md");
  add_json(run, o);
  run->footer(
      "Examples:\n"
      "  olivine studies run bloom\n"
      "  olivine studies run --all --json\n"
      "  olivine studies run henderson --data ~/RL-Energy-Leaderboard/data\n\n"
      "A row marked slip is one where the paper contradicts itself; why says how. A row without a published value is a "
      "check\n"
      "computed from the paper's own inputs. Exit code 1: a row is out of its tolerance.");
}

void add_sci_commands(CLI::App& app, Options& o) {
  CLI::App* sci =
      app.add_subcommand("sci", "Software Carbon Intensity (ISO/IEC 21031) of an account, and Impact Framework files");
  sci->require_subcommand(1);
  SciOptions& s = o.of<SciOptions>();

  CLI::App* show = add(sci, o, "show", "sci show", "the score of an account: boundary, R, E, I, M");
  show->add_option("FILE", s.file, "an account's manifest with a [[functional_unit]]")->required()->type_name("");
  show->add_option("--unit", s.unit, "which functional unit, where there are several")->type_name("NAME");
  add_json(show, o);
  show->footer(
      "Example:\n  olivine sci show account.toml\n\nSCI = (E x I + M) per R, with the location-based intensity: "
      "contracts and certificates cannot lower it.");

  CLI::App* out = add(sci, o, "export", "sci export", "write an account as an Impact Framework manifest (YAML)");
  out->add_option("FILE", s.file, "an account's manifest with a [[functional_unit]]")->required()->type_name("");
  out->add_option("--unit", s.unit, "which functional unit, where there are several")->type_name("NAME");
  out->add_option("--at", s.at, "the time of activities that state none, e.g. 2024-01-01")->type_name("TIME");
  out->footer("Example:\n  olivine sci export account.toml > imp.yml && if-run -m imp.yml");

  CLI::App* in =
      add(sci, o, "import", "sci import", "write an Impact Framework manifest as an account's manifest (TOML)");
  in->add_option("FILE", s.file, "an Impact Framework manifest, computed or not")->required()->type_name("");
  in->footer(
      "Example:\n  olivine sci import imp.yml > account.toml && olivine sci show account.toml\n\nPlugins are programs "
      "and are not run: what the file states is read, the rest is unknown.");
}

}  // namespace olivine::cli
