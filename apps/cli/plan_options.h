// The options of `olivine plan`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct PlanOptions {
  std::string duration, power, deadline;
  std::vector<std::string> zones;
  std::string objective = "average";
  std::string points, work, latency, throughput, accuracy;  // operating points and the service level
  std::string level;                                        // the same in one text, which scopes have too
  std::string level_of;                                     // RUN/SCOPE: as it was declared there
  std::string intensity;                                    // file; "" plans on what is stored and shipped
  std::string start = "now", slot;
  std::string pause_cost, pause_time, min_run, paused_power;
  bool no_pause = false;
  bool follow = false;
  std::string margin;         // --follow; "" for a twentieth of the duration
  std::string pause_above;    // --follow: g/kWh
  double speed = 1.0;         // --follow: seconds of the plan in one of ours
  std::string min_saving;     // percent
  std::string run;            // a recorded run whose power curve is planned
  std::string scales;         // SCALE:THROUGHPUT[:POWER],...
  std::string price, prices;  // of a kWh: one, or one a zone; a file
  std::string data, from, egress, energy_per_gb;
  std::string jobs, capacity;  // a queue
  std::string supply;          // file of the job's grid, sun and battery
  std::string ical;            // file
  double seconds = 45.0;       // a queue: that long at most
};

void add_plan_command(CLI::App& app, Options& options);

int plan_command(App& app);

}  // namespace olivine::cli
