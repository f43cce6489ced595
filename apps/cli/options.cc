#include "apps/cli/options.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "apps/cli/account_options.h"
#include "apps/cli/assess_options.h"
#include "apps/cli/breakeven_options.h"
#include "apps/cli/budget_options.h"
#include "apps/cli/compare_options.h"
#include "apps/cli/empty_value.h"
#include "apps/cli/estimate_options.h"
#include "apps/cli/features_options.h"
#include "apps/cli/fleet_options.h"
#include "apps/cli/forecast_options.h"
#include "apps/cli/grid_data_options.h"
#include "apps/cli/grid_marginal_options.h"
#include "apps/cli/grid_options.h"
#include "apps/cli/hardware_options.h"
#include "apps/cli/help_text.h"
#include "apps/cli/import_options.h"
#include "apps/cli/jobs_options.h"
#include "apps/cli/mark_options.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/schedule_options.h"
#include "apps/cli/scope_options.h"
#include "apps/cli/simulate_options.h"
#include "apps/cli/studies_options.h"
#include "apps/cli/supply_options.h"
#include "base/text.h"
#include "engine/config.h"

namespace olivine::cli {
namespace {

// Flags that are settings share one name with the configuration key; the value is checked by Config::load.
void add_setting(CLI::App* app, Options& options, const std::string& flag, const std::string& key,
                 const std::string& help, const std::string& type) {
  app->add_option_function<std::string>(
         flag, [&options, key](const std::string& v) { options.settings[key] = v; }, help)
      ->type_name(type);
}

void add_switch(CLI::App* app, Options& options, const std::string& flag, const std::string& key,
                const std::string& help) {
  app->add_flag_callback(flag, [&options, key] { options.settings[key] = "true"; }, help);
}

}  // namespace

void add_json(CLI::App* app, Options& options) {
  app->add_flag("--json", options.json, "print JSON in place of text (--json=FILE writes it to a file)");
  app->add_option("--json-file", options.json_file, "")->group("");
}

namespace {

void add_run_argument(CLI::App* app, Options& options) {
  app->add_option("RUN", options.run, "id, the first digits of an id, a name, or 'last' (default)")->type_name("");
}

CLI::App* add_run(CLI::App& app, Options& o) {
  CLI::App* run = app.add_subcommand(
      "run", "measure a command and everything it starts: olivine run [OPTIONS] -- COMMAND [ARGUMENTS...]");
  run->callback([&o] { o.command = "run"; });
  run->footer(
      "Examples:\n"
      "  olivine run -- python train.py\n"
      "  olivine run --name bert --project nlp --zone FR --pue 1.2 -- python train.py --epochs 3\n"
      "  olivine run --json=run.json -q -- ./train.sh\n"
      "  olivine run --zone FR --start-within 12h --expect 3h -- python train.py\n"
      "  olivine run --zone DE --finish-within 24h --expect 8h -- python train.py\n"
      "  olivine run --budget 2kWh --on-budget stop -- python train.py\n\n"
      "Exit code: the command's own; 128+N when signal N ended it; 125 olivine could not start it, 126 not "
      "executable,\n"
      "127 not found; with --strict 125 also for measuring trouble; 124 --on-budget stop ended it.");
  run->add_option("--name", o.name, "a name for this run")->type_name("NAME");
  add_setting(run, o, "--project", "project", "the project that this run belongs to", "NAME");
  add_setting(run, o, "--zone", "zone", "electricity grid zone, e.g. FR, DE, US-CA (olivine grid zones TEXT)", "ZONE");
  add_setting(run, o, "--pue", "pue", "power usage effectiveness of the data centre, e.g. 1.2", "RATIO");
  add_setting(run, o, "--interval", "interval", "time between readings, e.g. 100ms (default: from the sensors)",
              "DURATION");
  add_setting(run, o, "--idle", "idle", "idle energy charged to the run: share, reserved, exclude or all", "POLICY");
  add_setting(run, o, "--plane", "plane", "chip, or node: add rest of node and power supply (assumed)", "PLANE");
  add_setting(run, o, "--price", "price_per_kwh", "price of a kWh, for the cost", "PRICE");
  add_setting(run, o, "--currency", "currency", "currency of the price", "NAME");
  add_setting(run, o, "--reserved", "reserved_fraction",
              "part of the machine reserved for the run, for --idle reserved", "0..1");
  add_json(run, o);
  run->add_flag("-q,--quiet", o.quiet, "print no summary");
  run->add_option("-o,--output", o.output_file, "write the summary to FILE, not to stderr")->type_name("FILE");
  add_switch(run, o, "--strict", "strict", "measuring trouble is an error (exit 125)");
  return run;
}

// Whether a line says anything that the options above do not know: then the rest of them are wanted, or their help, or an error that
// has to know them all. Making them costs a plain run more than reading its line.
bool asks_for_more(const std::vector<std::string>& own, const CLI::App& app, const CLI::App& run) {
  return std::any_of(own.begin(), own.end(), [&](const std::string& word) {
    if (!word.starts_with('-')) return false;
    const std::string name = word.substr(0, word.find('='));
    if (name == "-h" || name.starts_with("--help")) return true;
    return run.get_option_no_throw(name) == nullptr && app.get_option_no_throw(name) == nullptr;
  });
}

void add_history(CLI::App& app, Options& o) {
  CLI::App* ls = app.add_subcommand("ls", "list recorded runs, newest first");
  ls->callback([&o] { o.command = "ls"; });
  ls->add_flag("--all", o.all, "removed runs too");
  add_setting(ls, o, "--project", "project", "only runs of this project", "NAME");
  add_json(ls, o);

  CLI::App* show = app.add_subcommand("show", "everything about a run");
  show->callback([&o] { o.command = "show"; });
  add_run_argument(show, o);
  add_json(show, o);
  show->footer("Examples:\n  olivine show\n  olivine show bert --json");

  CLI::App* explain = app.add_subcommand("explain", "where a number came from, down to raw readings and factor rows");
  explain->callback([&o] { o.command = "explain"; });
  add_run_argument(explain, o);
  explain
      ->add_option("FIGURE", o.figure, "energy, carbon, or a key of the record such as energy_j.idle (default: both)")
      ->type_name("");
  explain->add_flag("--ascii", o.ascii, "draw the tree with ASCII characters");
  explain->footer("Examples:\n  olivine explain last energy\n  olivine explain bert emissions_g.embodied");

  CLI::App* verify =
      app.add_subcommand("verify", "compute a run again from its raw readings; exit 1 names what differs");
  verify->callback([&o] { o.command = "verify"; });
  add_run_argument(verify, o);
  add_json(verify, o);

  CLI::App* rm = app.add_subcommand("rm", "remove runs; a tombstone with id and times stays");
  rm->callback([&o] { o.command = "rm"; });
  rm->add_option("RUN", o.runs, "ids, first digits of ids, or names")->required()->type_name("");

  CLI::App* out = app.add_subcommand("export", "write runs as JSON or CSV to stdout");
  out->callback([&o] { o.command = "export"; });
  out->add_option("RUN", o.runs, "which runs (default: all)")->type_name("");
  out->add_option("--format", o.format, "json or csv")
      ->check(CLI::IsMember({"json", "csv"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  out->footer("Examples:\n  olivine export --format csv > runs.csv\n  olivine export last");
}

void add_grid(CLI::App& app, Options& o) {
  CLI::App* grid = app.add_subcommand("grid", "electricity grids");
  grid->require_subcommand(1);
  CLI::App* zones =
      grid->add_subcommand("zones", "zones, cloud regions and marginal regions whose key or name contains TEXT");
  zones->callback([&o] { o.command = "grid zones"; });
  zones->add_option("TEXT", o.text, "part of a key or a name, e.g. fr, virginia, eu-west-3, CISO")->type_name("");
  add_json(zones, o);
  zones->footer("Examples:\n  olivine grid zones virginia\n  olivine grid zones us-east-1");

  CLI::App* show =
      grid->add_subcommand("show", "how dirty a zone's electricity is: average, direct and marginal, by hour and year");
  show->callback([&o] { o.command = "grid show"; });
  show->add_option("ZONE", o.text, "a key (FR, US-CAL-CISO, AVERT-CA) or another name of it (CISO, 10YFR-RTE------C)")
      ->required()
      ->type_name("");
  show->add_option("--at", o.at, "the time: now, 2026-11-24, or 2026-11-24T18:00Z (default: now)")->type_name("TIME");
  show->add_option("--signal", o.signal, "average or marginal (default: both)")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL");
  show->add_option("--boundary", o.boundary, "direct (at the stack) or lifecycle (with upstream)")
      ->check(CLI::IsMember({"direct", "lifecycle"}))
      ->type_name("BOUNDARY");
  add_json(show, o);
  show->add_flag("--plot", o.plot, "month x hour maps in the terminal (--plot=FILE writes an SVG)");
  show->add_option("--plot-file", o.plot_file, "")->group("");
  show->footer(
      "Examples:\n  olivine grid show FR\n  olivine grid show DE --plot=de.svg\n  olivine grid show PJM --at "
      "2026-07-01T18:00Z --signal marginal --json");

  CLI::App* update = grid->add_subcommand("update", "take a newer table in place of a built-in one");
  update->callback([&o] { o.command = "grid update"; });
  update->add_option("FILE", o.text, "a table of the same name and columns as in data/, e.g. zones.csv")
      ->required()
      ->type_name("");
  update->footer(
      "The table is checked and kept in $XDG_DATA_HOME/olivine/tables; figures from it name that file.\n\n"
      "Example:\n  olivine grid update zones.csv");
  add_grid_data(*grid, o);
  add_estimate_marginal(*grid, o);
  add_grid_services(*grid, o);
  add_grid_forecasts(*grid, o);
}

void add_machine(CLI::App& app, Options& o) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "what is measured, derived, modelled or unavailable here, why, and the fix");
  doctor->callback([&o] { o.command = "doctor"; });
  add_json(doctor, o);
  add_switch(doctor, o, "--strict", "strict", "exit 1 when something is modelled or unavailable");

  CLI::App* sources = app.add_subcommand("sources", "the meters of this machine and what they read now");
  sources->callback([&o] { o.command = "sources"; });
  add_json(sources, o);

  add_grid(app, o);

  CLI::App* config = app.add_subcommand("config", "settings");
  config->require_subcommand(1);
  CLI::App* show = config->add_subcommand("show", "every setting in force");
  show->callback([&o] { o.command = "config show"; });
  show->add_flag("--origin", o.origin, "also where each value came from");
  add_json(show, o);

  CLI::App* replay = app.add_subcommand("replay", "compute a recorded trace (JSON lines) and keep it as a run");
  replay->callback([&o] { o.command = "replay"; });
  replay->add_option("FILE", o.text, "trace file; its first line describes the machine")->required()->type_name("");
  replay->add_option("--name", o.name, "a name for this run")->type_name("NAME");
  add_setting(replay, o, "--zone", "zone", "electricity grid zone", "ZONE");
  add_setting(replay, o, "--pue", "pue", "power usage effectiveness", "RATIO");
  add_setting(replay, o, "--idle", "idle", "share, reserved, exclude or all", "POLICY");
  add_json(replay, o);

  CLI::App* completion = app.add_subcommand("completion", "print a completion script for bash, zsh or fish");
  completion->callback([&o] { o.command = "completion"; });
  completion->add_option("SHELL", o.text, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
}

void add_common(CLI::App& app, Options& o) {
  app.set_version_flag("--version", std::string("olivine ") + OLIVINE_VERSION);
  add_setting(&app, o, "--color", "color", "auto, always or never (NO_COLOR and TERM=dumb are respected)", "WHEN");
  add_setting(&app, o, "--ledger", "ledger", "the ledger file (default $XDG_STATE_HOME/olivine/ledger.sqlite)", "FILE");
  add_setting(&app, o, "--sysfs-root", "sysfs_root", "read sensors below DIR", "DIR");
  add_setting(&app, o, "--procfs-root", "procfs_root", "read processes below DIR", "DIR");
  add_setting(&app, o, "--cgroup-root", "cgroup_root", "read cgroups below DIR", "DIR");
}

// "--json=FILE" names a file, "--json" does not; CLI11 would take the next word for the file. The same of --plot.
std::vector<std::string> with_files(std::vector<std::string> arguments) {
  for (std::string& a : arguments)
    for (const char* flag : {"--json", "--plot", "--html"})
      if (a.starts_with(std::string(flag) + "="))
        a = std::string(flag) + "-file" + a.substr(std::string_view(flag).size());
  return arguments;
}

// "breakeven OLD NEW --map": without an axis it is intensity; CLI11 would take the next word, or miss it.
void add_axis(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "breakeven") return;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i] == "--map" &&
        (i + 1 == arguments.size() || (arguments[i + 1] != "sleep" && arguments[i + 1] != "intensity")))
      arguments[i] = "--map=intensity";
}

// CLI11 only says that a subcommand is required; this says which word is none, and which there are.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* level = &app;
  std::string path, word;
  bool is_value = false;  // of the option before
  for (const std::string& each : words) {
    if (each.starts_with("-")) {
      const CLI::Option* option = app.get_option_no_throw(each);
      is_value = option != nullptr && option->get_items_expected_max() > 0;
      continue;
    }
    if (std::exchange(is_value, false)) continue;
    const auto below = level->get_subcommands([&](const CLI::App* sub) { return sub->check_name(each); });
    if (below.empty()) {
      word = each;
      break;
    }
    level = below.front();
    path += (path.empty() ? "" : " ") + each;
  }
  std::vector<std::string> known;
  for (const CLI::App* sub : level->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  const std::string help = path.empty() ? "olivine --help" : "olivine " + path + " --help";
  if (word.empty())
    return fmt::format("{}a command is missing; known: {}; see {}", path.empty() ? "" : path + ": ",
                       fmt::join(known, ", "), help);
  const std::string near = nearest(word, known);
  return near.empty()
             ? fmt::format("there is no command '{}'; known: {}; see {}", printable(word), fmt::join(known, ", "), help)
             : fmt::format("there is no command '{}'; did you mean '{}'? See {}", printable(word), near, help);
}

// "olivine grid show", as far as the words were understood.
std::string said_command(const CLI::App& app) {
  std::string path = app.get_name();
  for (auto below = app.get_subcommands(); !below.empty(); below = below.front()->get_subcommands())
    path += " " + below.front()->get_name();
  return path;
}

// All but run.
void add_other_commands(CLI::App& app, Options& o) {
  add_mark_command(app, o);
  add_scope_command(app, o);
  add_quota_command(app, o);
  add_history(app, o);
  add_machine(app, o);
  add_features_commands(app, o);
  add_plan_command(app, o);
  add_simulate_command(app, o);
  add_supply_command(app, o);
  add_jobs_commands(app, o);
  add_hardware_commands(app, o);
  add_assess_command(app, o);
  add_studies_commands(app, o);
  add_sci_commands(app, o);
  add_account_command(app, o);
  add_breakeven_command(app, o);
  add_compare_command(app, o);
  add_estimate_command(app, o);
  add_import_command(app, o);
  add_fleet_command(app, o);
}

// What is wrong with what stands after "--", as printed; "" when nothing is.
std::string misused_dashes(const Options& o, bool has_dashes) {
  const bool starts_one = o.command == "run" || o.command == "scope";
  const bool takes_command = starts_one || o.command == "slurm submit" || o.command == "systemd";
  if (has_dashes && !takes_command)
    return "olivine: only run, scope, slurm submit and systemd take a command after --\n";
  if (!takes_command || !o.child.empty()) return {};
  if (!starts_one) return fmt::format("olivine: {0} needs a command after --; see olivine {0} --help\n", o.command);
  return fmt::format("olivine: {0} needs a command after --, e.g. olivine {0} {1}-- python train.py\n", o.command,
                     o.command == "scope" ? "train " : "");
}

}  // namespace

ParseOutcome parse_command_line(const std::vector<std::string>& all) {
  const auto dashes = std::find(all.begin(), all.end(), "--");
  Options o;
  const bool has_dashes = dashes != all.end();
  std::vector<std::string> own = with_files({all.begin(), dashes});
  add_axis(own);
  if (has_dashes) o.child.assign(dashes + 1, all.end());

  CLI::App app("Olivine measures, attributes and accounts for the energy and carbon of machine learning.", "olivine");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(kHelpColumn);
  app.footer("Start with: olivine run -- python train.py\nWhat is measured here: olivine doctor\nManual: man olivine");
  add_common(app, o);
  CLI::App* run = add_run(app, o);
  if (own.empty() || own.front() != "run" || asks_for_more(own, app, *run)) {
    add_schedule_options(run, o);
    add_budget_options(run, o);
  }
  // What runs beside or inside of the work starts light.
  if (!own.empty() && own.front() == "mark")
    add_mark_command(app, o);
  else if (!own.empty() && own.front() == "scope")
    add_scope_command(app, o);
  else if (!own.empty() && own.front() == "quota")
    add_quota_command(app, o);
  else if (own.empty() || own.front() != "run")
    add_other_commands(app, o);
  for (CLI::App* sub : app.get_subcommands({})) sub->fallthrough();

  ParseOutcome outcome;
  try {
    app.parse(std::vector<std::string>(own.rbegin(), own.rend()));
  } catch (const CLI::Success& e) {
    outcome.out =
        e.get_name() == "CallForVersion"
            ? std::string(e.what()) + "\n"
            : app.help("", e.get_name() == "CallForAllHelp" ? CLI::AppFormatMode::All : CLI::AppFormatMode::Normal);
    return outcome;
  } catch (const CLI::ParseError& e) {
    const bool no_command = std::string_view(e.what()).find("subcommand is required") != std::string_view::npos;
    outcome.exit_code = kExitUsage;
    outcome.error = no_command ? fmt::format("olivine: {}\n", unknown_command(app, own))
                               : fmt::format("olivine: {}; see {} --help\n", e.what(), said_command(app));
    return outcome;
  }
  if (outcome.error = empty_value(app, said_command(app)); !outcome.error.empty()) {
    outcome.exit_code = kExitUsage;
    return outcome;
  }
  if (!o.json_file.empty()) o.json = true;
  if (!o.plot_file.empty()) o.plot = true;
  if (outcome.error = misused_dashes(o, has_dashes); !outcome.error.empty()) {
    outcome.exit_code = kExitUsage;
    return outcome;
  }
  outcome.options = std::move(o);
  return outcome;
}

}  // namespace olivine::cli
