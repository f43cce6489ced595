#include "apps/cli/schedule_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {

void add_schedule_options(CLI::App* run, Options& o) {
  ScheduleOptions& s = o.of<ScheduleOptions>();
  constexpr const char* kGroup = "When (carbon-aware start, pauses)";
  const auto text = [&](const char* flag, std::string& value, const char* what, const char* type) {
    return run->add_option(flag, value, what)->type_name(type)->group(kGroup);
  };
  CLI::Option* start =
      text("--start-within", s.start_within, "wait for the best start, at most this long, e.g. 12h", "DURATION");
  CLI::Option* finish =
      text("--finish-within", s.finish_within, "wait, run and pause, and be done within, e.g. 24h", "DURATION");
  start->excludes(finish);
  text("--expect", s.expect, "how long the work takes (default: as long as earlier runs of the same --name)",
       "DURATION");
  text("--pause-above", s.pause_above, "pause while the intensity is above this, e.g. 300g; auto plans (default)",
       "G_PER_KWH")
      ->needs(finish);
  text("--objective", s.objective, "average or marginal: what is made least", "SIGNAL")
      ->check(CLI::IsMember({"average", "marginal"}));
  text("--pause-with", s.pause_with, "freezer (a cgroup), signals (SIGSTOP), or auto: the first that can be had", "HOW")
      ->check(CLI::IsMember({"auto", "freezer", "signals"}));
  text("--checkpoint-cmd", s.checkpoint_command, "run this before each pause; $OLIVINE_PID is the command's",
       "COMMAND");
  text("--checkpoint-signal", s.checkpoint_signal, "send this before each pause, e.g. USR1", "SIGNAL")
      ->check(CLI::IsMember({"USR1", "USR2"}));
  text("--checkpoint-wait", s.checkpoint_wait, "how long a checkpoint may take before the pause", "DURATION")
      ->capture_default_str();
  text("--pause-cost", s.pause_cost, "of a stop and its restart: grams at 1 kW or energy, e.g. 20g or 30Wh", "COST");
  text("--pause-time", s.pause_time, "running without progress at each restart, e.g. 2min", "DURATION");
  text("--min-run", s.min_run, "run at least this long between pauses (default 15min)", "DURATION");
  text("--margin", s.margin,
       "kept free before the deadline (default: what earlier runs of --name say, at least a twentieth)", "DURATION");
  text("--intensity", s.intensity, "plan on this file in place of what is stored and shipped", "FILE")
      ->check(CLI::ExistingFile);
  text("--plan-start", s.start, "what 'now' is in that file, e.g. 2022-01-01T00:00:00Z", "TIME");
  text("--slot", s.slot, "length of a slot of the plan, e.g. 5min", "DURATION");
  run->add_option("--speed", s.speed, "seconds of the plan in one second, to try it out")
      ->check(number_between(1e-3, 1e9))
      ->type_name("NUMBER")
      ->group(kGroup);
}

}  // namespace olivine::cli
