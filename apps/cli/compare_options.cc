#include "apps/cli/compare_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_compare_command(CLI::App& app, Options& o) {
  CLI::App* command =
      app.add_subcommand("compare", "what two or more runs or accounts used, and whether the difference can be told");
  command->callback([&o] { o.command = "compare"; });
  command->footer(
      "Examples:\n"
      "  olivine compare baseline pruned                      # the newest run of each name\n"
      "  olivine compare a1,a2,a3 b1,b2,b3                    # repeats: their scatter counts\n"
      "  olivine compare --repeats baseline pruned            # every finished run of each name\n"
      "  olivine compare old.toml new.toml                    # accounts: manifests as olivine account takes them\n"
      "  olivine compare --counts 1000,1200 --unit image A B  # what each run produced: per image\n\n"
      "Every side is compared with the first. What both share (a meter's gain, an intensity, a PUE) cancels in the "
      "difference.");
  CompareOptions& c = o.of<CompareOptions>();
  command
      ->add_option("RUN", c.sides,
                   "id, first digits of it, or name; repeats of one side joined by commas; or a manifest, FILE.toml")
      ->required()
      ->expected(1, 100);
  command->add_flag("--repeats", c.repeats, "every finished run of each name, not the newest only");
  command->add_option("--counts", c.counts, "what each run of a side produced, one number a side")
      ->delimiter(',')
      ->type_name("N,...");
  command->add_option("--unit", c.unit, "the name of one of them")->type_name("NAME")->capture_default_str();
  command->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  command->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
