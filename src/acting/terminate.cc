#include "acting/terminate.h"

#include <csignal>
#include <set>

#include "base/process_stat.h"

namespace olivine {
namespace {
constexpr int kRounds = 50;
}

void signal_tree(const Pauser::Processes& processes, int signal) {
  for (const pid_t pid : processes()) {
    if (::kill(pid, signal) != 0) continue;
    if (std::string_view("Tt").find(process_stat(pid).state) != std::string_view::npos) ::kill(pid, SIGCONT);
  }
}

Status kill_tree(const Pauser::Processes& processes) {
  std::set<pid_t> seen;
  for (int round = 0; round < kRounds; ++round) {
    bool found = false;
    for (const pid_t pid : processes()) {
      if (!seen.insert(pid).second) continue;
      found = ::kill(pid, SIGKILL) == 0 || found;
    }
    if (!found) return {};
  }
  return fail(ErrorKind::kTransient, "the command starts processes faster than they can be killed");
}

}  // namespace olivine
