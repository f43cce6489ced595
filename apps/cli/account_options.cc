#include "apps/cli/account_options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {

void add_account_command(CLI::App& app, Options& o) {
  AccountCommandOptions& a = o.of<AccountCommandOptions>();
  CLI::App* account = app.add_subcommand("account", "a life-cycle footprint with ranges from a manifest");
  account->callback([&o] {
    if (o.command.empty()) o.command = "account";
  });
  account->add_option("FILE", a.file, "a manifest (TOML or JSON); docs/methods/account.md says what it may hold")
      ->type_name("");
  account->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  account->add_option("--json-file", o.json_file, "")->group("");
  account->add_flag("--html", a.html, "print a page of HTML that needs nothing else (--html=FILE writes it to a file)");
  account->add_option("--html-file", a.html_file, "")->group("");
  account
      ->add_option("--explain", a.explain, "where a figure came from, down to settings and rows of tables, e.g. carbon")
      ->type_name("FIGURE");
  account->add_flag("--ascii", o.ascii, "draw with ASCII characters");
  account
      ->add_option("--zone", a.zone,
                   "the same activities in another zone, in place of all that the manifest says of its grid")
      ->type_name("ZONE");
  account->add_option("--at", a.at, "the same at another time: 2023, 2023-01, a day, or FIRST/LAST")->type_name("TIME");
  account->add_option("--signal", a.signal, "average, or marginal: differences only, no totals")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL")
      ->capture_default_str();
  account->add_option("--samples", a.samples, "draws of the Monte Carlo")
      ->check(whole_number(100, 10'000'000))
      ->type_name("N")
      ->capture_default_str();
  account->add_option("--seed", a.seed, "of the draws; the same seed gives the same ranges")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N")
      ->capture_default_str();
  account->footer(
      "Examples:\n"
      "  olivine account account.toml\n"
      "  olivine account account.toml --zone PL --at 2023-01 --json\n"
      "  olivine account account.toml --explain activity.training.carbon\n"
      "  olivine account account.toml --html=report.html\n"
      "  olivine account init\n\n"
      "Ranges are 95 %. What is unknown stays unknown; what is left out stands under \"Not counted\".");
  CLI::App* init = account->add_subcommand("init", "ask, or detect, and write a manifest that evaluates as it stands");
  init->callback([&o] { o.command = "account init"; });
  init->add_option("FILE", a.init_file, "where to write it, - for stdout")->type_name("")->capture_default_str();
  init->add_flag("--force", a.force, "overwrite a file that is there");
  init->add_flag("-y,--yes", a.yes, "ask nothing, take what is detected");
  init->add_option("--zone", a.zone, "grid zone, e.g. FR (default: from the settings)")->type_name("ZONE");
  init->footer(
      "Examples:\n  olivine account init\n  olivine account init training.toml --zone SE\n  olivine account init -y -");
}

}  // namespace olivine::cli
