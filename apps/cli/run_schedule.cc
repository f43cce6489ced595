#include "apps/cli/run_schedule.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "apps/cli/run_expectation.h"
#include "apps/cli/schedule_options.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostEvents = 1000;
constexpr std::size_t kLongestLine = 1 << 20;
constexpr int kReportWithinMs = 3000;
constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }
constexpr std::uint64_t kToEnd = bit(SIGINT) | bit(SIGTERM) | bit(SIGHUP) | bit(SIGQUIT);
constexpr std::uint64_t kToStop = bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);

template <class T>
Result<T> named(std::string_view option, Result<T> result) {
  if (!result) return fail(result.error().kind, fmt::format("{}: {}", option, result.error().message));
  return result;
}

std::string text_of(Duration d) { return fmt::format("{}ms", (d.ns + 999'999) / 1'000'000); }

// The words of `plan --follow` for these options.
Result<std::vector<std::string>> follow_arguments(const ScheduleOptions& s, const std::string& zone, Duration expected) {
  const bool only_start = !s.start_within.empty();
  OLIVINE_TRY(const Duration within, named(only_start ? "--start-within" : "--finish-within", parse_duration(only_start ? s.start_within : s.finish_within)));
  if (!only_start && within < expected)
    return fail(ErrorKind::kInvalid, fmt::format("--finish-within {}: the work is expected to take {}", format_duration(within), format_duration(expected)));
  std::vector<std::string> words{"olivine", "plan", "--follow", "--duration", text_of(expected), "--objective", s.objective};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--deadline", text_of(only_start ? within + expected : within));
  add("--margin", only_start ? "0s" : s.margin);
  if (only_start) words.push_back("--no-pause");
  if (s.intensity.empty() || !zone.empty()) add("--zones", zone);
  add("--intensity", s.intensity);
  add("--start", s.start);
  add("--slot", s.slot);
  add("--pause-cost", s.pause_cost);
  add("--pause-time", s.pause_time);
  add("--min-run", s.min_run);
  if (s.pause_above != "auto") add("--pause-above", s.pause_above);
  add("--speed", fmt::format("{}", s.speed));
  return words;
}

// A child with the usual signals, in the directory that we are in; `group` of its own or ours.
Result<pid_t> spawn_quietly(const char* path, const std::vector<std::string>& words, const std::vector<std::string>& extra_environment,
                            posix_spawn_file_actions_t* actions, bool own_group) {
  std::vector<char*> argv, envp;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  for (char** e = environ; *e != nullptr; ++e) envp.push_back(*e);
  for (const std::string& variable : extra_environment) envp.push_back(const_cast<char*>(variable.c_str()));
  envp.push_back(nullptr);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, usual;
  sigemptyset(&none);
  sigfillset(&usual);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  const int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (own_group ? POSIX_SPAWN_SETPGROUP : 0);
  ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, path, actions, &attributes, argv.data(), envp.data());
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) return tl::unexpected<Error>(error_from_errno(error, fmt::format("starting {}", path)));
  return pid;
}

}  // namespace

Result<std::unique_ptr<RunSchedule>> RunSchedule::start(const App& app, const std::string& zone) {
  const ScheduleOptions& s = app.options.of<ScheduleOptions>();
  if (zone.empty() && s.intensity.empty())
    return fail(ErrorKind::kInvalid, "waiting for cleaner electricity needs to know where: --zone, e.g. --zone FR (olivine grid zones TEXT finds it)");
  OLIVINE_TRY(const Expectation expected, expectation_of(app));
  OLIVINE_TRY(const auto words, follow_arguments(s, zone, expected.duration));
  std::unique_ptr<RunSchedule> schedule(new RunSchedule());
  schedule->checkpoint_command_ = s.checkpoint_command;
  schedule->checkpoint_signal_ = s.checkpoint_signal;
  OLIVINE_TRY(schedule->checkpoint_wait_, named("--checkpoint-wait", parse_duration(s.checkpoint_wait)));
  schedule->may_pause_ = s.start_within.empty();
  schedule->facts_.policy = schedule->may_pause_ ? "finish within " + s.finish_within : "start within " + s.start_within;
  schedule->facts_.objective = s.objective;
  schedule->facts_.zone = zone;
  OLIVINE_CHECK_STATUS(schedule->spawn(app, words));
  if (!expected.origin.empty() && !app.options.quiet) say(fmt::format("olivine: {} expected, {}\n", format_duration(expected.duration), expected.origin));
  return schedule;
}

Status RunSchedule::spawn(const App& app, const std::vector<std::string>& arguments) {
  OLIVINE_TRY(const std::string path, grid_program_path(app.files));
  std::array<int, 2> to{}, from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  if (::pipe2(from.data(), O_CLOEXEC) != 0) {
    const Error error = error_from_errno(errno, "pipe");
    ::close(to[0]);
    ::close(to[1]);
    return tl::unexpected<Error>(error);
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  const auto started = spawn_quietly(path.c_str(), arguments, {}, &actions, true);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  to_follower_ = to[1];
  from_follower_ = from[0];
  if (!started) return tl::unexpected<Error>(started.error());
  follower_ = *started;
  // Its first line, or the reason why there is none.
  pollfd first{from_follower_, POLLIN, 0};
  while (::poll(&first, 1, -1) < 0 && errno == EINTR) {
  }
  std::array<char, 4096> text{};
  const ssize_t got = ::read(from_follower_, text.data(), text.size());
  if (got > 0) {
    buffer_.assign(text.data(), static_cast<std::size_t>(got));
    ::fcntl(from_follower_, F_SETFL, O_NONBLOCK);
    return {};
  }
  int status = 0;
  ::waitpid(follower_, &status, 0);
  follower_ = 0;
  return fail(ErrorKind::kInvalid, "no plan could be made for this run (see above); nothing was started");
}

RunSchedule::~RunSchedule() {
  if (to_follower_ >= 0) ::close(to_follower_);
  if (from_follower_ >= 0) ::close(from_follower_);
  if (follower_ > 0) ::waitpid(follower_, nullptr, 0);
}

// A whole line, if one has come. The end of the file stops the following.
std::optional<std::string> RunSchedule::next_line() {
  while (true) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> text{};
    const ssize_t got = ::read(from_follower_, text.data(), text.size());
    if (got < 0) return std::nullopt;
    if (got == 0 || buffer_.size() > kLongestLine) {
      following_ = false;
      return std::nullopt;
    }
    buffer_.append(text.data(), static_cast<std::size_t>(got));
  }
}

void RunSchedule::wait_for_start() {
  const std::int64_t begun_ns = SystemClock().now().boot_ns;
  bool told = false;
  while (following_) {
    if (const auto line = next_line()) {
      const auto j = nlohmann::json::parse(*line, nullptr, false);
      const std::string action = j.is_object() ? j.value("action", "") : "";
      reason_ = j.is_object() ? j.value("reason", "") : "";
      if (action == "run") break;
      told = told || action == "wait";
      if (action == "wait") say(fmt::format("olivine: waiting: {}\n", printable(reason_)));
      continue;
    }
    pollfd more{from_follower_, POLLIN, 0};
    ::poll(&more, 1, -1);
  }
  if (told) facts_.waited_ns = SystemClock().now().boot_ns - begun_ns;
  if (!following_) trouble_ = "the plan ended before the start; the work was started at once";
}

void RunSchedule::step(const World& world) {
  if (checkpoint_until_ns_ && world.now_ns() >= *checkpoint_until_ns_) pause(world);
  while (following_) {
    const auto line = next_line();
    if (!line) break;
    obey(*line, world);
  }
  if (!following_ && may_pause_) give_up("the plan ended unexpectedly; the work goes on without pauses", world);
}

void RunSchedule::obey(const std::string& line, const World& world) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object()) return;
  const std::string action = j.value("action", "");
  reason_ = j.value("reason", "");
  if (action == "wait" && may_pause_ && pauser_ && !paused() && !checkpoint_until_ns_) checkpoint(world);
  if (action == "run") {
    checkpoint_until_ns_.reset();
    if (paused()) resume(world);
  }
}

void RunSchedule::checkpoint(const World& world) {
  if (checkpoint_command_.empty() && checkpoint_signal_.empty()) return pause(world);
  checkpoint_until_ns_ = world.now_ns() + checkpoint_wait_.ns;
  if (!checkpoint_signal_.empty()) ::kill(world.child, checkpoint_signal_ == "USR1" ? SIGUSR1 : SIGUSR2);
  if (checkpoint_command_.empty()) return;
  posix_spawn_file_actions_t actions;  // ours are gone (release_inherited_descriptors): what it says goes to standard error
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  const auto started = spawn_quietly("/bin/sh", {"sh", "-c", checkpoint_command_},
                                     {fmt::format("OLIVINE_PID={}", world.child), "OLIVINE_RUN_ID=" + world.run_id}, &actions, false);
  ::posix_spawn_file_actions_destroy(&actions);
  if (started) world.ignore(checkpoint_pid_ = *started);
  else trouble_ = "the checkpoint command: " + started.error().message;
}

void RunSchedule::pause(const World& world) {
  checkpoint_until_ns_.reset();
  at_pause_ = world.settle();
  world.expect_stops(true);
  if (const auto stopped = pauser_->pause(world.processes); !stopped) {
    world.expect_stops(false);
    return give_up("the work could not be paused: " + stopped.error().message, world);
  }
  paused_at_ns_ = world.now_ns();
  ++facts_.pauses;
  note("pause", world);
}

void RunSchedule::resume(const World& world) {
  const Split now = world.settle();
  facts_.paused_attributed_uj += now.attributed.count() - at_pause_.attributed.count();
  facts_.paused_measured_uj += now.total().count() - at_pause_.total().count();
  facts_.paused_ns += world.now_ns() - paused_at_ns_;
  if (const auto resumed = pauser_->resume(); !resumed) trouble_ = "letting the work go on: " + resumed.error().message;
  world.expect_stops(false);
  note("run", world);
}

void RunSchedule::note(std::string action, const World& world) {
  if (facts_.events.size() < kMostEvents) facts_.events.push_back({world.now_ns(), std::move(action), reason_});
}

void RunSchedule::give_up(std::string why, const World& world) {
  reason_ = trouble_ = std::move(why);
  following_ = false;
  may_pause_ = false;
  checkpoint_until_ns_.reset();
  if (paused()) resume(world);
}

void RunSchedule::reaped(pid_t pid, const World& world) {
  if (pid == checkpoint_pid_) {
    checkpoint_pid_ = 0;
    if (checkpoint_until_ns_ && checkpoint_signal_.empty()) pause(world);
  }
  if (pid == follower_) {
    follower_ = 0;
    step(world);  // what it said last, and that it said no more
  }
  if (pauser_ && pid == pauser_->guardian_pid()) {
    const bool was_paused = paused();
    if (was_paused) resume(world);
    pauser_->guardian_ended();
    trouble_ = "the guardian of paused work was killed; it is started anew at the next pause";
  }
}

void RunSchedule::signalled(std::uint64_t signals, const World& world) {
  if (!paused()) return;
  if ((signals & kToEnd) != 0) return give_up("a signal asked the work to end while it was paused: it goes on, to act on it", world);
  if ((signals & kToStop) != 0) ::raise(SIGSTOP);  // as the shell expects; the work is stopped already
  if ((signals & bit(SIGCONT)) != 0) {
    resume(world);  // it runs, whatever we think: stop it again
    pause(world);
  }
}

RecordSchedule RunSchedule::finish() {
  if (pauser_) facts_.executor = pauser_->name();
  if (to_follower_ >= 0) {
    if (following_ && ::write(to_follower_, "end\n", 4) < 0) following_ = false;
    ::close(to_follower_);
    to_follower_ = -1;
  }
  for (int left_ms = kReportWithinMs; following_ && left_ms > 0;) {
    while (const auto line = next_line()) read_report(*line);
    pollfd more{from_follower_, POLLIN, 0};
    if (following_ && ::poll(&more, 1, 100) == 0) left_ms -= 100;
  }
  pauser_.reset();
  return facts_;
}

void RunSchedule::read_report(const std::string& line) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object() || j.value("action", "") != "end") return;
  const auto saving = [&](const char* key) {
    RecordSchedule::Saving out;
    const auto s = j.value(key, nlohmann::json::object());
    const auto number = [&](const char* signal) { return s.contains(signal) && s[signal].is_number() ? std::optional(s[signal].get<double>()) : std::nullopt; };
    out.average = number("average");
    out.marginal = number("marginal");
    return out;
  };
  facts_.planned = saving("planned_saving");
  facts_.actual = saving("saving");
  if (facts_.zone.empty()) facts_.zone = j.value("zone", "");
}

}  // namespace olivine::cli
