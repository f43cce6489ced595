#include "acting/pauser.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>

#include "base/process_stat.h"
#include "base/text.h"
#include "workload/cgroup.h"

namespace olivine {
namespace {

constexpr int kRounds = 50;  // of looking for processes that were started meanwhile
constexpr timespec kMoment{0, 2'000'000};
constexpr int kFreezeLooks = 500;  // of a moment each

// Where our own cgroup of a hierarchy is mounted; "" when it is not.
std::string own_directory(FileSystem& files, const Pauser::Wish& wish, bool version_2) {
  const auto text = read_text(files, wish.procfs_root + "/self/cgroup");
  if (!text) return {};
  for (const OwnCgroup& own : parse_own_cgroups(*text)) {
    const auto names = split(own.controllers, ',');
    const bool wanted =
        version_2 ? own.controllers.empty() : std::find(names.begin(), names.end(), "freezer") != names.end();
    if (!wanted) continue;
    for (const std::string& mount : version_2
                                        ? std::vector<std::string>{wish.cgroup_root, wish.cgroup_root + "/unified"}
                                        : std::vector<std::string>{wish.cgroup_root + "/freezer"}) {
      const std::string directory = own.path == "/" ? mount : mount + own.path;
      const bool is_version_2 = files.open(directory + "/cgroup.controllers").has_value();
      if (files.open(directory + "/cgroup.procs") && is_version_2 == version_2) return directory;
    }
  }
  return {};
}

}  // namespace

void remove_dead_cgroups(FileSystem& files, const std::string& procfs_root, const std::string& cgroup_root,
                         const std::string& id) {
  const auto text = read_text(files, procfs_root + "/self/cgroup");
  if (!text || id.empty() || id.find('/') != std::string::npos) return;
  for (const OwnCgroup& own : parse_own_cgroups(*text)) {
    std::vector<std::string> mounts{cgroup_root + "/" + own.controllers};
    if (own.controllers.empty()) mounts.push_back(cgroup_root + "/unified");
    for (const std::string_view name : split(own.controllers, ','))
      mounts.push_back(cgroup_root + "/" + std::string(name));
    for (const std::string& mount : mounts)
      for (const char* kind : {"olivine-pause-", "olivine-"})
        ::rmdir((mount + (own.path == "/" ? "" : own.path) + "/" + kind + id)
                    .c_str());  // refused while anything lives there
  }
}

Result<PauseUse> pause_use_from(std::string_view name) {
  if (name == "auto") return PauseUse::kAuto;
  if (name == "freezer") return PauseUse::kFreezer;
  if (name == "signals") return PauseUse::kSignals;
  return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is not one of auto, freezer, signals", printable(name)));
}

Result<std::unique_ptr<Pauser>> Pauser::create(FileSystem& files, const Wish& wish) {
  std::unique_ptr<Pauser> pauser(new Pauser(files));
  if (wish.use != PauseUse::kSignals)
    if (const auto freezer = pauser->use_freezer(wish); !freezer && wish.use == PauseUse::kFreezer)
      return tl::unexpected<Error>(freezer.error());
  OLIVINE_CHECK_STATUS(pauser->have_guardian());
  return pauser;
}

Pauser::~Pauser() {
  (void)resume();
  for (const int fd : procs_fds_) ::close(fd);
  if (!made_) return;
  remove_cgroup(files_, directory_);
}

Status Pauser::use_freezer(const Wish& wish) {
  if (!wish.own_directory.empty() && ::access((wish.own_directory + "/cgroup.freeze").c_str(), W_OK) == 0) {
    directory_ = wish.own_directory;
    version_2_ = true;
    return {};
  }
  for (const bool version_2 : {true, false}) {
    const std::string parent = own_directory(files_, wish, version_2);
    if (parent.empty()) continue;
    const std::string directory = parent + "/olivine-pause-" + wish.id;
    if (::mkdir(directory.c_str(), 0755) != 0) continue;
    directory_ = directory;
    version_2_ = version_2;
    const int fd = ::open((directory + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && ::access(state_file().c_str(), W_OK) == 0) {
      procs_fds_.push_back(fd);
      made_ = true;
      return {};
    }
    if (fd >= 0) ::close(fd);
    ::rmdir(directory.c_str());
    directory_.clear();
  }
  return fail(ErrorKind::kPermission,
              "no cgroup can be made that freezes: run as root, or under systemd with Delegate=yes; --pause-with "
              "signals needs none");
}

std::string Pauser::state_file() const { return directory_ + (version_2_ ? "/cgroup.freeze" : "/freezer.state"); }

std::string Pauser::name() const {
  if (directory_.empty()) return "signals";
  return version_2_ ? "freezer (cgroup v2)" : "freezer (cgroup v1)";
}

Status Pauser::have_guardian() {
  if (guardian_) return {};
  auto started = Guardian::start();
  if (!started) return tl::unexpected<Error>(started.error());
  guardian_ = std::make_unique<Guardian>(std::move(*started));
  return made_ ? guardian_->will_remove(directory_) : Status{};
}

Status Pauser::write_state(const std::string& text) const {
  const int fd = ::open(state_file().c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening " + state_file()));
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  if (written < 0) return tl::unexpected<Error>(error_from_errno(error, "writing " + state_file()));
  return {};
}

Status Pauser::pause(const Processes& processes) {
  if (paused_) return {};
  OLIVINE_CHECK_STATUS(have_guardian());
  const Status done = directory_.empty() ? stop_all(processes) : freeze();
  if (!done) (void)resume();
  return done;
}

Status Pauser::freeze() {
  OLIVINE_CHECK_STATUS(guardian_->will_freeze(state_file(), version_2_ ? "0" : "THAWED"));
  OLIVINE_CHECK_STATUS(write_state(version_2_ ? "1" : "FROZEN"));
  paused_ = true;  // also when it takes too long
  for (int look = 0; look < kFreezeLooks; ++look) {
    const auto state = read_text(files_, version_2_ ? directory_ + "/cgroup.events" : state_file());
    if (!state) return tl::unexpected<Error>(state.error());
    if (version_2_ ? state->find("frozen 1") != std::string::npos : trim(*state) == "FROZEN") return {};
    ::nanosleep(&kMoment, nullptr);
  }
  return fail(ErrorKind::kTransient, "the cgroup did not freeze within a second: " + directory_);
}

Status Pauser::stop_all(const Processes& processes) {
  std::set<pid_t> seen;
  paused_ = true;  // also when only a part can be stopped
  for (int round = 0; round < kRounds; ++round) {
    bool found = false;
    for (const pid_t pid : processes()) {
      if (!seen.insert(pid).second) continue;
      const ProcessStat stat = process_stat(pid);
      if (std::string_view("TtZX?").find(stat.state) != std::string_view::npos) continue;
      OLIVINE_CHECK_STATUS(guardian_->will_stop(pid, stat.start_ticks));
      if (::kill(pid, SIGSTOP) != 0) continue;  // it ended
      stopped_.push_back({pid, stat.start_ticks});
      found = true;
    }
    if (!found) return {};
  }
  return fail(ErrorKind::kTransient,
              "the command starts processes faster than they can be stopped; use --pause-with freezer");
}

Status Pauser::resume() {
  if (!paused_) return {};
  if (directory_.empty()) {
    for (auto one = stopped_.rbegin(); one != stopped_.rend(); ++one)
      if (process_stat(one->pid).start_ticks == one->start_ticks) ::kill(one->pid, SIGCONT);
    stopped_.clear();
  } else {
    OLIVINE_CHECK_STATUS(write_state(version_2_ ? "0" : "THAWED"));
  }
  paused_ = false;
  if (guardian_) (void)guardian_->all_running();
  return {};
}

void Pauser::guardian_ended() {
  if (!guardian_) return;
  guardian_->forget();
  guardian_.reset();
  (void)resume();
}

}  // namespace olivine
