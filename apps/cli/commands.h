// The commands that have no options of their own beyond options.h; the others are declared beside their options.
//
// Each takes what all share, prints, and returns the exit code (options.h). Threads: one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace olivine::cli {

struct App;

struct NamedCommand {
  std::string_view name;  // as Options has it: "grid show"
  int (*carry_out)(App&);
};
// The exit code of the command that was asked for; absent when it is none of these.
std::optional<int> carry_out(std::span<const NamedCommand> commands, App& app);

int run_command(App& app);
int replay_command(App& app);
int ls_command(App& app);
int show_command(App& app);
int explain_command(App& app);
int verify_command(App& app);
int rm_command(App& app);
int export_command(App& app);
int doctor_command(App& app);
int sources_command(App& app);
int grid_zones_command(App& app);
int grid_show_command(App& app);
int grid_update_command(App& app);
int config_show_command(App& app);
int completion_command(App& app);

}  // namespace olivine::cli
