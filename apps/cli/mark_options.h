// The options of `olivine mark`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine {
class Clock;
}

namespace olivine::cli {

struct Options;

struct MarkOptions {
  std::string name;    // "epoch", or anything else
  std::string number;  // of an epoch: "3", "3/90", "end"
};

void add_mark_command(CLI::App& app, Options& options);

int mark_command(const MarkOptions& options, const Clock& clock);

}  // namespace olivine::cli
