// olivine: argument parsing -> engine -> exit code.
#include <fmt/core.h>
#include <unistd.h>

#include <exception>
#include <span>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "apps/cli/grid_program.h"
#include "apps/cli/help_text.h"
#include "apps/cli/mark_options.h"
#include "apps/cli/scope_options.h"
#include "apps/cli/user_tables.h"
#include "base/child_process.h"
#include "base/trace_context.h"
#include "sensors/nvml/nvml_worker.h"

extern char** environ;

namespace olivine::cli {
namespace {

Config::Map environment_map() {
  Config::Map map;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) map.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return map;
}

std::string working_directory() {
  std::string path(4096, '\0');
  if (::getcwd(path.data(), path.size()) == nullptr) return "/";
  path.resize(path.find('\0'));
  return path;
}

constexpr NamedCommand kCommands[] = {
    {"run", run_command},         {"replay", replay_command},           {"ls", ls_command},
    {"show", show_command},       {"explain", explain_command},         {"verify", verify_command},
    {"rm", rm_command},           {"export", export_command},           {"doctor", doctor_command},
    {"sources", sources_command}, {"config show", config_show_command}, {"completion", completion_command},
};

int main_with(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--nvml-helper")
    return nvml_helper_main(std::span<const char* const>(argv + 2, argv + argc));
  ParseOutcome parsed = parse_command_line({argv + 1, argv + argc});
  if (!parsed.options) {
    if (!parsed.error.empty()) say(parsed.error);
    if (parsed.out.empty()) return parsed.exit_code;
    const int width = terminal_columns(environment_map()["COLUMNS"], false).value_or(kHelpWidth);
    if (print(fit_help(parsed.out, width)) != 0) return kExitIncomplete;
    return parsed.exit_code;
  }
  const SystemClock clock;
  // A script's mark asks nothing of settings and tables: mistakes in them must not end the script.
  if (parsed.options->command == "mark") return mark_command(parsed.options->of<MarkOptions>(), clock);
  Config::Map environment = environment_map();
  if (parsed.options->command == "scope")
    return scope_command(parsed.options->of<ScopeOptions>(), parsed.options->child, environment[kTraceVariable], clock);
  if (parsed.options->command == "quota") return quota_command(*parsed.options, environment[kTraceVariable], clock);
  RealFileSystem files;
  const std::string cwd = working_directory();
  std::vector<std::string> unreadable;
  const bool measures = parsed.options->command == "run";
  auto config = Config::load(files, environment, cwd, parsed.options->settings, measures ? &unreadable : nullptr);
  if (!config) {
    say(fmt::format("olivine: {}\n", config.error().message));
    return kExitUsage;
  }
  const bool strict = !unreadable.empty() && config->flag("strict").value_or(false);
  for (const std::string& why : unreadable)
    say(fmt::format("olivine: {}{}\n", why, strict ? "" : "; this run goes on without it"));
  if (strict) return kExitOurFailure;
  App app{files,
          clock,
          std::move(*parsed.options),
          std::move(*config),
          std::move(environment),
          cwd,
          {argv + 1, argv + argc}};
  if (const auto loaded = load_user_tables(app); !loaded) {
    const std::string& command = app.options.command;
    if (command == "grid show" || command == "grid zones") return report_error(loaded.error());
    if (command != "completion" && command != "grid update")
      say(fmt::format("olivine: {}; the built-in table serves\n", loaded.error().message));
  }
  const auto done = carry_out(kCommands, app);
  return done ? *done : grid_program(app);
}

}  // namespace
}  // namespace olivine::cli

int main(int argc, char** argv) {
  olivine::protect_standard_streams();
  try {
    return olivine::cli::main_with(argc, argv);
  } catch (const std::exception& e) {
    olivine::cli::say(fmt::format("olivine: internal error: {}; please report it with the command line\n", e.what()));
    return olivine::cli::kExitOurFailure;
  }
}
