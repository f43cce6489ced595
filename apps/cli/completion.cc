#include "apps/cli/completion.h"

#include <fmt/core.h>

#include <array>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

// What a value or an argument of this kind completes to, as a word list for bash: literal, or "@runs" for a function.
std::string bash_values(Completes kind, std::string_view words) {
  switch (kind) {
    case Completes::kWords: return fmt::format("values='{}'", words);
    case Completes::kRun: return "values=$(_olivine_runs)";
    case Completes::kFigure:
      return "values=$(_olivine_runs)' energy carbon operational embodied idle others water cost'";
    case Completes::kZone: return "values=$(_olivine_zones)";
    case Completes::kFile: return "_olivine_offer -f; return";
    case Completes::kDirectory: return "_olivine_offer -d; return";
    case Completes::kValue: return "return";
    case Completes::kNothing: return ":";
  }
  return ":";
}

std::string bash_flag_cases() {
  std::string text;
  for (const FlagRow& f : flag_table()) {
    if (f.completes == Completes::kNothing) continue;
    const std::string pattern = f.letter.empty() ? std::string(f.flag) : fmt::format("{}|{}", f.flag, f.letter);
    text += fmt::format("    {}) {} ;;\n", pattern, bash_values(f.completes, f.words));
  }
  return text;
}

std::string bash_command_cases() {
  std::string text;
  for (const CommandRow& c : command_table()) {
    std::string flags;
    for (const FlagRow& f : flag_table()) {
      if (!takes(c, f)) continue;
      flags += (flags.empty() ? "" : " ") + std::string(f.flag);
    }
    text += fmt::format("    '{}') flags='{}'; {} ;;\n", c.name, flags,
                        c.argument == Completes::kFile    ? "files=yes"
                        : c.argument == Completes::kValue ? ":"
                                                          : bash_values(c.argument, c.words));
  }
  return text;
}

}  // namespace

bool takes(const CommandRow& command, const FlagRow& flag) {
  if (flag.commands == " * ") return true;
  std::string name(command.name);
  for (char& c : name)
    if (c == ' ') c = '_';
  return flag.commands.find(" " + name + " ") != std::string_view::npos;
}

std::string bash_completion() {
  std::string names, common;
  for (const CommandRow& c : command_table())
    if (c.name.find(' ') == std::string_view::npos) names += (names.empty() ? "" : " ") + std::string(c.name);
  for (const FlagRow& f : flag_table())
    if (f.commands == " * ") common += (common.empty() ? "" : " ") + std::string(f.flag);
  std::string nested;  // "'grid:zones'|'config:show'"
  for (const CommandRow& c : command_table()) {
    const std::size_t blank = c.name.rfind(' ');
    if (blank != std::string_view::npos)
      nested += fmt::format("{}'{}:{}'", nested.empty() ? "" : "|", c.name.substr(0, blank), c.name.substr(blank + 1));
  }
  std::string alternatives = names;
  for (char& c : alternatives)
    if (c == ' ') c = '|';
  return fmt::format(R"sh(# bash completion for olivine
_olivine_runs() {{
  echo last
  olivine ls --json 2>/dev/null | sed -n 's/^ *"run_id": "\([^"]*\)".*/\1/p'
}}
_olivine_zones() {{ olivine grid zones --json 2>/dev/null | sed -n 's/^ *"zone": "\([^"]*\)".*/\1/p'; }}
_olivine_offer() {{  # a name may hold blanks: one a line
  [[ $1 == -W ]] || compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$@" -- "$current")
}}

_olivine() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local command= flags= values= files= word i
  COMPREPLY=()
  if [[ $current == '=' ]]; then current=
  elif [[ $previous == '=' ]]; then previous=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    if [[ $word == -- ]]; then  # behind it stands a command of its own
      if declare -F _command_offset >/dev/null; then _command_offset $((i + 1)); return; fi
      if ((i + 1 == COMP_CWORD)); then _olivine_offer -c; return; fi
      _olivine_offer -f; return
    fi
    case $command:$word in
      {}) command="$command $word" ;;
      *) if [[ -z $command ]]; then case $word in {}) command=$word ;; esac; fi ;;
    esac
  done
  case $previous in
{}  esac
  if [[ -n $values ]]; then _olivine_offer -W "$values"; return; fi
  case $command in
{}    *) flags='{}'; values='{}' ;;
  esac
  if [[ $current == -* ]]; then _olivine_offer -W "$flags"; return; fi
  if [[ -n $files ]]; then _olivine_offer -f; return; fi
  _olivine_offer -W "$values"
}}
complete -F _olivine olivine
)sh",
                     nested, alternatives, bash_flag_cases(), bash_command_cases(), common, names);
}

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  if (shell == "fish") return fish_completion();
  return fail(ErrorKind::kInvalid, fmt::format("no completion for '{}'; known: bash, zsh, fish", printable(shell)));
}

int completion_command(App& app) {
  const auto script = completion_script(app.options.text);
  return script ? print(*script) : report_error(script.error());
}

}  // namespace olivine::cli
