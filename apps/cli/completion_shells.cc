// zsh and fish: both take one line a flag.
#include <fmt/core.h>

#include "apps/cli/completion.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr std::string_view kFigures = "energy carbon operational embodied idle others water cost";

// The text within single quotes of a shell; our own table holds none, but a later row may.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out.push_back(c);
  }
  return out;
}

// zsh takes ':' and brackets in a description as its own.
std::string zsh_help(std::string_view text) {
  std::string out;
  for (const char c : quoted(text)) {
    if (c == ':' || c == '[' || c == ']') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string zsh_values(Completes kind, std::string_view words) {
  switch (kind) {
    case Completes::kWords: return fmt::format("({})", words);
    case Completes::kRun: return "_olivine_runs";
    case Completes::kZone: return "_olivine_zones";
    case Completes::kFile: return "_files";
    case Completes::kDirectory: return "_directories";
    case Completes::kFigure:
    case Completes::kValue:
    case Completes::kNothing: return "";
  }
  return "";
}

std::string zsh_flag(const FlagRow& f) {
  if (f.flag == "--json") return fmt::format(" \\\n        '--json=-[{}]::file:_files'", zsh_help(f.help));
  const std::string value = f.completes == Completes::kNothing ? "" : ":value:" + zsh_values(f.completes, f.words);
  std::string text = fmt::format(" \\\n        '{}[{}]{}'", f.flag, zsh_help(f.help), value);
  if (!f.letter.empty()) text += fmt::format(" \\\n        '{}[{}]{}'", f.letter, zsh_help(f.help), value);
  return text;
}

std::string zsh_arguments(const CommandRow& c) {
  if (c.name == "run") return " \\\n        '(-)1:command: _command_names -e' '*::arguments: _normal'";
  switch (c.argument) {
    case Completes::kNothing: return "";
    case Completes::kFigure: return fmt::format(" \\\n        '1:run:_olivine_runs' '2:figure:({})'", kFigures);
    case Completes::kRun: return " \\\n        '*:run:_olivine_runs'";
    default: return fmt::format(" \\\n        '1:argument:{}'", zsh_values(c.argument, c.words));
  }
}

// "grid" stands before "grid zones", "grid show": a group takes the flags of all its commands.
bool is_member(std::string_view command, std::string_view group) {
  return command.size() > group.size() && command.starts_with(group) && command[group.size()] == ' ';
}

bool is_group(std::string_view name) {
  for (const CommandRow& c : command_table())
    if (is_member(c.name, name)) return true;
  return false;
}

bool group_takes(std::string_view group, const FlagRow& flag) {
  for (const CommandRow& c : command_table())
    if (is_member(c.name, group) && takes(c, flag)) return true;
  return false;
}

// What a group's commands take as an argument: zones where one takes any, else files.
std::string zsh_group_arguments(std::string_view group) {
  for (const CommandRow& c : command_table())
    if (is_member(c.name, group) && c.argument == Completes::kZone) return " \\\n        '*:zone:_olivine_zones'";
  return " '*:file:_files'";
}

// The condition under which fish offers something: this command stands on the line, and its second word if it has one.
std::string fish_condition(std::string_view command) {
  std::string condition = "not __olivine_behind_dashes";
  for (const std::string_view word : split_words(command))
    condition += fmt::format("; and __fish_seen_subcommand_from {}", word);
  return condition;
}

std::string fish_values(Completes kind, std::string_view words) {
  switch (kind) {
    case Completes::kWords: return fmt::format(" -x -a '{}'", quoted(words));
    case Completes::kRun: return " -x -a '(__olivine_runs)'";
    case Completes::kFigure: return fmt::format(" -x -a '(__olivine_runs) {}'", kFigures);
    case Completes::kZone: return " -x -a '(__olivine_zones)'";
    case Completes::kFile: return " -r -F";
    case Completes::kDirectory: return " -x -a '(__fish_complete_directories)'";
    case Completes::kValue: return " -x";
    case Completes::kNothing: return "";
  }
  return "";
}

std::string fish_flag(std::string_view condition, const FlagRow& f) {
  std::string names = fmt::format("-l {}", f.flag.substr(2));
  if (!f.letter.empty()) names += fmt::format(" -s {}", f.letter.substr(1));
  return fmt::format("complete -c olivine -n '{}' {}{} -d '{}'\n", condition, names, fish_values(f.completes, f.words),
                     quoted(f.help));
}

// One case a first word: its flags (of a group those of all its commands), and what may stand behind it.
std::string zsh_case(const CommandRow& c) {
  const bool group = is_group(c.name);
  std::string flags;
  for (const FlagRow& f : flag_table())
    if (group ? group_takes(c.name, f) : takes(c, f)) flags += zsh_flag(f);
  const std::string rest =
      group ? fmt::format(" \\\n        '1:command:({})'{}", c.words, zsh_group_arguments(c.name)) : zsh_arguments(c);
  return fmt::format("    {}) _arguments{}{} ;;\n", c.name, flags, rest);
}

}  // namespace

std::string zsh_completion() {
  std::string names, cases;
  for (const CommandRow& c : command_table()) {
    if (c.name.find(' ') != std::string_view::npos) continue;
    names += fmt::format("        '{}:{}'\n", c.name, zsh_help(c.help));
    cases += zsh_case(c);
  }
  return fmt::format(R"sh(#compdef olivine
_olivine_runs() {{
  local -a runs
  runs=(last ${{(f)"$(olivine ls --json 2>/dev/null | sed -n 's/^ *"run_id": "\([^"]*\)".*/\1/p')"}})
  compadd -a runs
}}
_olivine_zones() {{
  local -a zones
  zones=(${{(f)"$(olivine grid zones --json 2>/dev/null | sed -n 's/^ *"zone": "\([^"]*\)".*/\1/p')"}})
  compadd -a zones
}}
_olivine() {{
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
{}      )
      _describe command commands ;;
    argument)
      case $words[1] in
{}      esac ;;
  esac
}}
if [[ $funcstack[1] == _olivine ]]; then _olivine "$@"; else compdef _olivine olivine; fi
)sh",
                     names, cases);
}

std::string fish_completion() {
  std::string text = R"sh(# fish completion for olivine
function __olivine_runs
    echo last
    olivine ls --json 2>/dev/null | sed -n 's/^ *"run_id": "\([^"]*\)".*/\1/p'
end
function __olivine_zones
    olivine grid zones --json 2>/dev/null | sed -n 's/^ *"zone": "\([^"]*\)".*/\1/p'
end
function __olivine_behind_dashes
    contains -- -- (commandline -opc)
end
function __olivine_command
    set -l words (commandline -opc)
    set -l dashes (contains -i -- -- $words)
    complete -C (string join ' ' -- $words[(math $dashes + 1)..-1] (commandline -ct))
end
complete -c olivine -f
complete -c olivine -n __olivine_behind_dashes -x -a '(__olivine_command)'
)sh";
  for (const FlagRow& f : flag_table())
    if (f.commands == " * ") text += fish_flag("not __olivine_behind_dashes", f);
  for (const CommandRow& c : command_table()) {
    const bool nested = c.name.find(' ') != std::string_view::npos;
    if (!nested)
      text += fmt::format("complete -c olivine -n __fish_use_subcommand -a {} -d '{}'\n", c.name, quoted(c.help));
    const std::string condition = fish_condition(c.name);
    if (const std::string values = fish_values(c.argument, c.words); !values.empty())
      text += fmt::format("complete -c olivine -n '{}'{}\n", condition, values);
    for (const FlagRow& f : flag_table())
      if (f.commands != " * " && takes(c, f)) text += fish_flag(condition, f);
  }
  return text;
}

}  // namespace olivine::cli
