#include "workload/process_end.h"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>

#include "base/text.h"

namespace olivine {

bool stat_says_ended(std::string_view stat) {
  const std::size_t close = stat.rfind(')');
  if (close == std::string_view::npos) return false;
  const auto fields = split_words(stat.substr(close + 1));
  constexpr std::size_t kThreads = 17;  // behind the command; the state is the first
  if (fields.size() <= kThreads) return false;
  return (fields[0] == "Z" || fields[0] == "X") && parse_i64(fields[kThreads]).value_or(2) <= 1;
}

bool has_ended(FileSystem& files, std::int64_t pid) {
  if (::kill(static_cast<pid_t>(pid), 0) != 0) return errno == ESRCH;
  const auto stat = read_record(files, fmt::format("/proc/{}/stat", pid));
  return stat && stat_says_ended(*stat);
}

}  // namespace olivine
