// The options of `olivine features`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct FeaturesOptions {
  std::string store;                 // the store's file; "" is the default place
  std::vector<std::string> views;    // get; one for materialize and check
  std::vector<std::string> sources;  // FILE or NAME=FILE
  std::string entity, at, spine, snapshot, output, online;
  std::string from, to, step, split, now;
  bool dry_run = false, backfill = false;
  std::optional<double> package_power_w, max_null_rate, max_psi;
};

void add_features_commands(CLI::App& app, Options& options);

int features_apply_command(App& app);
int features_ls_command(App& app);
int features_get_command(App& app);
int features_materialize_command(App& app);
int features_check_command(App& app);

}  // namespace olivine::cli
