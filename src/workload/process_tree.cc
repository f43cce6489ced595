#include "workload/process_tree.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>

#include "base/cpu_clock.h"
#include "base/text.h"

namespace olivine {
namespace {
constexpr std::int64_t kNsPerTick = 10'000'000;
// Fields of /proc/PID/stat behind the command's ')': state is field 0.
constexpr std::size_t kParent = 1, kThreads = 17, kUtime = 11, kStime = 12, kCutime = 13, kCstime = 14, kRssPages = 21;

std::int64_t ns_of(const timeval& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_usec * 1000; }

// From "SigIgn:\t0000000000010000" in /proc/PID/status.
bool ignores_sigchld(std::string_view status) {
  constexpr std::string_view kLine = "\nSigIgn:\t";
  const std::size_t line = status.find(kLine);
  if (line == std::string_view::npos) return false;
  std::uint64_t mask = 0;
  const std::string_view digits = status.substr(line + kLine.size(), 16);
  std::from_chars(digits.data(), digits.data() + digits.size(), mask, 16);
  return (mask >> (SIGCHLD - 1) & 1U) != 0;
}

void add_children(std::string_view text, std::vector<std::int64_t>& children) {
  for (const std::string_view word : split_words(text))
    if (const auto child = parse_i64(word)) children.push_back(*child);
}

bool all_digits(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

void ProcessTree::reaped(pid_t pid, const rusage& usage) {
  if (ignored_.erase(pid) == 0) reaped_ns_ += ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

Result<ProcessTree::Process> ProcessTree::read(std::int64_t pid) {
  OLIVINE_TRY(const std::string text, read_record(files_, fmt::format("{}/{}/stat", root_, pid)));
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open)
    return fail(ErrorKind::kCorrupt, fmt::format("stat of process {} has no command", pid));
  const auto fields = split_words(std::string_view(text).substr(close + 1));
  if (fields.size() <= kRssPages) return fail(ErrorKind::kCorrupt, fmt::format("stat of process {} is short", pid));
  Process process;
  process.name = fmt::format("{} ({})", printable(text.substr(open + 1, close - open - 1)), pid);
  OLIVINE_TRY(process.parent, parse_i64(fields[kParent]));
  OLIVINE_TRY(const std::int64_t utime, parse_i64(fields[kUtime]));
  OLIVINE_TRY(const std::int64_t stime, parse_i64(fields[kStime]));
  OLIVINE_TRY(const std::int64_t cutime, parse_i64(fields[kCutime]));
  OLIVINE_TRY(const std::int64_t cstime, parse_i64(fields[kCstime]));
  std::int64_t own_ns = (utime + stime) * kNsPerTick;
  if (root_ == "/proc") own_ns = std::max(own_ns, process_cpu_ns(static_cast<pid_t>(pid)).value_or(0));
  process.cpu_ns = own_ns + (cutime + cstime) * kNsPerTick;
  OLIVINE_TRY(process.threads, parse_i64(fields[kThreads]));
  OLIVINE_TRY(const std::int64_t pages, parse_i64(fields[kRssPages]));
  process.memory_bytes = pages * ::sysconf(_SC_PAGESIZE);
  return process;
}

// Children of all threads of a process; kUnsupported when the kernel does not list them. Of a process with one thread one
// file is read, which halves what a look at it costs.
Result<std::vector<std::int64_t>> ProcessTree::children_of(std::int64_t pid, std::int64_t thread_count) {
  const std::string tasks = fmt::format("{}/{}/task", root_, pid);
  if (thread_count == 1) {
    if (const auto text = read_record(files_, fmt::format("{}/{}/children", tasks, pid))) {
      std::vector<std::int64_t> children;
      add_children(*text, children);
      return children;
    }
  }
  OLIVINE_TRY(const auto threads, files_.list(tasks));
  std::vector<std::int64_t> children;
  for (const std::string& thread : threads) {
    const auto text = read_text(files_, fmt::format("{}/{}/children", tasks, thread));
    if (!text) {
      if (text.error().kind == ErrorKind::kNotFound && thread == std::to_string(pid))
        return fail(ErrorKind::kUnsupported, "the kernel does not list children");
      continue;
    }
    add_children(*text, children);
  }
  return children;
}

Result<std::map<std::int64_t, ProcessTree::Process>> ProcessTree::scan() {
  std::map<std::int64_t, Process> found;
  if (children_files_) {
    std::vector<std::pair<std::int64_t, std::int64_t>> open{
        {root_pid_, 1}};  // pid, threads; we start the work from one thread
    while (!open.empty() && children_files_) {
      const auto [pid, threads] = open.back();
      open.pop_back();
      const auto children = children_of(pid, threads);
      if (!children) {
        if (children.error().kind == ErrorKind::kUnsupported) children_files_ = false;
        continue;  // it ended while we looked
      }
      for (const std::int64_t child : *children) {
        if (ignores(child)) continue;
        auto process = read(child);
        if (!process) continue;
        const std::int64_t child_threads = process->threads;
        if (found.emplace(child, std::move(*process)).second) open.emplace_back(child, child_threads);
      }
    }
    if (children_files_) return found;
    found.clear();
  }
  OLIVINE_TRY(const auto names, files_.list(root_));
  std::map<std::int64_t, Process> all;
  for (const std::string& name : names) {
    if (!all_digits(name)) continue;
    const auto pid = parse_i64(name);
    if (!pid) continue;
    if (auto process = read(*pid)) all.emplace(*pid, std::move(*process));
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [pid, process] : all)
      if (!found.contains(pid) && !ignores(pid) && (process.parent == root_pid_ || found.contains(process.parent)) &&
          pid != root_pid_)
        grew = found.emplace(pid, process).second || grew;
  }
  return found;
}

bool ProcessTree::loses_children() {
  std::erase_if(looks_, [this](const auto& entry) { return !pids_.contains(entry.first); });
  for (const std::int64_t pid : pids_) {
    const unsigned look = ++looks_[pid];
    const bool due = look % 64 == 0 || (look < 64 && (look & (look - 1)) == 0);  // it is set early in a life, if at all
    if (!due) continue;
    const auto status = read_text(files_, fmt::format("{}/{}/status", root_, pid));
    if (status && ignores_sigchld(*status)) return true;
  }
  return false;
}

Result<TaskClock::Look> ProcessTree::look() {
  TaskClock::Look look;
  OLIVINE_TRY(look.cpu_ns, cpu_ns());
  for (const std::int64_t pid : pids_) {
    const auto threads = files_.list(fmt::format("{}/{}/task", root_, pid));
    if (!threads) continue;  // it ended
    for (const std::string& thread : *threads)
      if (const auto task = parse_i64(thread)) look.tasks.push_back(*task);
  }
  return look;
}

Status ProcessTree::follow(TaskCounters& counters) {
  OLIVINE_TRY(clock_, TaskClock::open(counters, [this] { return look(); }));
  return {};
}

Result<std::int64_t> ProcessTree::cpu_ns() {
  OLIVINE_TRY(const auto live, scan());
  std::int64_t sum = reaped_ns_;
  memory_bytes_ = 0;
  names_.clear();
  pids_.clear();
  for (const auto& [pid, process] : live) {
    sum += process.cpu_ns;
    memory_bytes_ += process.memory_bytes;
    names_.push_back(process.name);
    pids_.insert(pid);
  }
  total_ns_ = std::max(total_ns_, sum);
  if (clock_)
    if (const auto counted = clock_->ns()) total_ns_ = std::max(total_ns_, *counted);
  return total_ns_;
}

}  // namespace olivine
