// Options of `grid import` and `grid data`.
//
// Units: as typed. Errors: usage errors by CLI11. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace olivine::cli {

struct GridImportOptions {
  std::vector<std::string> files;
  std::string factors;
  std::optional<std::string> zone, signal, boundary, accounting, unit, format;
  std::optional<int> year, decimals;
  std::vector<std::string> hashes;  // data rm
};

struct App;
struct Options;
void add_grid_data(CLI::App& grid, Options& options);

int grid_import_command(App& app);
int grid_data_ls_command(App& app);
int grid_data_rm_command(App& app);

}  // namespace olivine::cli
