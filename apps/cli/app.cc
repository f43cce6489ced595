#include "apps/cli/app.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "engine/verify.h"
#include "workload/mark_channel.h"

namespace olivine::cli {
namespace {

std::string value_of(const Config::Map& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

Status write_all(int fd, const std::string& content, const std::string& path) {
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n = ::write(fd, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected<Error>(error_from_errno(errno, "writing " + path));
    done += static_cast<std::size_t>(n);
  }
  return {};
}

}  // namespace

Roots App::roots() const { return {config.get("sysfs_root"), config.get("procfs_root"), config.get("cgroup_root")}; }

std::string App::ledger_path() const {
  if (const std::string set = config.get("ledger"); !set.empty()) return set;
  std::string state = value_of(environment, "XDG_STATE_HOME");
  if (state.empty() || state.front() != '/') {
    const std::string home = value_of(environment, "HOME");
    state = home.empty() ? "/var/lib" : home + "/.local/state";
  }
  return state + "/olivine/ledger.sqlite";
}

std::string App::data_path(std::string_view name) const {
  std::string data = value_of(environment, "XDG_DATA_HOME");
  if (data.empty() || data.front() != '/') {
    const std::string home = value_of(environment, "HOME");
    data = home.empty() ? "/var/lib" : home + "/.local/share";
  }
  return fmt::format("{}/olivine/{}", data, name);
}

DiscoverOptions App::discover_options() const {
  DiscoverOptions discover;
  if (environment.contains("CUDA_VISIBLE_DEVICES")) discover.visible_devices = value_of(environment, "CUDA_VISIBLE_DEVICES");
  return discover;
}

std::optional<int> App::columns(bool to_stderr) const {
  if (const auto n = parse_u64(value_of(environment, "COLUMNS")); n && *n >= 40 && *n <= 400) return static_cast<int>(*n);
  winsize size{};
  if (::ioctl(to_stderr ? STDERR_FILENO : STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return std::nullopt;
  return std::min<int>(size.ws_col, 160);
}

TextStyle App::style(bool to_stderr) const {
  TextStyle style;
  style.width = columns(to_stderr).value_or(style.width);
  const std::string color = config.get("color");
  const std::string term = value_of(environment, "TERM");
  const bool terminal = ::isatty(to_stderr ? STDERR_FILENO : STDOUT_FILENO) == 1;
  const bool allowed = value_of(environment, "NO_COLOR").empty() && term != "dumb" && terminal;
  style.color = color == "always" || (color != "never" && allowed);
  std::string locale = value_of(environment, "LC_ALL");
  if (locale.empty()) locale = value_of(environment, "LC_CTYPE");
  if (locale.empty()) locale = value_of(environment, "LANG");
  const bool utf8 = locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  style.ascii = options.ascii || term == "dumb" || !utf8;
  return style;
}

Result<std::string> grid_program_path(FileSystem& files) {
  OLIVINE_TRY(const std::string self, files.resolve("/proc/self/exe"));
  const std::string folder = self.substr(0, self.rfind('/'));
  return folder.substr(0, folder.rfind('/')) + "/libexec/olivine-grid";
}

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
    case ErrorKind::kNotFound:
    case ErrorKind::kUnsupported: return kExitUsage;
    default: return kExitIncomplete;
  }
}

int report_error(const Error& error) {
  say(fmt::format("olivine: {}\n", error.message));
  return exit_code_of(error.kind);
}

void say(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

int print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return 0;
  return report_error(error_from_errno(errno, "writing to stdout"));
}

Status write_file(const std::string& path, const std::string& content) {
  struct stat info {};
  const bool special = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);  // /dev/stderr, a pipe: no renaming
  const std::string target = special ? path : path + ".part";
  const int fd = ::open(target.c_str(), O_WRONLY | O_CREAT | (special ? 0 : O_TRUNC) | O_CLOEXEC, 0666);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "writing " + path));
  Status status = write_all(fd, content, path);
  if (::close(fd) != 0 && status) status = tl::unexpected<Error>(error_from_errno(errno, "writing " + path));
  if (special) return status;
  if (status && ::rename(target.c_str(), path.c_str()) != 0)
    status = tl::unexpected<Error>(error_from_errno(errno, "writing " + path));
  if (!status) ::unlink(target.c_str());
  return status;
}

int print_json(const App& app, const std::string& json) {
  const std::string text = json.ends_with('\n') ? json : json + "\n";
  if (app.options.json_file.empty()) return print(text);
  if (const auto status = write_file(app.options.json_file, text); !status) return report_error(status.error());
  return 0;
}

Result<std::unique_ptr<Ledger>> open_ledger(const App& app) {
  Ledger::Options options;
  options.path = app.ledger_path();
  return Ledger::open(options);
}

Status close_interrupted_runs(const App& app, Ledger& ledger, const Discovery& discovery, const std::string& boot_id) {
  OLIVINE_TRY(const auto open_runs, ledger.unfinished());
  LiveSources live;
  live.boot_id = boot_id;
  for (const auto& source : discovery.sources) live.sources.push_back(source.get());
  for (const RunRow& run : open_runs)
    if (!owner_lives(app.files, app.roots().procfs, boot_id, run.start)) {
      MarkChannel::remove_stale(static_cast<pid_t>(run.start.owner_pid));
      OLIVINE_CHECK_STATUS(close_interrupted(ledger, run.start.run_id, live, app.clock.now()));
    }
  return {};
}

Result<std::unique_ptr<Ledger>> open_history(const App& app) {
  if (::access(app.ledger_path().c_str(), F_OK) != 0)
    return fail(ErrorKind::kNotFound, "no run is recorded yet in " + app.ledger_path() + "; start one with olivine run -- COMMAND");
  if (::access(app.ledger_path().c_str(), W_OK) == 0) {
    auto ledger = open_ledger(app);
    if (ledger) {
      const auto unfinished = (*ledger)->unfinished();
      if (unfinished && !unfinished->empty()) {
        const MachineSensors sensors = discover_sensors(app.files, app.roots(), app.clock, app.discover_options());
        if (const auto closed = close_interrupted_runs(app, **ledger, sensors.found, boot_id_of(app.files, app.roots())); !closed)
          say(fmt::format("olivine: a run that was cut off could not be closed: {}\n", closed.error().message));
      }
      return ledger;
    }
    if (ledger.error().kind != ErrorKind::kPermission) return ledger;
  }
  return Ledger::open_read_only(app.ledger_path());
}

}  // namespace olivine::cli
