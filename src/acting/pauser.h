// Pauser: stops a command with everything it started, and lets it go on. GPU memory and files stay as they are.
//
// Two executors:
//   freezer  a cgroup of its own (v2: cgroup.freeze, v1: freezer.state): all at once, nothing escapes, no signal is seen
//   signals  SIGSTOP to each process of the tree, again until no new one turns up, then SIGCONT in the other order.
//            A process that somebody else had stopped stays stopped.
//
// Every stop goes through the Guardian first, so that work is never left stopped: kill -9 of ours lets it go on.
//
//   OLIVINE_TRY(auto pauser, Pauser::create({.use = PauseUse::kAuto, .id = run_id, ...}));
//   start the command with pauser->procs_fds() in its placement;
//   pauser->pause(processes); ...; pauser->resume();
//
// Units: none. Errors: creation says why not; a pause that fails leaves everything running. Work that cannot be let go stays paused()
// and is to be tried again. Threads: one.
// Lifetime: the destructor lets everything go on and removes the cgroup.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "acting/guardian.h"
#include "base/file_system.h"

namespace olivine {

enum class PauseUse { kAuto, kFreezer, kSignals };
Result<PauseUse> pause_use_from(std::string_view name);

// What an olivine that was killed left of the cgroups of its run, where nothing lives in them any more.
void remove_dead_cgroups(FileSystem& files, const std::string& procfs_root, const std::string& cgroup_root,
                         const std::string& id);

class Pauser {
 public:
  struct Wish {
    PauseUse use = PauseUse::kAuto;
    std::string id;                        // names the cgroup
    std::string procfs_root, cgroup_root;  // "/proc", "/sys/fs/cgroup"
    std::string own_directory;             // a v2 cgroup that the command starts in anyway; "" for none
  };
  static Result<std::unique_ptr<Pauser>> create(FileSystem& files, const Wish& wish);
  Pauser(const Pauser&) = delete;
  Pauser& operator=(const Pauser&) = delete;
  ~Pauser();

  // Where the command must start, beside where it starts anyway; empty for signals.
  const std::vector<int>& procs_fds() const { return procs_fds_; }
  std::string name() const;  // "freezer (cgroup v1)", "signals"
  bool paused() const { return paused_; }
  pid_t guardian_pid() const { return guardian_ ? guardian_->pid() : 0; }

  using Processes = std::function<std::vector<pid_t>()>;  // the command's tree as it is now
  Status pause(const Processes& processes);
  Status resume();
  // The guardian was reaped elsewhere: what it guarded goes on, and the next pause has a new one.
  void guardian_ended();

 private:
  explicit Pauser(FileSystem& files) : files_(files) {}
  Status use_freezer(const Wish& wish);
  Status have_guardian();
  Status write_state(const std::string& text) const;
  Status freeze();
  Status stop_all(const Processes& processes);
  std::string state_file() const;

  FileSystem& files_;
  std::string directory_;  // of the freezer; "" for signals
  bool version_2_ = false, made_ = false;
  std::vector<int> procs_fds_;
  std::unique_ptr<Guardian> guardian_;
  struct Stopped {
    pid_t pid;
    std::int64_t start_ticks;
  };
  std::vector<Stopped> stopped_;
  bool paused_ = false;
};

}  // namespace olivine
