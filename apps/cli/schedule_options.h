// The options of `olivine run` about when the work may wait and pause, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct Options;

struct ScheduleOptions {
  std::string start_within, finish_within;  // at most one; "" both: it runs at once
  std::string expect;                       // how long the work takes; "" asks earlier runs of the same name
  std::string pause_above, pause_cost, pause_time, min_run, margin;
  std::string objective = "average";
  std::string intensity, start, slot;  // as of `plan`: what is planned on
  std::string pause_with = "auto";
  std::string checkpoint_command, checkpoint_signal, checkpoint_wait = "30s";
  double speed = 1.0;
  bool wanted() const { return !start_within.empty() || !finish_within.empty(); }
};

void add_schedule_options(CLI::App* run, Options& options);

}  // namespace olivine::cli
