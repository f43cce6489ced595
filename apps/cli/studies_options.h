// The options of `olivine studies` and `olivine sci`, and where they are declared to the parser.
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

struct StudiesOptions {
  std::vector<std::string> names;  // run
  std::string name, file;          // show
  std::string data;                // folder that holds impact_tracker/
  bool markdown = false;
};
struct SciOptions {
  std::string file;
  std::string unit;  // which functional unit; "" when there is one
  std::string at;    // export: time of activities that state none
};

void add_studies_commands(CLI::App& app, Options& options);
void add_sci_commands(CLI::App& app, Options& options);

int studies_ls_command(App& app);
int studies_show_command(App& app);
int studies_run_command(App& app);
int sci_show_command(App& app);
int sci_export_command(App& app);
int sci_import_command(App& app);

}  // namespace olivine::cli
