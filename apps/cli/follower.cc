#include "apps/cli/follower.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/subprocess.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kLongestLine = 1 << 22;
constexpr Duration kReportWithin = seconds(3);

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
  SpawnWish wish;
  wish.words = words_of(asked);
  wish.path = program;
  wish.stdin_fd = to[0];
  wish.stdout_fd = from[1];
  wish.own_group = true;
  const auto pid = spawn(wish);
  ::close(to[0]);
  ::close(from[1]);
  if (!pid) return tl::unexpected<Error>(pid.error());
  follower->pid_ = *pid;
  return follower;
}

Follower::~Follower() {
  if (to_ >= 0) ::close(to_);
  if (from_ >= 0) ::close(from_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
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

bool Follower::begun() {
  while (buffer_.empty() && fill(-1)) {}
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
    if (const auto line = nlohmann::json::parse(*text, nullptr, false); line.is_object())
      return FollowLine{line.value("action", ""), line.value("reason", "")};
  return std::nullopt;
}

bool Follower::tell(const std::string& words) {
  for (std::size_t at = 0; at < words.size();) {
    const ssize_t put = ended_ ? -1 : ::write(to_, words.data() + at, words.size() - at);
    if (put < 0 && !(errno == EINTR && !ended_)) return false;
    if (put > 0) at += static_cast<std::size_t>(put);
  }
  return true;
}

// That it is gone, `next` says.
void Follower::seen(bool running) { static_cast<void>(tell(running ? "running\n" : "idle\n")); }

std::optional<FollowReport> Follower::finish(const std::vector<WallInterval>& ran) {
  std::string words;
  for (const WallInterval& span : ran) words += fmt::format("ran {} {}\n", span.begin.ns, span.end.ns);
  words += "end\n";
  if (!tell(words)) return std::nullopt;
  ::close(std::exchange(to_, -1));
  const SystemClock clock;
  const std::int64_t until_ns = clock.now().mono.ns + kReportWithin.ns;
  for (std::int64_t left_ns = kReportWithin.ns; left_ns > 0 && !ended_; left_ns = until_ns - clock.now().mono.ns) {
    const auto text = next_text(static_cast<int>(left_ns / 1'000'000) + 1);
    const auto line = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (line.is_object() && line.value("action", "") == "end") return report_of(line);
  }
  return std::nullopt;
}

}  // namespace olivine::cli
