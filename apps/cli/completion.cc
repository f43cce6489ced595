#include "apps/cli/completion.h"

#include <fmt/core.h>

#include <array>

#include "apps/cli/app.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr auto kCommands = std::to_array<CommandRow>({
    {"run", Completes::kNothing, "", "measure a command and everything it starts"},
    {"ls", Completes::kNothing, "", "list recorded runs, newest first"},
    {"show", Completes::kRun, "", "everything about a run"},
    {"explain", Completes::kFigure, "", "where a number came from"},
    {"verify", Completes::kRun, "", "compute a run again from its raw readings"},
    {"rm", Completes::kRun, "", "remove runs"},
    {"export", Completes::kRun, "", "write runs as JSON or CSV"},
    {"doctor", Completes::kNothing, "", "what is measured here, why not, and the fix"},
    {"sources", Completes::kNothing, "", "the meters of this machine"},
    {"grid", Completes::kWords, "zones show update estimate-marginal import data forecast backtest", "electricity grids"},
    {"grid zones", Completes::kValue, "", "zones and cloud regions whose key or name contains a text"},
    {"grid show", Completes::kZone, "", "how dirty a zone's electricity is"},
    {"grid update", Completes::kFile, "", "take a newer table in place of a built-in one"},
    {"grid estimate-marginal", Completes::kFile, "", "marginal intensity from generation by fuel"},
    {"grid import", Completes::kFile, "", "read a file of intensities and keep it"},
    {"grid data", Completes::kWords, "ls rm", "the data sets of intensities that are kept"},
    {"grid data ls", Completes::kNothing, "", "list the data sets"},
    {"grid data rm", Completes::kValue, "", "remove data sets by hash"},
    {"features", Completes::kWords, "apply ls get materialize check", "feature store for energy series"},
    {"features apply", Completes::kFile, "", "add feature views from a file"},
    {"features ls", Completes::kNothing, "", "the feature views, what is stored of them, and the snapshots"},
    {"features get", Completes::kValue, "", "features of an entity now, of a spine, or as stored"},
    {"features materialize", Completes::kValue, "", "compute features of a source and keep them"},
    {"features check", Completes::kValue, "", "leakage, freshness, nulls and drift of a view"},
    {"grid forecast", Completes::kZone, "", "a zone's intensity in the next hours"},
    {"grid backtest", Completes::kFile, "", "score forecasts of a past span"},
    {"config", Completes::kWords, "show", "settings"},
    {"config show", Completes::kNothing, "", "every setting in force"},
    {"replay", Completes::kFile, "", "compute a recorded trace and keep it as a run"},
    {"completion", Completes::kWords, "bash zsh fish", "print a completion script"},
});

constexpr auto kFlags = std::to_array<FlagRow>({
    {" * ", "--help", "-h", Completes::kNothing, "", "print help"},
    {" * ", "--version", "", Completes::kNothing, "", "print the version"},
    {" * ", "--color", "", Completes::kWords, "auto always never", "colour in the output"},
    {" * ", "--ledger", "", Completes::kFile, "", "the ledger file"},
    {" * ", "--sysfs-root", "", Completes::kDirectory, "", "read sensors below DIR"},
    {" * ", "--procfs-root", "", Completes::kDirectory, "", "read processes below DIR"},
    {" * ", "--cgroup-root", "", Completes::kDirectory, "", "read cgroups below DIR"},
    {" run replay grid_backtest ", "--name", "", Completes::kValue, "", "a name for this run"},
    {" run ls ", "--project", "", Completes::kValue, "", "the project"},
    {" run replay grid_estimate-marginal grid_import ", "--zone", "", Completes::kZone, "", "electricity grid zone"},
    {" run replay ", "--pue", "", Completes::kValue, "", "power usage effectiveness"},
    {" run ", "--interval", "", Completes::kWords, "10ms 100ms 1s", "time between readings"},
    {" run replay ", "--idle", "", Completes::kWords, "share reserved exclude all", "idle energy charged to the run"},
    {" run ", "--plane", "", Completes::kWords, "chip node", "node: add rest of node and power supply"},
    {" run ", "--price", "", Completes::kValue, "", "price of a kWh"},
    {" run ", "--currency", "", Completes::kValue, "", "currency of the price"},
    {" run ", "--reserved", "", Completes::kValue, "", "part of the machine reserved for the run"},
    {" run ls show verify doctor sources grid_zones grid_show config_show replay grid_estimate-marginal grid_import grid_data_ls features_apply features_ls features_get features_materialize features_check grid_forecast grid_backtest ", "--json", "", Completes::kNothing, "",
     "print JSON in place of text"},
    {" run ", "--quiet", "-q", Completes::kNothing, "", "print no summary"},
    {" run ", "--output", "-o", Completes::kFile, "", "write the summary to FILE"},
    {" run doctor ", "--strict", "", Completes::kNothing, "", "measuring trouble is an error"},
    {" ls ", "--all", "", Completes::kNothing, "", "removed runs too"},
    {" export grid_import ", "--format", "", Completes::kWords, "json csv electricity-maps eia930 avert wide lets-wait-awhile uk",
     "the format"},
    {" grid_import ", "--unit", "", Completes::kWords, "g_per_kwh kg_per_mwh lb_per_mwh lb_per_kwh kg_per_kwh t_per_mwh",
     "unit of the numbers"},
    {" grid_import grid_show ", "--signal", "", Completes::kWords, "average marginal", "what the numbers are"},
    {" grid_import grid_show grid_estimate-marginal ", "--boundary", "", Completes::kWords, "direct lifecycle", "at the stack, or with upstream"},
    {" grid_import ", "--accounting", "", Completes::kWords, "production consumption", "of what is generated, or used"},
    {" grid_import ", "--year", "", Completes::kValue, "", "year of a file that numbers its hours"},
    {" config_show ", "--origin", "", Completes::kNothing, "", "where each value came from"},
    {" grid_show grid_forecast ", "--at", "", Completes::kValue, "", "the time"},
    {" grid_estimate-marginal ", "--factors", "", Completes::kValue, "", "g/kWh by column"},
    {" grid_estimate-marginal ", "--regressors", "", Completes::kValue, "", "columns that can follow load"},
    {" grid_estimate-marginal ", "--by", "", Completes::kWords, "hour decile", "by hour of day or decile of generation"},
    {" grid_forecast ", "--data", "", Completes::kFile, "", "the zone's past by the hour"},
    {" grid_forecast ", "--horizon", "", Completes::kWords, "24h 48h 96h 168h", "how far"},
    {" grid_forecast ", "--boundary", "", Completes::kWords, "direct lifecycle", "what the file's intensities hold"},
    {" grid_forecast ", "--save-model", "", Completes::kDirectory, "", "keep the trained model"},
    {" grid_forecast grid_backtest ", "--weather", "", Completes::kFile, "", "weather forecasts by the hour"},
    {" grid_forecast grid_backtest ", "--column", "", Completes::kValue, "", "column of the intensity"},
    {" grid_forecast grid_backtest ", "--seed", "", Completes::kValue, "", "seed of the boosted trees"},
    {" grid_forecast grid_backtest ", "--no-trees", "", Completes::kNothing, "", "leave the boosted trees out"},
    {" grid_backtest ", "--peer", "", Completes::kFile, "", "another's forecasts to score"},
    {" grid_backtest ", "--from", "", Completes::kValue, "", "first day issued"},
    {" grid_backtest ", "--to", "", Completes::kValue, "", "last day issued"},
    {" explain ", "--ascii", "", Completes::kNothing, "", "draw the tree with ASCII characters"},
    {" features_apply features_ls features_get features_materialize features_check ", "--store", "", Completes::kFile, "",
     "the feature store"},
    {" features_apply ", "--dry-run", "", Completes::kNothing, "", "say what would change, change nothing"},
    {" features_get features_materialize features_check ", "--source", "", Completes::kFile, "", "the CSV file of the source"},
    {" features_get features_materialize features_check ", "--from", "", Completes::kValue, "", "first time"},
    {" features_get features_materialize features_check ", "--to", "", Completes::kValue, "", "time behind the last"},
    {" features_materialize features_check ", "--step", "", Completes::kWords, "15min 1h 24h", "time between rows"},
    {" features_get ", "--entity", "", Completes::kValue, "", "the entity, such as a zone"},
    {" features_get ", "--at", "", Completes::kValue, "", "the time (default: now)"},
    {" features_get ", "--spine", "", Completes::kFile, "", "CSV of entities and times to answer"},
    {" features_get ", "--snapshot", "", Completes::kValue, "", "keep or print a training set under this name"},
    {" features_get ", "--output", "-o", Completes::kFile, "", "write the CSV to FILE"},
    {" features_materialize ", "--backfill", "", Completes::kNothing, "", "write rows again that come out different"},
    {" features_materialize ", "--package-power", "", Completes::kValue, "", "watts of the busy processor, for the energy of computing"},
    {" features_check ", "--split", "", Completes::kValue, "", "time between reference and current, for drift"},
    {" features_check ", "--now", "", Completes::kValue, "", "time of the check, for freshness"},
    {" features_check ", "--max-null-rate", "", Completes::kValue, "", "largest part of nulls"},
    {" features_check ", "--max-psi", "", Completes::kValue, "", "largest population stability index"},
});

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
