// Completion scripts for bash, zsh and fish, written from one table of commands and flags. Runs and zones are completed
// by asking olivine itself (`ls --json`, `grid zones --json`), so that the scripts hold no data that could grow old.
//
//   olivine completion bash > ~/.local/share/bash-completion/completions/olivine
//   olivine completion zsh  > "${fpath[1]}/_olivine"
//   olivine completion fish > ~/.config/fish/completions/olivine.fish
//
// Units: none. Errors: kInvalid names the shells that are known. Threads: pure. Lifetime: values.
// The table repeats options.cc; tests/python/test_help.py compares the two.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine::cli {

enum class Completes { kNothing, kValue, kFile, kDirectory, kRun, kZone, kWords, kFigure };

struct FlagRow {
  std::string_view commands;  // " run replay ": those that take it; " * " all
  std::string_view flag;      // "--zone"
  std::string_view letter;    // "-q", or ""
  Completes completes;        // what its value is; kNothing: it takes none
  std::string_view words;     // of kWords, "chip node"
  std::string_view help;
};
struct CommandRow {
  std::string_view name;  // "run", "grid zones"
  Completes argument;
  std::string_view words;  // of kWords
  std::string_view help;
};
std::span<const CommandRow> command_table();
std::span<const FlagRow> flag_table();
bool takes(const CommandRow& command, const FlagRow& flag);

Result<std::string> completion_script(std::string_view shell);
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace olivine::cli
