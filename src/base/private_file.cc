#include "base/private_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace olivine {
namespace {

struct Closer {
  int fd;
  ~Closer() { ::close(fd); }
};

}  // namespace

Result<std::string> read_private_file(const std::string& path, std::size_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening " + path));
  const Closer closer{fd};
  struct stat info{};
  if (::fstat(fd, &info) != 0) return tl::unexpected<Error>(error_from_errno(errno, "reading " + path));
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::kInvalid, path + " is not a regular file");
  if ((info.st_mode & 077) != 0)
    return fail(ErrorKind::kPermission, fmt::format("{} can be read by others (mode {:04o}); type: chmod 600 {}", path,
                                                    info.st_mode & 07777, path));
  if (info.st_uid != ::geteuid() && info.st_uid != 0)
    return fail(ErrorKind::kPermission, path + " belongs to another user; type: chown \"$USER\" " + path);
  std::string text(max_bytes + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = ::read(fd, text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected<Error>(error_from_errno(errno, "reading " + path));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled > max_bytes) return fail(ErrorKind::kInvalid, fmt::format("{} is longer than {} bytes", path, max_bytes));
  text.resize(filled);
  return text;
}

}  // namespace olivine
