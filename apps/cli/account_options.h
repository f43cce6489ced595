// The options of `olivine account` and `olivine account init`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct AccountCommandOptions {
  std::string file;
  bool html = false;
  std::string html_file;  // --html=FILE
  std::string explain;    // a figure
  std::string zone, at, signal = "average";
  std::size_t samples = 100'000;
  std::uint64_t seed = 1;
  std::string init_file = "account.toml";  // account init
  bool force = false, yes = false;
};

void add_account_command(CLI::App& app, Options& options);

int account_command(App& app);
int account_init_command(App& app);

}  // namespace olivine::cli
