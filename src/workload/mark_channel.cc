#include "workload/mark_channel.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/process_stat.h"
#include "workload/scope_board.h"

namespace olivine {
namespace {

constexpr std::size_t kPipeBytes = 65'536;  // the kernel's default, and what is read at one look
constexpr int kWishedRoom = 1 << 20;
constexpr int kMostAncestors = 64;

std::string name_of(const std::string& directory, std::uint64_t space, pid_t pid) {
  return fmt::format("{}/olivine-marks-{}-{}", directory, space, pid);
}

// Equal numbers of processes in different containers are different processes.
std::uint64_t pid_namespace() {
  struct stat info{};
  return ::stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

bool is_our_pipe(const struct stat& info) { return S_ISFIFO(info.st_mode) && info.st_uid == ::geteuid(); }

int open_pipe(const std::string& path) { return ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW); }
// Else it was left by an olivine that was killed, whose number is now somebody else's.
bool is_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0) ::close(fd);
  return fd >= 0 || errno != ENXIO;
}

}  // namespace

std::vector<std::string> MarkChannel::mark_directories() {
  return {fmt::format("/run/user/{}", ::geteuid()), "/dev/shm", "/tmp"};
}

Result<MarkChannel> MarkChannel::create(const std::vector<std::string>& directories) {
  Error error{ErrorKind::kUnsupported, "no place for the pipe of marks"};
  const std::uint64_t space = pid_namespace();
  for (const std::string& directory : directories) {
    const std::string path = name_of(directory, space, ::getpid());
    ::unlink(path.c_str());  // the number is ours: what has it is a dead olivine's
    if (::mkfifo(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      error = error_from_errno(errno, "making the pipe of marks " + path);
      continue;
    }
    const int fd = open_pipe(path);
    if (fd >= 0) {
      const int room = ::fcntl(fd, F_SETPIPE_SZ,
                               kWishedRoom);  // of scopes there are many; refused, the default holds some 600 marks
      return MarkChannel(fd, path, room > 0 ? static_cast<std::size_t>(room) : kPipeBytes);
    }
    error = error_from_errno(errno, "opening the pipe of marks " + path);
    ::unlink(path.c_str());
  }
  return tl::unexpected<Error>(error);
}

MarkChannel::MarkChannel(MarkChannel&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      room_(other.room_),
      path_(std::move(other.path_)),
      rest_(std::move(other.rest_)) {}

MarkChannel::~MarkChannel() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(path_.c_str());
}

bool MarkChannel::read(const std::function<void(std::string_view line)>& take) {
  int waiting = 0;
  const bool asked = ::ioctl(fd_, FIONREAD, &waiting) == 0;
  std::array<char, 4096> buffer;
  std::size_t taken = 0;
  while (taken < kPipeBytes) {
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got <= 0) break;
    taken += static_cast<std::size_t>(got);
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (c != '\n') {
        if (rest_.size() <= kLongestMarkLine) rest_ += c;
        continue;
      }
      take(rest_);
      rest_.clear();
    }
  }
  has_more_ = taken >= kPipeBytes;
  return asked && static_cast<std::size_t>(waiting) <
                      room_ / 2;  // a line that does not fit into the rest of a page begins a new one
}

void MarkChannel::remove_stale(pid_t owner) {
  if (::kill(owner, 0) == 0 || errno == EPERM) return;  // the number is somebody's again, and the pipe perhaps too
  const std::uint64_t space = pid_namespace();
  for (const std::string& directory : mark_directories()) {
    const std::string path = name_of(directory, space, owner);
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0 || !is_our_pipe(info)) continue;
    const std::string board = board_of(path);
    if (::lstat(board.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid())
      ::unlink(board.c_str());
    ::unlink(path.c_str());
  }
}

std::optional<std::string> find_mark_pipe(const std::vector<std::string>& directories) {
  const std::uint64_t space = pid_namespace();
  pid_t pid = ::getppid();
  for (int step = 0; step < kMostAncestors && pid > 0; ++step) {
    for (const std::string& directory : directories) {
      std::string path = name_of(directory, space, pid);
      struct stat info{};
      if (::lstat(path.c_str(), &info) == 0 && is_our_pipe(info) && is_read(path)) return path;
    }
    pid = process_stat(pid).parent;
  }
  return std::nullopt;
}

bool send_mark(const std::string& pipe, const Mark& mark) { return send_line(pipe, mark_line(mark)); }

bool send_line(const std::string& pipe, std::string_view line) {
  if (line.size() > kLongestMarkLine) return false;
  const int fd = open_pipe(pipe);
  if (fd < 0) return false;
  struct stat info{};
  const bool sent = ::fstat(fd, &info) == 0 && is_our_pipe(info) &&
                    ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  return sent;
}

}  // namespace olivine
