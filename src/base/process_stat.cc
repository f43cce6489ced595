#include "base/process_stat.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace olivine {

ProcessStat process_stat(pid_t pid) {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", static_cast<int>(pid));
  const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::array<char, 1024> text{};
  const ssize_t size = ::read(fd, text.data(), text.size() - 1);
  ::close(fd);
  const char* const name_end = size > 0 ? std::strrchr(text.data(), ')') : nullptr;
  if (name_end == nullptr || name_end[1] == '\0') return {};
  ProcessStat stat;
  stat.state = name_end[2];
  const char* at = name_end;  // field 2 ends here; each blank begins the next one
  for (int field = 3; at != nullptr && field <= 22; ++field) {
    at = std::strchr(at + 1, ' ');
    if (at == nullptr) break;
    if (field == 4) stat.parent = static_cast<pid_t>(std::strtol(at + 1, nullptr, 10));
    if (field == 22) stat.start_ticks = std::strtoll(at + 1, nullptr, 10);
  }
  return stat;
}

void close_all_above(int last) {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, static_cast<unsigned>(last) + 1, ~0U, 0U) == 0) return;
#endif
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65'536));
  for (int fd = last + 1; fd < end; ++fd) ::close(fd);
}

}  // namespace olivine
