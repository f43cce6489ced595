#include "apps/cli/follower.h"

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
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/process_stat.h"
#include "base/subprocess.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kLongestLine = 1 << 22;
constexpr Duration kReportWithin = seconds(3);
constexpr int kLookEveryMs = 100;                 // whether it is stopped
constexpr Duration kSilence = milliseconds(100);  // past the latest moment, for the line that is on its way
constexpr Duration kFirstLine = seconds(5);       // what a plan may take to be made or refused
constexpr std::int64_t kLongestSleepMs = 30'000;

std::vector<std::string> words_of(const PlanOptions& p) {
  std::vector<std::string> words{"olivine",    "plan",     "--follow",    "--duration", p.duration,
                                 "--deadline", p.deadline, "--objective", p.objective};
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
  add("--power", p.power);
  add("--speed", fmt::format("{}", p.speed));
  if (p.no_pause) words.emplace_back("--no-pause");
  return words;
}

RecordSchedule::Saving saving_of(const nlohmann::json& report, const char* key) {
  const auto saving = report.value(key, nlohmann::json::object());
  const auto number = [&](const char* signal) {
    return saving.contains(signal) && saving[signal].is_number() ? std::optional(saving[signal].get<double>())
                                                                 : std::nullopt;
  };
  return {number("average"), number("marginal")};
}

RecordSchedule::Span span_of(const nlohmann::json& j) {
  const auto number = [&](const char* key) {
    return j.contains(key) && j[key].is_number() ? std::optional(j[key].get<double>()) : std::nullopt;
  };
  return {{j.value("start_ns", std::int64_t{0})},
          {j.value("end_ns", std::int64_t{0})},
          number("average"),
          number("marginal")};
}

FollowReport report_of(const nlohmann::json& line) {
  FollowReport report{saving_of(line, "planned_saving"),
                      saving_of(line, "saving"),
                      line.value("zone", ""),
                      line.value("source", ""),
                      {},
                      {},
                      std::nullopt};
  for (const auto& span : line.value("plan", nlohmann::json::array())) report.plan.push_back(span_of(span));
  for (const auto& span : line.value("segments", nlohmann::json::array())) report.segments.push_back(span_of(span));
  if (line.contains("at_once") && line["at_once"].is_object()) report.at_once = span_of(line["at_once"]);
  return report;
}

FollowLine line_of(const nlohmann::json& j) {
  FollowLine line{j.value("action", ""), j.value("reason", ""), std::nullopt, std::nullopt};
  if (j.contains("latest_ns") && j["latest_ns"].is_number_integer())
    line.latest = WallTime{j["latest_ns"].get<std::int64_t>()};
  if (j.contains("first") && j["first"].is_object()) line.made = report_of(j["first"]);
  return line;
}

// When the work must go on however the plan goes.
std::optional<WallTime> latest_start(const PlanOptions& asked, WallTime now) {
  const auto work = parse_duration(asked.duration), deadline = parse_duration(asked.deadline);
  const auto margin = asked.margin.empty()
                          ? work.map([](Duration d) { return Duration{d.ns / 20}; })  // as follow_rules
                          : parse_duration(asked.margin);
  if (!work || !deadline || !margin) return std::nullopt;  // which the process says
  const double left_s = in_seconds(*deadline) - in_seconds(*work) - in_seconds(*margin);
  return later(now, std::max(left_s / asked.speed, in_seconds(kFirstLine)));
}

}  // namespace

Result<std::unique_ptr<Follower>> Follower::start(const std::string& program, const PlanOptions& asked) {
  std::array<int, 2> to{}, from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  if (::pipe2(from.data(), O_CLOEXEC) != 0) {
    const Error error = error_from_errno(errno, "pipe");
    ::close(to[0]);
    ::close(to[1]);
    return tl::unexpected<Error>(error);
  }
  std::unique_ptr<Follower> follower(new Follower());
  follower->to_ = to[1];
  follower->from_ = from[0];
  ::fcntl(to[1], F_SETFL, O_NONBLOCK);
  SpawnWish wish;
  wish.words = words_of(asked);
  wish.path = program;
  wish.stdin_fd = to[0];
  wish.stdout_fd = from[1];
  wish.own_group = true;
  wish.environment = {fmt::format("{}={}", kFollowedBy, ::getpid())};
  const auto pid = spawn(wish);
  ::close(to[0]);
  ::close(from[1]);
  if (!pid) return tl::unexpected<Error>(pid.error());
  follower->pid_ = *pid;
  follower->latest_ = latest_start(asked, SystemClock().now().wall);
  return follower;
}

Follower::~Follower() {
  if (from_ >= 0) ::close(from_);
  end();
}

// It keeps nothing that could be lost.
void Follower::end() {
  if (to_ >= 0) ::close(std::exchange(to_, -1));
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
  pid_ = 0;
}

bool Follower::stopped() const {
  return pid_ > 0 && std::string_view("Tt").find(process_stat(pid_).state) != std::string_view::npos;
}

// True when more has come.
bool Follower::fill(int within_ms) {
  pollfd more{from_, POLLIN, 0};
  int ready = 0;
  while (!ended_ && (ready = ::poll(&more, 1, within_ms)) < 0 && errno == EINTR) {}
  if (ended_ || ready <= 0) return false;
  std::array<char, 4096> text{};
  const ssize_t got = ::read(from_, text.data(), text.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0 || buffer_.size() > kLongestLine) {
    ended_ = true;
    return false;
  }
  buffer_.append(text.data(), static_cast<std::size_t>(got));
  return true;
}

bool Follower::begun(int within_ms) {
  while (buffer_.empty() && fill(within_ms)) {}
  return !buffer_.empty();
}

std::optional<std::string> Follower::next_text(int within_ms) {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos)
    if (!fill(within_ms)) return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

std::optional<FollowLine> Follower::next(int within_ms) {
  while (const auto text = next_text(within_ms))
    if (const auto said = nlohmann::json::parse(*text, nullptr, false); said.is_object()) {
      FollowLine line = line_of(said);
      latest_ = line.latest;
      overdue_since_ns_.reset();
      return line;
    }
  return std::nullopt;
}

int Follower::until_latest_ms() const {
  if (!latest_) return kLongestSleepMs;
  const Now now = SystemClock().now();
  const std::int64_t left_ns =
      overdue_since_ns_ ? *overdue_since_ns_ + kSilence.ns - now.mono.ns : latest_->ns - now.wall.ns;
  return static_cast<int>(std::clamp<std::int64_t>(left_ns / 1'000'000 + 1, 1, kLongestSleepMs));
}

bool Follower::overdue() {
  const Now now = SystemClock().now();
  if (!latest_ || now.wall < *latest_) {
    overdue_since_ns_.reset();
    return false;
  }
  if (!overdue_since_ns_) overdue_since_ns_ = now.mono.ns;
  return now.mono.ns - *overdue_since_ns_ >= kSilence.ns;
}

// Its pipe may be full, when it does not read.
bool Follower::tell(const std::string& words) {
  if (to_ < 0) return false;
  const SystemClock clock;
  const std::int64_t until_ns = clock.now().mono.ns + kReportWithin.ns;
  for (std::size_t at = 0; at < words.size();) {
    const ssize_t put = ended_ ? -1 : ::write(to_, words.data() + at, words.size() - at);
    if (put > 0) at += static_cast<std::size_t>(put);
    if (put >= 0 || (errno == EINTR && !ended_)) continue;
    if (ended_ || errno != EAGAIN || stopped() || clock.now().mono.ns >= until_ns) return false;
    pollfd room{to_, POLLOUT, 0};
    ::poll(&room, 1, kLookEveryMs);
  }
  return true;
}

// That it is gone, `next` says.
void Follower::seen(bool running) { static_cast<void>(tell(running ? "running\n" : "idle\n")); }

std::optional<FollowReport> Follower::finish(const std::vector<WallInterval>& ran) {
  std::string words;
  for (const WallInterval& span : ran) words += fmt::format("ran {} {}\n", span.begin.ns, span.end.ns);
  words += "end\n";
  std::optional<FollowReport> report;
  if (tell(words)) {
    ::close(std::exchange(to_, -1));
    report = last_line();
  }
  end();
  return report;
}

std::optional<FollowReport> Follower::last_line() {
  const SystemClock clock;
  const std::int64_t until_ns = clock.now().mono.ns + kReportWithin.ns;
  while (!ended_ && clock.now().mono.ns < until_ns) {
    const auto text = next_text(kLookEveryMs);
    if (!text && stopped()) break;
    const auto line = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (line.is_object() && line.value("action", "") == "end") return report_of(line);
  }
  return std::nullopt;
}

}  // namespace olivine::cli
