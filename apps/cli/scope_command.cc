// scope: a begin mark, the command with TRACEPARENT, an end mark. Whatever happens to the marks, the command runs.
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "apps/cli/app.h"
#include "apps/cli/scope_options.h"
#include "base/child_supervisor.h"
#include "base/text.h"
#include "base/trace_context.h"
#include "workload/mark_channel.h"

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
  const auto ns = [](const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + std::int64_t{t.tv_usec} * 1'000; };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

// Until the command has ended; signals and stops are handled as in `run`.
int status_of(ChildSupervisor& supervisor) {
  for (;;)
    if (const SupervisorEvent event = supervisor.wait(); event.kind == SupervisorEvent::Kind::kChildEnded) return event.status;
}

}  // namespace

int scope_command(const ScopeOptions& options, const std::vector<std::string>& command, const std::string& traceparent, const Clock& clock) {
  if (options.name.empty() || options.name.size() > kLongestMarkName)
    return report_error({ErrorKind::kInvalid, fmt::format("scope: a name has 1 to {} bytes, this one {}", kLongestMarkName, options.name.size())});
  const auto around = parse_trace_context(traceparent);
  ScopeMark scope{around.value_or(TraceContext{random_id(), random_id(), 0}), around ? around->span : 0, children_cpu_ns(), false};
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
  auto supervisor = ChildSupervisor::create(signals, Duration{0});
  if (!supervisor) return report_error(supervisor.error()), kExitOurFailure;
  if (pipe) send_mark(*pipe, mark);
  const auto child = supervisor->start(command, signals, {});
  if (!child) {
    say(fmt::format("olivine: {}\n", child.error().message));
    say_end(true);
    return child.error().exit_code;
  }
  release_inherited_descriptors(true);
  const int status = status_of(*supervisor);
  say_end(status != 0);
  mirror_exit(status);
}

}  // namespace olivine::cli
