// scope: a begin mark and its terms, the command with TRACEPARENT, an end mark. Whatever happens to the marks, the command runs.
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "acting/terminate.h"
#include "apps/cli/app.h"
#include "apps/cli/budget_guard.h"
#include "apps/cli/scope_options.h"
#include "base/child_supervisor.h"
#include "base/text.h"
#include "base/trace_context.h"
#include "planning/budget.h"
#include "planning/service_level.h"
#include "workload/mark_channel.h"
#include "workload/process_tree.h"
#include "workload/scope_board.h"
#include "workload/scope_word.h"

namespace olivine::cli {
namespace {

std::uint64_t random_id() {
  std::uint64_t id = 0;
  while (id == 0)
    if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) id = 0;
  return id;
}

std::int64_t children_cpu_ns() {
  rusage used{};
  if (::getrusage(RUSAGE_CHILDREN, &used) != 0) return 0;
  const auto ns = [](const timeval& t) {
    return std::int64_t{t.tv_sec} * 1'000'000'000 + std::int64_t{t.tv_usec} * 1'000;
  };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

constexpr Duration kLookEvery = milliseconds(100);

// --on-quota stop: looks at the board; when the quota is used up the command is asked to end, and after the grace period killed.
class QuotaStop {
 public:
  QuotaStop(std::string pipe, std::uint64_t span, Duration grace, pid_t witness)
      : pipe_(std::move(pipe)), span_(span), grace_(grace), tree_(files_, "/proc", ::getpid()) {
    tree_.ignore(witness);
  }
  void look(std::int64_t now_ns) {
    if (kill_at_ns_) {
      if (now_ns < *kill_at_ns_) return;
      kill_at_ns_ = INT64_MAX;
      say("olivine: scope: the command did not end in time: it is killed\n");
      (void)kill_tree([this] { return processes(); });
      return;
    }
    const auto board = read_board(pipe_);
    if (!board) return;
    const auto row = row_at(*board, span_, now_ns);
    if (!row || (row->state != "spent" && row->state != "above")) return;
    kill_at_ns_ = now_ns + grace_.ns;
    say(fmt::format(
        "olivine: scope: {}: the command is asked to end (SIGTERM), and killed in {}\n",
        row->state == "spent" ? "its quota is spent" : "the quota of a scope around it, or the run's budget, is spent",
        format_duration(grace_)));
    signal_tree([this] { return processes(); }, SIGTERM);
  }
  bool stopped() const { return kill_at_ns_.has_value(); }

 private:
  std::vector<pid_t> processes() {
    (void)tree_.cpu_ns();
    std::vector<pid_t> all;
    for (const std::int64_t pid : tree_.pids()) all.push_back(static_cast<pid_t>(pid));
    return all;
  }
  std::string pipe_;
  std::uint64_t span_;
  Duration grace_;
  RealFileSystem files_;
  ProcessTree tree_;
  std::optional<std::int64_t> kill_at_ns_;
};

// Until the command has ended; signals and stops are handled as in `run`.
int status_of(ChildSupervisor& supervisor, QuotaStop* stop, const Clock& clock) {
  for (;;) {
    const SupervisorEvent event = supervisor.wait();
    if (event.kind == SupervisorEvent::Kind::kChildEnded) return event.status;
    if (event.kind == SupervisorEvent::Kind::kTick && stop != nullptr) stop->look(clock.now().mono.ns);
  }
}

Result<Duration> checked(const ScopeOptions& o) {
  if (o.name.empty() || o.name.size() > kLongestMarkName)
    return fail(ErrorKind::kInvalid,
                fmt::format("scope: a name has 1 to {} bytes, this one {}", kLongestMarkName, o.name.size()));
  if (o.quota.size() > kLongestMarkName)
    return fail(ErrorKind::kInvalid, fmt::format("--quota: an amount has at most {} bytes", kLongestMarkName));
  if (!o.quota.empty()) OLIVINE_CHECK_STATUS(named("--quota", quota_from(o.quota)).map([](const Budget&) {}));
  if (!o.level.empty())
    OLIVINE_CHECK_STATUS(named("--service-level", service_level_from(o.level)).map([](const ServiceLevel&) {}));
  return named("--quota-grace", parse_duration(o.grace));
}

// The scope's terms, behind its beginning. Without an olivine run nobody keeps them, which is said.
void send_terms(const ScopeOptions& o, const std::optional<std::string>& pipe, const TraceContext& context) {
  if (o.quota.empty() && o.level.empty()) return;
  ScopeWord word;
  word.verb = ScopeVerb::kTerms;
  word.name = o.name;
  word.context = context;
  word.quota = o.quota;
  word.level = o.level;
  word.program_tells = o.on_quota == "stop";
  if (pipe && send_line(*pipe, scope_word_line(word))) return;
  const char* what = o.level.empty() ? "the quota" : o.quota.empty() ? "the service level" : "quota and service level";
  say(fmt::format("olivine: scope {}: {} cannot be kept: no olivine run measures this\n", printable(o.name), what));
}

}  // namespace

int scope_command(const ScopeOptions& options, const std::vector<std::string>& command, const std::string& traceparent,
                  const Clock& clock) {
  const auto grace = checked(options);
  if (!grace) return report_error(grace.error());
  const auto around = parse_trace_context(traceparent);
  ScopeMark scope{around.value_or(TraceContext{random_id(), random_id(), 0}), around ? around->span : 0,
                  children_cpu_ns(), false};
  scope.context.span = random_id();
  ::setenv(kTraceVariable, to_text(scope.context).c_str(), 1);
  const auto pipe = find_mark_pipe();
  Mark mark{MarkKind::kBegin, clock.now().mono.ns, options.name, std::nullopt, std::nullopt, ::getpid(), scope};
  const auto say_end = [&](bool failed) {
    mark.kind = MarkKind::kEnd;
    mark.ns = clock.now().mono.ns;
    mark.scope->cpu_ns = children_cpu_ns();
    mark.scope->failed = failed;
    if (pipe) send_mark(*pipe, mark);
  };
  const SignalState signals;
  const bool may_stop = pipe && options.on_quota == "stop";
  auto supervisor = ChildSupervisor::create(signals, may_stop ? kLookEvery : Duration{0});
  if (!supervisor) return report_error(supervisor.error()), kExitOurFailure;
  if (pipe) send_mark(*pipe, mark);
  send_terms(options, pipe, scope.context);
  const auto child = supervisor->start(command, signals, {});
  if (!child) {
    say(fmt::format("olivine: {}\n", child.error().message));
    say_end(true);
    return child.error().exit_code;
  }
  release_inherited_descriptors(true);
  std::optional<QuotaStop> stop;
  if (may_stop) stop.emplace(*pipe, scope.context.span, *grace, supervisor->witness_pid());
  const int status = status_of(*supervisor, stop ? &*stop : nullptr, clock);
  say_end(status != 0);
  if (stop && stop->stopped()) return kExitBudget;
  mirror_exit(status);
}

}  // namespace olivine::cli
