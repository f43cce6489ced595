#include "apps/cli/app.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "acting/pauser.h"
#include "apps/cli/commands.h"
#include "apps/cli/help_text.h"
#include "apps/cli/output_file.h"
#include "base/text.h"
#include "engine/interrupted.h"
#include "report/text_layout.h"
#include "workload/mark_channel.h"

namespace olivine::cli {

std::string App::variable(const std::string& name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

Roots App::roots() const { return {config.get("sysfs_root"), config.get("procfs_root"), config.get("cgroup_root")}; }

std::string App::ledger_path() const {
  if (const std::string set = config.get("ledger"); !set.empty()) return set;
  std::string state = variable("XDG_STATE_HOME");
  if (state.empty() || state.front() != '/') {
    const std::string home = variable("HOME");
    state = home.empty() ? "/var/lib" : home + "/.local/state";
  }
  return state + "/olivine/ledger.sqlite";
}

std::string App::data_path(std::string_view name) const {
  std::string data = variable("XDG_DATA_HOME");
  if (data.empty() || data.front() != '/') {
    const std::string home = variable("HOME");
    data = home.empty() ? "/var/lib" : home + "/.local/share";
  }
  return fmt::format("{}/olivine/{}", data, name);
}

DiscoverOptions App::discover_options() const {
  DiscoverOptions discover;
  if (environment.contains("CUDA_VISIBLE_DEVICES")) discover.visible_devices = variable("CUDA_VISIBLE_DEVICES");
  return discover;
}

std::optional<int> App::columns(bool to_stderr) const { return terminal_columns(variable("COLUMNS"), to_stderr); }

TextStyle App::style(bool to_stderr) const {
  TextStyle style;
  const std::optional<int> wide = columns(to_stderr);
  style.width = wide.value_or(style.width);
  style.fit = wide.has_value();
  const std::string color = config.get("color");
  const std::string term = variable("TERM");
  const bool terminal = ::isatty(to_stderr ? STDERR_FILENO : STDOUT_FILENO) == 1;
  const bool allowed = variable("NO_COLOR").empty() && term != "dumb" && terminal;
  style.color = color == "always" || (color != "never" && allowed);
  std::string locale = variable("LC_ALL");
  if (locale.empty()) locale = variable("LC_CTYPE");
  if (locale.empty()) locale = variable("LANG");
  const bool utf8 = locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  style.ascii = options.ascii || term == "dumb" || !utf8;
  return style;
}

void App::tell(const std::string& what) const {
  say("olivine: " + fitted(what, std::string_view("olivine: ").size(), style(true)) + "\n");
}

Result<std::string> grid_program_path(FileSystem& files) {
  OLIVINE_TRY(const std::string self, files.resolve("/proc/self/exe"));
  const std::string folder = self.substr(0, self.rfind('/'));
  return folder.substr(0, folder.rfind('/')) + "/libexec/olivine-grid";
}

std::optional<int> carry_out(std::span<const NamedCommand> commands, App& app) {
  for (const NamedCommand& command : commands)
    if (command.name == app.options.command) return command.carry_out(app);
  return std::nullopt;
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
  return write_output(path, [&](const TextSink& sink) { return sink(content); });
}

int print_json(const Options& options, const std::string& json) {
  const std::string text = json.ends_with('\n') ? json : json + "\n";
  if (options.json_file.empty()) return print(text);
  if (const auto status = write_file(options.json_file, text); !status) return report_error(status.error());
  return 0;
}

Result<std::unique_ptr<Ledger>> open_ledger(const App& app) {
  Ledger::Options options;
  options.path = app.ledger_path();
  return Ledger::open(options);
}

Status close_interrupted_runs(const App& app, Ledger& ledger, const Discovery& discovery, const std::string& boot_id,
                              std::optional<Duration> within) {
  LiveSources live;
  live.boot_id = boot_id;
  live.sources = discovery.borrowed();
  const std::string hostname = hostname_of(app.files, app.roots());
  const auto abandoned = [&](const RunRow& run) {
    if (owner_lives(app.files, app.roots().procfs, boot_id, run.start) || begun_elsewhere(run.start, hostname))
      return false;
    MarkChannel::remove_stale(static_cast<pid_t>(run.start.owner_pid));
    remove_dead_cgroups(app.files, app.roots().procfs, app.roots().cgroup, run.start.run_id);
    return true;
  };
  OLIVINE_TRY(const InterruptedClosing done,
              olivine::close_interrupted_runs(ledger, live, {app.clock, within, abandoned}));
  if (done.left > 0 && !app.options.quiet)
    say(fmt::format("olivine: {} earlier runs were cut off and are not closed yet: olivine ls does it\n", done.left));
  if (done.trouble) return tl::unexpected<Error>(*done.trouble);
  return {};
}

namespace {

// What would let us read it: a folder above it that may be entered, else the file itself.
std::string way_to_ledger(const std::string& path) {
  std::string closed = path;
  std::string_view right = "r";
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    if (::access(path.substr(0, end).c_str(), X_OK) == 0) continue;
    closed = path.substr(0, end);
    right = "x";
    break;
  }
  struct stat about{};
  if (::stat(closed.c_str(), &about) == 0 && about.st_uid == ::geteuid())
    return fmt::format("type: chmod u+{} {}", right, printable(closed));
  return fmt::format("its owner lets you with chmod o+{} {}, or name a ledger of your own with --ledger", right,
                     printable(closed));
}

}  // namespace

Result<std::unique_ptr<Ledger>> open_history(const App& app) {
  const std::string path = app.ledger_path();
  if (::access(path.c_str(), R_OK) != 0) {
    const int why = errno;
    if (why == EACCES)
      return fail(ErrorKind::kPermission,
                  fmt::format("the ledger cannot be read: {}; {}", error_from_errno(why, printable(path)).message,
                              way_to_ledger(path)));
    if (why == ENOENT || why == ENOTDIR)
      return fail(ErrorKind::kNotFound,
                  "no run is recorded yet in " + path + "; start one with olivine run -- COMMAND");
  }
  if (::access(app.ledger_path().c_str(), W_OK) == 0) {
    auto ledger = open_ledger(app);
    if (ledger) {
      const auto unfinished = (*ledger)->unfinished();
      if (unfinished && !unfinished->empty()) {
        const MachineSensors sensors = discover_sensors(app.files, app.roots(), app.clock, app.discover_options());
        if (const auto closed =
                close_interrupted_runs(app, **ledger, sensors.found, boot_id_of(app.files, app.roots()));
            !closed)
          say(fmt::format("olivine: a run that was cut off could not be closed: {}\n", closed.error().message));
      }
      return ledger;
    }
    if (ledger.error().kind != ErrorKind::kPermission) return ledger;
  }
  return Ledger::open_read_only(app.ledger_path());
}

}  // namespace olivine::cli
