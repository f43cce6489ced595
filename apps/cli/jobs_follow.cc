#include "apps/cli/jobs_follow.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/printf.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <utility>

#include "apps/cli/follower.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr int kLookMs = 10'000;      // at the job, between steps
constexpr int kQuickLookMs = 1'000;  // when a plan is tried out at speed
constexpr const char* kModelled = " (modelled at constant power)";
constexpr int kLetGoTries = 5;
constexpr int kLetGoPauseMs = 1'000;
constexpr int kSignalMs = 500;       // so late at most a signal is acted on, while nothing else happens
constexpr int kPlanSoonMs = 10'000;  // for it to read its data, before the first look
constexpr int kGuardMs = 1'000, kGuardPollMs = 50;

// $1 .. are the words, $undo what is to be done; tried while the controller is away, for ten minutes of waiting.
constexpr const char* kGuardScript = R"(trap '' HUP INT TERM PIPE
undo=; while read -r line; do undo=$line; done
test -n "$undo" || exit 0
limit=; command -v timeout > /dev/null && limit='timeout -k 5 60'
step=1; left=600; before=
until said=$(%s 2>&1); do
  test "$said" = "$before" || printf '%%s\n' "$said" >&2
  before=$said
  case $said in
    *nvalid\ job\ id*|*already\ finished*|*ermission\ denied*|*orbidden*|*NotFound*|*nauthorized*|*must\ be\ logged\ in*) exit 1;;
  esac
  test $left -gt 0 || exit 1
  sleep $step
  left=$((left - step)); step=$((step < 30 ? step * 2 : 30))
done
test -z "$said" || printf '%%s\n' "$said" >&2
)";

// Kept for the loops, which close the record. A second one ends us at once; the guard does what is due all the same.
volatile std::sig_atomic_t g_ended_by = 0;
extern "C" void note_end(int signal) { g_ended_by = signal; }

void note_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction wish{};
    wish.sa_handler = note_end;
    wish.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &wish, nullptr);
  }
}

int left_by_signal(JobRecord& record) {
  const int signal = g_ended_by;
  record.leave(fmt::format("olivine was ended by signal {}", signal));
  return 128 + signal;
}

// With the place of the settings where none is said, which may be of a flag that the follower does not get. A file says its own.
PlanOptions plan_asked(const App& app, bool may_pause) {
  PlanOptions asked = app.options.of<PlanOptions>();
  asked.no_pause = !may_pause;
  if (const std::string zone = app.config.get("zone"); asked.zones.empty() && asked.intensity.empty() && !zone.empty())
    asked.zones = {zone};
  return asked;
}

std::string both_text(const RecordSchedule::Saving& saving) {
  return saving_text(saving.average, "by average") + ", " + saving_text(saving.marginal, "at the margin");
}

// What it was told is no saving when it was cancelled before it ran.
std::string outcome_text(const FollowReport& report, const JobRecord& record) {
  if (record.ran().empty()) return "it was not seen to run";
  return "it came to " + both_text(report.actual) + kModelled;
}

// Trying again would not help: the scheduler, or the want of it, has said no.
bool refused(const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return true;
  for (const char* no : {"ermission denied", "orbidden", "NotFound", "nauthorized", "must be logged in"})
    if (error.message.find(no) != std::string::npos) return true;
  return false;
}

}  // namespace

std::string saving_text(const std::optional<double>& saving, const char* how) {
  if (!saving) return fmt::format("not known {}", how);
  return fmt::format("{:.1f} % {} {}", std::abs(100.0 * *saving), *saving >= 0.0 ? "less" : "more", how);
}

Result<JobGuard> JobGuard::start(const std::string& script, const std::vector<std::string>& words) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  SpawnWish wish;
  wish.words = {"sh", "-c", fmt::sprintf(kGuardScript, script), "olivine-guard"};
  wish.words.insert(wish.words.end(), words.begin(), words.end());
  wish.path = "/bin/sh";
  wish.stdin_fd = pipe[0];
  wish.stdout_fd = STDERR_FILENO;  // a reader of our output must not wait for it
  wish.own_group = true;
  const auto pid = spawn(wish);
  ::close(pipe[0]);
  if (pid) return JobGuard(*pid, pipe[1]);
  ::close(pipe[1]);
  return tl::unexpected<Error>(pid.error());
}

JobGuard::JobGuard(JobGuard&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), fd_(std::exchange(other.fd_, -1)), undo_(std::move(other.undo_)) {}

JobGuard::~JobGuard() {
  if (fd_ >= 0) ::close(fd_);
  if (pid_ <= 0) return;
  for (int waited_ms = 0; waited_ms < kGuardMs; waited_ms += kGuardPollMs) {
    if (const pid_t ended = ::waitpid(pid_, nullptr, WNOHANG); ended == pid_ || (ended < 0 && errno != EINTR)) return;
    ::poll(nullptr, 0, kGuardPollMs);
  }
  if (!undo_.empty()) say(fmt::format("olivine: a guard (process {}) goes on trying to let the job go\n", pid_));
}

void JobGuard::set(const std::string& undo) {
  undo_ = undo;
  const std::string line = undo + "\n";
  if (::write(fd_, line.data(), line.size()) < 0)
    say("olivine: the guard of the job is gone: when olivine is killed, the job stays as it is\n");
}

std::string let_go(JobHand& hand) {
  for (int tries = 1;; ++tries) {
    const Status done = hand.go();
    if (done) return "the job is let go";
    if (const auto look = hand.look(); look && look->ended) return "the job is over";
    if (tries == kLetGoTries || refused(done.error()))
      return fmt::format("the job could not be let go ({})", done.error().message);
    ::poll(nullptr, 0, kLetGoPauseMs);
  }
}

namespace {

class FollowLoop {
 public:
  FollowLoop(const App& app, JobHand& hand, const FollowWish& wish, JobRecord& record, Follower& follower)
      : hand_(hand),
        wish_(wish),
        record_(record),
        follower_(follower),
        look_ms_(app.options.of<PlanOptions>().speed > 1.0 ? kQuickLookMs : kLookMs) {}

  int run() {
    while (true) {
      const auto line = next_line();
      if (g_ended_by != 0) return left_by_signal(record_);
      if (follower_.ended()) return unplanned();
      bool step = line && (line->action == "run" || line->action == "wait");
      if (step) begin(*line);
      if (!step && follower_.overdue()) {
        go_on();
        step = true;
      }
      if (step || (!line && !wanted_.empty() && (!done_ || wanted_ == "wait")))  // it may have started late
        if (const auto code = act()) return *code;
      const auto look = hand_.look();
      if (look) {
        record_.looked(*look);
        follower_.seen(look->runs);
      } else {
        once(look.error().message, "\n");
      }
      if (look && look->ended) break;
      if (done_ && wanted_ == "run" && !wish_.may_pause && !wish_.watch) break;
    }
    report(follower_.finish(record_.ran()));
    return 0;
  }

 private:
  std::optional<FollowLine> next_line() {
    std::optional<FollowLine> line;
    int left_ms = look_ms_;
    while (!line && left_ms > 0 && g_ended_by == 0 && !follower_.ended() && !follower_.overdue()) {
      const int part_ms = std::min({left_ms, kSignalMs, follower_.until_latest_ms()});
      line = follower_.next(part_ms);
      left_ms -= part_ms;
    }
    return line;
  }

  // The plan is silent: what it says later still holds.
  void go_on() {
    follower_.waits_no_more();
    begin({"run", "the plan is silent past the latest moment to go on", std::nullopt, std::nullopt});
    record_.warn("the plan is silent past the latest moment to go on; the job is let go without it");
  }

  void begin(const FollowLine& line) {
    wanted_ = line.action;
    done_ = false;
    say(fmt::format("olivine: {}: {}\n", wanted_, printable(line.reason)));
    record_.told(wanted_ == "run" ? "let go" : "held back", line.reason);
  }

  void once(const std::string& trouble, const char* rest) {
    if (trouble != trouble_) say(fmt::format("olivine: {}{}", trouble, rest));
    trouble_ = trouble;
  }

  // What is wanted; an exit code when that is refused.
  std::optional<int> act() {
    const Status tried = wanted_ == "run" ? hand_.go() : hand_.wait();
    if (!tried && !done_) {
      if (refused(tried.error())) return give_up(tried.error().message, kExitIncomplete);
      once(tried.error().message, "; it is tried again\n");
    }
    done_ = done_ || tried;
    return std::nullopt;
  }

  int give_up(const std::string& why, int code) {
    const std::string became = fmt::format("{}; {}", why, let_go(hand_));
    say(fmt::format("olivine: {}\n", became));
    record_.warn(became);
    record_.finish(std::nullopt, false);
    return code;
  }

  // It has said why there is no plan.
  int unplanned() {
    if (!wanted_.empty()) return give_up("the plan ended unexpectedly", kExitIncomplete);
    if (wish_.held == HeldBy::kUs) say(fmt::format("olivine: {}\n", let_go(hand_)));
    record_.warn("there was no plan to follow");
    record_.finish(std::nullopt, false);
    return kExitUsage;
  }

  void report(const std::optional<FollowReport>& report) {
    const bool stayed = wish_.may_pause || wish_.watch;
    record_.finish(report, stayed);
    if (!report) return;
    say(fmt::format("olivine: planned {}", both_text(report->planned)) +
        (stayed ? "; " + outcome_text(*report, record_) : std::string(kModelled)) + "\n");
  }

  JobHand& hand_;
  const FollowWish& wish_;
  JobRecord& record_;
  Follower& follower_;
  int look_ms_;
  std::string wanted_, trouble_;  // run or wait; what was said of it last
  bool done_ = false;             // what is wanted
};

}  // namespace

int follow_job(const App& app, JobHand& hand, const FollowWish& wish, JobRecord& record) {
  ::signal(SIGPIPE, SIG_IGN);
  note_signals();
  auto follower = Follower::start("/proc/self/exe", plan_asked(app, wish.may_pause));
  if (!follower) {
    if (wish.held == HeldBy::kUs) say(fmt::format("olivine: {}\n", let_go(hand)));
    record.warn(follower.error().message);
    record.finish(std::nullopt, false);
    return report_error(follower.error());
  }
  return FollowLoop(app, hand, wish, record, **follower).run();
}

int watch_job(const App& app, JobHand& hand, JobRecord& record) {
  ::signal(SIGPIPE, SIG_IGN);
  note_signals();
  const auto follower = Follower::start("/proc/self/exe", plan_asked(app, false));
  for (int left_ms = kPlanSoonMs; follower && left_ms > 0 && g_ended_by == 0; left_ms -= kSignalMs)
    if ((*follower)->begun(std::min(left_ms, kSignalMs)) || (*follower)->ended()) break;
  const int look_ms = app.options.of<PlanOptions>().speed > 1.0 ? kQuickLookMs : kLookMs;
  std::string trouble;
  while (true) {
    const auto look = hand.look();
    if (look)
      record.looked(*look);
    else if (look.error().message != trouble)
      say(fmt::format("olivine: {}\n", trouble = look.error().message));
    if (look && look->ended) break;
    for (int left_ms = look_ms; left_ms > 0 && g_ended_by == 0; left_ms -= kSignalMs)
      ::poll(nullptr, 0, std::min(left_ms, kSignalMs));
    if (g_ended_by != 0) return left_by_signal(record);
  }
  const auto report = follower ? (*follower)->finish(record.ran()) : std::nullopt;
  record.finish(report, true);
  if (report) say("olivine: " + outcome_text(*report, record) + "\n");
  return 0;
}

}  // namespace olivine::cli
