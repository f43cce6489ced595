#include "apps/cli/hardware_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

void add_shared(CLI::App& command, Options& o) {
  command
      .add_option("--kind", o.of<HardwareOptions>().kind,
                  "only this kind: cpu, gpu, memory, storage, server, computer, instance")
      ->check(CLI::IsMember({"cpu", "gpu", "memory", "storage", "server", "computer", "instance"}))
      ->type_name("KIND");
  command.add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  command.add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace

void add_hardware_commands(CLI::App& app, Options& o) {
  CLI::App* hardware =
      app.add_subcommand("hardware", "what the catalogue knows: power, silicon, what making it emitted");
  hardware->require_subcommand(1);
  hardware->footer("Examples:\n  olivine hardware show H100-SXM\n  olivine hardware ls mi300");
  CLI::App* show = hardware->add_subcommand("show", "everything about one piece of hardware");
  show->callback([&o] { o.command = "hardware show"; });
  show->add_option("NAME", o.of<HardwareOptions>().name,
                   "a part or a machine, as its maker, a cloud, the kernel or NVML names it")
      ->required()
      ->type_name("");
  add_shared(*show, o);
  show->footer(
      "Examples:\n"
      "  olivine hardware show H100-SXM\n"
      "  olivine hardware show 'Xeon Gold 6154'\n"
      "  olivine hardware show p4d.24xlarge\n"
      "  olivine hardware show 'PowerEdge R740' --json\n\n"
      "A name that may mean several is an error that lists them (exit code 2). What no source states is shown as "
      "unknown.");
  CLI::App* ls = hardware->add_subcommand("ls", "the hardware whose name contains a text");
  ls->callback([&o] { o.command = "hardware ls"; });
  ls->add_option("TEXT", o.of<HardwareOptions>().text, "part of a name; several words: all of them")->type_name("");
  ls->add_option("--limit", o.of<HardwareOptions>().limit, "at most this many rows; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->capture_default_str();
  add_shared(*ls, o);
  ls->footer(
      "Examples:\n  olivine hardware ls a100\n  olivine hardware ls --kind gpu --limit 0\n  olivine hardware ls c6g "
      "--kind instance --json");
}

}  // namespace olivine::cli
