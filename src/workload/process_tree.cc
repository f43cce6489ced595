#include "workload/process_tree.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace olivine {
namespace {
constexpr std::int64_t kNsPerTick = 10'000'000;
// Fields of /proc/PID/stat behind the command's ')': state is field 0.
constexpr std::size_t kParent = 1, kUtime = 11, kCstime = 14, kRssPages = 21;

std::int64_t ns_of(const timeval& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_usec * 1000; }

bool all_digits(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

void ProcessTree::reaped(pid_t pid, const rusage& usage) {
  if (!ignores(pid)) reaped_ns_ += ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

Result<ProcessTree::Process> ProcessTree::read(std::int64_t pid) {
  OLIVINE_TRY(const std::string text, read_text(files_, fmt::format("{}/{}/stat", root_, pid)));
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open)
    return fail(ErrorKind::kCorrupt, fmt::format("stat of process {} has no command", pid));
  const auto fields = split_words(std::string_view(text).substr(close + 1));
  if (fields.size() <= kRssPages) return fail(ErrorKind::kCorrupt, fmt::format("stat of process {} is short", pid));
  Process process;
  process.name = fmt::format("{} ({})", printable(text.substr(open + 1, close - open - 1)), pid);
  OLIVINE_TRY(process.parent, parse_i64(fields[kParent]));
  for (std::size_t field = kUtime; field <= kCstime; ++field) {
    OLIVINE_TRY(const std::int64_t ticks, parse_i64(fields[field]));
    process.cpu_ns += ticks * kNsPerTick;
  }
  OLIVINE_TRY(const std::int64_t pages, parse_i64(fields[kRssPages]));
  process.memory_bytes = pages * ::sysconf(_SC_PAGESIZE);
  return process;
}

// Children of all threads of a process; kUnsupported when the kernel does not list them.
Result<std::vector<std::int64_t>> ProcessTree::children_of(std::int64_t pid) {
  const std::string tasks = fmt::format("{}/{}/task", root_, pid);
  OLIVINE_TRY(const auto threads, files_.list(tasks));
  std::vector<std::int64_t> children;
  for (const std::string& thread : threads) {
    const auto text = read_text(files_, fmt::format("{}/{}/children", tasks, thread));
    if (!text) {
      if (text.error().kind == ErrorKind::kNotFound && thread == std::to_string(pid))
        return fail(ErrorKind::kUnsupported, "the kernel does not list children");
      continue;
    }
    for (const std::string_view word : split_words(*text))
      if (const auto child = parse_i64(word)) children.push_back(*child);
  }
  return children;
}

Result<std::map<std::int64_t, ProcessTree::Process>> ProcessTree::scan() {
  std::map<std::int64_t, Process> found;
  if (children_files_) {
    std::vector<std::int64_t> open{root_pid_};
    while (!open.empty() && children_files_) {
      const std::int64_t pid = open.back();
      open.pop_back();
      const auto children = children_of(pid);
      if (!children) {
        if (children.error().kind == ErrorKind::kUnsupported) children_files_ = false;
        continue;  // it ended while we looked
      }
      for (const std::int64_t child : *children) {
        if (ignores(child)) continue;
        auto process = read(child);
        if (process && found.emplace(child, std::move(*process)).second) open.push_back(child);
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
      if (!found.contains(pid) && !ignores(pid) && (process.parent == root_pid_ || found.contains(process.parent)) && pid != root_pid_)
        grew = found.emplace(pid, process).second || grew;
  }
  return found;
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
  return total_ns_;
}

}  // namespace olivine
