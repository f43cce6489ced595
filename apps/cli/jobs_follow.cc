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
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "apps/cli/plan_options.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr int kLookMs = 10'000;     // at the job, between steps
constexpr int kQuickLookMs = 1'000;  // when a plan is tried out at speed
constexpr int kReportWithinMs = 3000;
constexpr int kLetGoTries = 5;
constexpr int kLetGoPauseMs = 1'000;

class Follower {
 public:
  static Result<std::unique_ptr<Follower>> start(const App& app, bool may_pause);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() {
    if (to_ >= 0) ::close(to_);
    if (from_ >= 0) ::close(from_);
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }
  // The next line within the time, as JSON; null when none came.
  nlohmann::json next(int within_ms);
  bool ended() const { return ended_; }
  // What was planned, and what came of it.
  nlohmann::json finish() {
    if (::write(to_, "end\n", 4) < 0) return nullptr;
    for (int looks = 0; looks < 100 && !ended_; ++looks)
      if (auto line = next(kReportWithinMs); line.is_null() || line.value("action", "") == "end") return line;
    return nullptr;
  }

 private:
  Follower() = default;
  pid_t pid_ = 0;
  int to_ = -1, from_ = -1;
  std::string buffer_;
  bool ended_ = false;
};

std::vector<std::string> follow_words(const PlanOptions& p, bool may_pause) {
  std::vector<std::string> words{"olivine", "plan", "--follow", "--duration", p.duration, "--deadline", p.deadline, "--objective", p.objective};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  for (const std::string& zone : p.zones) add("--zones", zone);
  add("--intensity", p.intensity);
  add("--start", p.start);
  add("--slot", p.slot);
  add("--pause-cost", p.pause_cost);
  add("--pause-time", p.pause_time);
  add("--min-run", p.min_run);
  add("--pause-above", p.pause_above);
  add("--margin", p.margin);
  add("--speed", fmt::format("{}", p.speed));
  if (!may_pause) words.push_back("--no-pause");
  return words;
}

Result<std::unique_ptr<Follower>> Follower::start(const App& app, bool may_pause) {
  std::array<int, 2> to{}, from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  std::unique_ptr<Follower> follower(new Follower());
  follower->to_ = to[1];
  follower->from_ = from[0];
  SpawnWish wish;
  wish.words = follow_words(app.options.of<PlanOptions>(), may_pause);
  if (const std::string zone = app.config.get("zone"); app.options.of<PlanOptions>().zones.empty() && !zone.empty()) wish.words.insert(wish.words.end(), {"--zones", zone});
  wish.path = "/proc/self/exe";
  wish.stdin_fd = to[0];
  wish.stdout_fd = from[1];
  const auto pid = spawn(wish);
  ::close(to[0]);
  ::close(from[1]);
  if (!pid) return tl::unexpected<Error>(pid.error());
  follower->pid_ = *pid;
  return follower;
}

nlohmann::json Follower::next(int within_ms) {
  while (true) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      auto line = nlohmann::json::parse(buffer_.substr(0, end), nullptr, false);
      buffer_.erase(0, end + 1);
      return line.is_object() ? line : nlohmann::json(nullptr);
    }
    pollfd more{from_, POLLIN, 0};
    const int ready = ::poll(&more, 1, within_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return nullptr;
    std::array<char, 4096> text{};
    const ssize_t got = ::read(from_, text.data(), text.size());
    if (got <= 0) {
      ended_ = true;
      return nullptr;
    }
    buffer_.append(text.data(), static_cast<std::size_t>(got));
  }
}

std::string saving_text(const nlohmann::json& report, const char* key) {
  const auto one = [&](const char* signal, const char* how) {
    const auto& saving = report.value(key, nlohmann::json::object());
    if (!saving.contains(signal) || !saving[signal].is_number()) return fmt::format("not known {}", how);
    const double percent = 100.0 * saving[signal].get<double>();
    return fmt::format("{:.1f} % {} {}", std::abs(percent), percent >= 0.0 ? "less" : "more", how);
  };
  return one("average", "by average") + ", " + one("marginal", "at the margin");
}

// Trying again would not help: the scheduler, or the want of it, has said no.
bool refused(const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return true;
  for (const char* no : {"ermission denied", "orbidden", "NotFound", "nauthorized", "must be logged in"})
    if (error.message.find(no) != std::string::npos) return true;
  return false;
}

}  // namespace

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
  auto follower = Follower::start(app, may_pause);
  if (!follower) {
    if (held == HeldBy::kUs) say(fmt::format("olivine: {}\n", let_go(hand)));
    return report_error(follower.error());
  }
  const int look_ms = app.options.of<PlanOptions>().speed > 1.0 ? kQuickLookMs : kLookMs;
  std::string wanted, trouble;  // run or wait; what was said of it last
  bool done = false;            // what is wanted
  while (true) {
    const nlohmann::json line = (*follower)->next(look_ms);
    if ((*follower)->ended()) {
      const bool any = !wanted.empty();
      if (any || held == HeldBy::kUs) say(fmt::format("olivine: {}{}\n", any ? "the plan ended unexpectedly; " : "", let_go(hand)));
      return any ? kExitIncomplete : kExitUsage;  // it has said why there is no plan
    }
    const std::string action = line.is_object() ? line.value("action", "") : "";
    const bool step = action == "run" || action == "wait";
    if (step) {
      wanted = action;
      done = false;
      say(fmt::format("olivine: {}: {}\n", action, printable(line.value("reason", ""))));
    }
    if (step || (line.is_null() && !wanted.empty() && (!done || wanted == "wait"))) {  // it may have started late
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
  const nlohmann::json report = (*follower)->finish();
  if (!report.is_object()) return 0;
  say(fmt::format("olivine: planned {}", saving_text(report, "planned_saving")) +
      (may_pause ? fmt::format("; it came to {} (modelled at constant power)\n", saving_text(report, "saving")) : " (modelled at constant power)\n"));
  return 0;
}

}  // namespace olivine::cli
