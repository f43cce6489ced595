#include "sensors/perf_rapl/perf_counter.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace olivine {
namespace {

class SystemPerfCounter final : public PerfCounter {
 public:
  explicit SystemPerfCounter(int fd) : fd_(fd) {}
  SystemPerfCounter(const SystemPerfCounter&) = delete;
  SystemPerfCounter& operator=(const SystemPerfCounter&) = delete;
  ~SystemPerfCounter() override { ::close(fd_); }

  Result<std::uint64_t> read() override {
    std::uint64_t count = 0;
    ssize_t bytes = 0;
    do {
      bytes = ::read(fd_, &count, sizeof count);
    } while (bytes < 0 && errno == EINTR);
    if (bytes < 0) return tl::unexpected<Error>(error_from_errno(errno, "reading a perf counter"));
    // No bytes: the kernel has put the event into an error state, for instance because its CPU went offline.
    if (bytes != static_cast<ssize_t>(sizeof count)) return fail(ErrorKind::kGone, "the perf counter's CPU went away");
    return count;
  }

 private:
  int fd_;
};

}  // namespace

Result<std::unique_ptr<PerfCounter>> SystemPerfCounters::open(const PerfEvent& event) {
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = event.type;
  attributes.config = event.config;
  const long fd = ::syscall(SYS_perf_event_open, &attributes, -1, event.cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "perf_event_open"));
  return std::make_unique<SystemPerfCounter>(static_cast<int>(fd));
}

}  // namespace olivine
