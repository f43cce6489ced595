#include "apps/cli/run_schedule.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "apps/cli/run_expectation.h"
#include "apps/cli/schedule_options.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;
constexpr int kReportWithinMs = 3000;

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

}  // namespace

Result<std::unique_ptr<RunSchedule>> RunSchedule::start(const App& app, const std::string& zone) {
  const ScheduleOptions& s = app.options.of<ScheduleOptions>();
  if (zone.empty() && s.intensity.empty())
    return fail(ErrorKind::kInvalid, "waiting for cleaner electricity needs to know where: --zone, e.g. --zone FR (olivine grid zones TEXT finds it)");
  OLIVINE_TRY(const Expectation expected, expectation_of(app));
  OLIVINE_TRY(const auto words, follow_arguments(s, zone, expected.duration));
  std::unique_ptr<RunSchedule> schedule(new RunSchedule());
  schedule->may_pause_ = schedule->may_pause_asked_ = s.start_within.empty();
  schedule->facts_.policy = schedule->may_pause_ ? "finish within " + s.finish_within : "start within " + s.start_within;
  schedule->facts_.objective = s.objective;
  schedule->facts_.zone = zone;
  schedule->known_of_ = zone.empty() ? printable(s.intensity) : printable(zone);
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
  SpawnWish wish;
  wish.words = arguments;
  wish.path = path;
  wish.stdin_fd = to[0];
  wish.stdout_fd = from[1];
  wish.own_group = true;
  const auto started = olivine::spawn(wish);
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
      if (action == "run") {
        started_unplanned(told);
        break;
      }
      told = told || action == "wait";
      if (action == "wait") say(fmt::format("olivine: waiting: {}\n", printable(reason_)));
      continue;
    }
    pollfd more{from_follower_, POLLIN, 0};
    ::poll(&more, 1, -1);
  }
  if (told) facts_.waited_ns = SystemClock().now().boot_ns - begun_ns;
  if (!following_) troubles_.push_back("the plan ended before the start; the work was started at once");
}

// Where nothing is known that could be waited for, the follower says "no ..." in place of an intensity: the reader must know.
void RunSchedule::started_unplanned(bool waited) {
  if (!reason_.starts_with("no ")) return;
  const std::string objective = facts_.objective + " intensity";
  const std::string why = reason_.starts_with("no " + objective) ? fmt::format("no {} of {} is known for now", objective, known_of_) : printable(reason_);
  troubles_.push_back(fmt::format("{}: started {}", why, waited ? "without waiting longer" : "at once"));
  say(fmt::format("olivine: {}\n", troubles_.back()));
}

void RunSchedule::step(const RunWorld& world) {
  while (following_) {
    const auto line = next_line();
    if (!line) break;
    obey(*line, world);
  }
  if (pause_ != nullptr)
    if (std::string failure = pause_->take_failure(); !failure.empty()) give_up(std::move(failure), world);
  if (!following_ && may_pause_) give_up("the plan ended unexpectedly; the work goes on without pauses", world);
}

void RunSchedule::obey(const std::string& line, const RunWorld& world) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object()) return;
  const std::string action = j.value("action", "");
  reason_ = j.value("reason", "");
  if (!may_pause_ || pause_ == nullptr) return;
  if (action == "wait") pause_->begin(reason_, world);
  if (action == "run") pause_->end(reason_, world);
}

void RunSchedule::give_up(std::string why, const RunWorld& world) {
  reason_ = std::move(why);
  troubles_.push_back(reason_);
  following_ = false;
  may_pause_ = false;
  if (pause_ != nullptr) pause_->end(reason_, world);
}

void RunSchedule::reaped(pid_t pid, const RunWorld& world) {
  if (pid != follower_) return;
  follower_ = 0;
  step(world);  // what it said last, and that it said no more
}

void RunSchedule::signalled(std::uint64_t signals, const RunWorld& world) {
  if (pause_ == nullptr || !pause_->paused() || !may_pause_) return;
  if ((signals & kSignalsToEnd) != 0) return give_up("a signal asked the work to end while it was paused: it goes on, to act on it", world);
  if ((signals & kSignalsToStop) != 0) ::raise(SIGSTOP);  // as the shell expects; the work is stopped already
  if ((signals & signal_bit(SIGCONT)) != 0) pause_->renew(world);
}

RecordSchedule RunSchedule::finish() {
  if (pause_ != nullptr && may_pause_asked_) {
    const RecordSchedule& paused = pause_->facts();
    facts_.executor = pause_->executor();
    facts_.pauses = paused.pauses;
    facts_.paused_ns = paused.paused_ns;
    facts_.paused_attributed_uj = paused.paused_attributed_uj;
    facts_.paused_measured_uj = paused.paused_measured_uj;
    facts_.events = paused.events;
  }
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
