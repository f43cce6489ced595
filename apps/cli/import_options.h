// Options of `olivine import`, as typed.
//
// Units: as typed. Errors: usage errors by CLI11. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct ActivityImportArguments {
  std::string tool, file, output, zone, utc_offset, users = "drop", phase, plane, model_from, energy_metric, begin, end;
};

struct App;
struct Options;
void add_import_command(CLI::App& app, Options& options);

int import_command(App& app);

}  // namespace olivine::cli
