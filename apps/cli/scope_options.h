// The options of `olivine scope`, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}
namespace olivine {
class Clock;
}

namespace olivine::cli {

struct Options;

struct ScopeOptions {
  std::string name;
};

void add_scope_command(CLI::App& app, Options& options);

// Runs `command` in a scope: its exit code, 126 and 127 as env(1). `traceparent`: TRACEPARENT of our environment, or "".
int scope_command(const ScopeOptions& options, const std::vector<std::string>& command, const std::string& traceparent, const Clock& clock);

}  // namespace olivine::cli
