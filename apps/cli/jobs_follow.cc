#include "apps/cli/jobs_follow.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

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

constexpr int kLookMs = 10'000;     // at the job, between steps
constexpr int kQuickLookMs = 1'000;  // when a plan is tried out at speed
constexpr int kLetGoTries = 5;
constexpr int kLetGoPauseMs = 1'000;

// With the place of the settings where none is said, which may be of a flag that the follower does not get. A file says its own.
PlanOptions plan_asked(const App& app, bool may_pause) {
  PlanOptions asked = app.options.of<PlanOptions>();
  asked.no_pause = !may_pause;
  if (const std::string zone = app.config.get("zone"); asked.zones.empty() && asked.intensity.empty() && !zone.empty()) asked.zones = {zone};
  return asked;
}

std::string both_text(const RecordSchedule::Saving& saving) {
  return saving_text(saving.average, "by average") + ", " + saving_text(saving.marginal, "at the margin");
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
  wish.words = {"sh", "-c", "trap '' HUP INT TERM; undo=; while read -r line; do undo=$line; done; test -z \"$undo\" || " + script, "olivine-guard"};
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

JobGuard::JobGuard(JobGuard&& other) noexcept : pid_(std::exchange(other.pid_, 0)), fd_(std::exchange(other.fd_, -1)) {}

JobGuard::~JobGuard() {
  if (fd_ >= 0) ::close(fd_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

void JobGuard::set(const std::string& undo) const {
  const std::string line = undo + "\n";
  if (::write(fd_, line.data(), line.size()) < 0) say("olivine: the guard of the job is gone: when olivine is killed, the job stays as it is\n");
}

std::string let_go(JobHand& hand) {
  for (int tries = 1;; ++tries) {
    const Status done = hand.go();
    if (done) return "the job is let go";
    if (const auto ended = hand.ended(); ended && *ended) return "the job is over";
    if (tries == kLetGoTries || refused(done.error())) return fmt::format("the job could not be let go ({})", done.error().message);
    ::poll(nullptr, 0, kLetGoPauseMs);
  }
}

int follow_job(const App& app, JobHand& hand, bool may_pause, HeldBy held) {
  ::signal(SIGPIPE, SIG_IGN);
  auto follower = Follower::start("/proc/self/exe", plan_asked(app, may_pause));
  if (!follower) {
    if (held == HeldBy::kUs) say(fmt::format("olivine: {}\n", let_go(hand)));
    return report_error(follower.error());
  }
  const int look_ms = app.options.of<PlanOptions>().speed > 1.0 ? kQuickLookMs : kLookMs;
  std::string wanted, trouble;  // run or wait; what was said of it last
  bool done = false;            // what is wanted
  while (true) {
    const auto line = (*follower)->next(look_ms);
    if ((*follower)->ended()) {
      const bool any = !wanted.empty();
      if (any || held == HeldBy::kUs) say(fmt::format("olivine: {}{}\n", any ? "the plan ended unexpectedly; " : "", let_go(hand)));
      return any ? kExitIncomplete : kExitUsage;  // it has said why there is no plan
    }
    const bool step = line && (line->action == "run" || line->action == "wait");
    if (step) {
      wanted = line->action;
      done = false;
      say(fmt::format("olivine: {}: {}\n", wanted, printable(line->reason)));
    }
    if (step || (!line && !wanted.empty() && (!done || wanted == "wait"))) {  // it may have started late
      const Status tried = wanted == "run" ? hand.go() : hand.wait();
      if (!tried && !done) {
        if (refused(tried.error())) {
          say(fmt::format("olivine: {}; {}\n", tried.error().message, let_go(hand)));
          return kExitIncomplete;
        }
        if (tried.error().message != trouble) say(fmt::format("olivine: {}; it is tried again\n", tried.error().message));
        trouble = tried.error().message;
      }
      done = done || tried;
      if (done && wanted == "run" && !may_pause) break;
    }
    const auto ended = hand.ended();
    if (!ended && ended.error().message != trouble) say(fmt::format("olivine: {}\n", ended.error().message));
    if (!ended) trouble = ended.error().message;
    if (ended && *ended) break;
  }
  const auto report = (*follower)->finish();
  if (!report) return 0;
  say(fmt::format("olivine: planned {}", both_text(report->planned)) +
      (may_pause ? fmt::format("; it came to {} (modelled at constant power)\n", both_text(report->actual)) : " (modelled at constant power)\n"));
  return 0;
}

}  // namespace olivine::cli
