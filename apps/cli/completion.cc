#include "apps/cli/completion.h"

#include <fmt/core.h>

#include <array>

#include "apps/cli/app.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr std::array<CommandRow, 17> kCommands{{
    {"run", Completes::kNothing, "", "measure a command and everything it starts"},
    {"ls", Completes::kNothing, "", "list recorded runs, newest first"},
    {"show", Completes::kRun, "", "everything about a run"},
    {"explain", Completes::kFigure, "", "where a number came from"},
    {"verify", Completes::kRun, "", "compute a run again from its raw readings"},
    {"rm", Completes::kRun, "", "remove runs"},
    {"export", Completes::kRun, "", "write runs as JSON or CSV"},
    {"doctor", Completes::kNothing, "", "what is measured here, why not, and the fix"},
    {"sources", Completes::kNothing, "", "the meters of this machine"},
    {"grid", Completes::kWords, "zones fetch serve-replay", "electricity grids"},
    {"grid zones", Completes::kValue, "", "grid zones whose key or name contains a text"},
    {"grid fetch", Completes::kZone, "", "ask a grid service for a zone's intensity"},
    {"grid serve-replay", Completes::kNothing, "", "play the services' own APIs on this machine"},
    {"config", Completes::kWords, "show", "settings"},
    {"config show", Completes::kNothing, "", "every setting in force"},
    {"replay", Completes::kFile, "", "compute a recorded trace and keep it as a run"},
    {"completion", Completes::kWords, "bash zsh fish", "print a completion script"},
}};

constexpr std::array<FlagRow, 39> kFlags{{
    {" * ", "--help", "-h", Completes::kNothing, "", "print help"},
    {" * ", "--version", "", Completes::kNothing, "", "print the version"},
    {" * ", "--color", "", Completes::kWords, "auto always never", "colour in the output"},
    {" * ", "--ledger", "", Completes::kFile, "", "the ledger file"},
    {" * ", "--sysfs-root", "", Completes::kDirectory, "", "read sensors below DIR"},
    {" * ", "--procfs-root", "", Completes::kDirectory, "", "read processes below DIR"},
    {" * ", "--cgroup-root", "", Completes::kDirectory, "", "read cgroups below DIR"},
    {" run replay ", "--name", "", Completes::kValue, "", "a name for this run"},
    {" run ls ", "--project", "", Completes::kValue, "", "the project"},
    {" run replay ", "--zone", "", Completes::kZone, "", "electricity grid zone"},
    {" run replay ", "--pue", "", Completes::kValue, "", "power usage effectiveness"},
    {" run ", "--interval", "", Completes::kWords, "10ms 100ms 1s", "time between readings"},
    {" run replay ", "--idle", "", Completes::kWords, "share reserved exclude all", "idle energy charged to the run"},
    {" run ", "--plane", "", Completes::kWords, "chip node", "node: add rest of node and power supply"},
    {" run ", "--price", "", Completes::kValue, "", "price of a kWh"},
    {" run ", "--currency", "", Completes::kValue, "", "currency of the price"},
    {" run ", "--reserved", "", Completes::kValue, "", "part of the machine reserved for the run"},
    {" run ls show verify doctor sources grid_zones grid_fetch config_show replay ", "--json", "", Completes::kNothing, "",
     "print JSON in place of text"},
    {" run ", "--quiet", "-q", Completes::kNothing, "", "print no summary"},
    {" run grid_fetch ", "--output", "-o", Completes::kFile, "", "write the summary or the points to FILE"},
    {" run doctor ", "--strict", "", Completes::kNothing, "", "measuring trouble is an error"},
    {" ls ", "--all", "", Completes::kNothing, "", "removed runs too"},
    {" export ", "--format", "", Completes::kWords, "json csv", "json or csv"},
    {" config_show ", "--origin", "", Completes::kNothing, "", "where each value came from"},
    {" explain ", "--ascii", "", Completes::kNothing, "", "draw the tree with ASCII characters"},
    {" grid_fetch ", "--provider", "", Completes::kWords, "electricity-maps watttime uk eia entsoe open-meteo", "the service"},
    {" grid_fetch grid_serve-replay ", "--from", "", Completes::kValue, "", "begin, UTC"},
    {" grid_fetch ", "--to", "", Completes::kValue, "", "end, UTC"},
    {" grid_fetch ", "--signal", "", Completes::kWords, "average marginal", "which signal"},
    {" grid_fetch ", "--boundary", "", Completes::kWords, "direct lifecycle", "at the stack, or with upstream"},
    {" grid_fetch ", "--online", "", Completes::kNothing, "", "send requests now"},
    {" grid_fetch ", "--offline", "", Completes::kNothing, "", "send no request"},
    {" grid_fetch ", "--endpoint", "", Completes::kValue, "", "another base address"},
    {" grid_serve-replay ", "--speed", "", Completes::kValue, "", "virtual seconds a second"},
    {" grid_serve-replay ", "--port", "", Completes::kValue, "", "port; 0: a free one"},
    {" grid_serve-replay ", "--data", "", Completes::kFile, "", "CSV of intensities"},
    {" grid_serve-replay ", "--fault", "", Completes::kValue, "", "faults, e.g. 429:0.1,null:0.05"},
    {" grid_serve-replay ", "--seed", "", Completes::kValue, "", "seed of the faults"},
    {" grid_serve-replay ", "--log", "", Completes::kFile, "", "append a line a request to FILE"},
}};

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

std::span<const CommandRow> command_table() { return kCommands; }
std::span<const FlagRow> flag_table() { return kFlags; }

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
      grid:zones|grid:fetch|grid:serve-replay|config:show) command="$command $word" ;;
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
                     alternatives, bash_flag_cases(), bash_command_cases(), common, names);
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
