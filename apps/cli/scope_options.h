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
  std::string quota;              // "300Wh", "500g"; "" none
  std::string on_quota = "warn";  // or "stop"
  std::string grace = "30s";      // stop: between SIGTERM and SIGKILL
  std::string level;              // "latency p95 < 50ms, deadline 2h"; "" none
};
struct QuotaOptions {
  bool quiet = false;
};

void add_scope_command(CLI::App& app, Options& options);
void add_quota_command(CLI::App& app, Options& options);

// Runs `command` in a scope: its exit code, 126 and 127 as env(1), 124 when its quota stopped it. `traceparent`: TRACEPARENT of our
// environment, or "".
int scope_command(const ScopeOptions& options, const std::vector<std::string>& command, const std::string& traceparent,
                  const Clock& clock);

// What the quota around us has left: 0 some, 1 none, 3 not known.
int quota_command(const Options& options, const std::string& traceparent, const Clock& clock);

}  // namespace olivine::cli
