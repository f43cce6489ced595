#include "apps/cli/output_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "base/text.h"

namespace olivine::cli {
namespace {

tl::unexpected<Error> failed(const std::string& path) {
  return tl::unexpected<Error>(error_from_errno(errno, "writing " + printable(path)));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A link's target, or the path itself.
std::string followed(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  return real != nullptr ? std::string(real.get()) : path;
}

// A new file beside the target; its name goes to `name`.
int open_beside(const std::string& folder, std::string& name) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    unsigned long long chance = 0;
    if (::getrandom(&chance, sizeof chance, 0) != static_cast<ssize_t>(sizeof chance)) return -1;
    name = fmt::format("{}/.olivine-{:016x}.part", folder, chance);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

// The rename reaches the disk too; a file system that cannot flush folders does not need it.
void flush_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)::fsync(fd);
  ::close(fd);
}

// "/dev/stdout", "/dev/fd/5": what is behind it is written where it stands, also when that is a file.
std::optional<int> descriptor_of(const std::string& path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"})
    if (path.starts_with(folder))
      if (const auto number = parse_u64(std::string_view(path).substr(folder.size())); number && *number < 1'000'000)
        return static_cast<int>(*number);
  return std::nullopt;
}

Status write_into(const std::string& path, const std::function<Status(const TextSink&)>& produce) {
  const auto named = descriptor_of(path);
  const int fd = named ? ::fcntl(*named, F_DUPFD_CLOEXEC, 3) : ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return failed(path);
  Status status = produce([&](std::string_view text) { return write_text(fd, text, path); });
  if (::close(fd) != 0 && status) status = failed(path);
  return status;
}

}  // namespace

Status write_text(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status write_output(const std::string& path, const std::function<Status(const TextSink&)>& produce) {
  struct stat info{};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (descriptor_of(path) || (there && !S_ISREG(info.st_mode))) return write_into(path, produce);
  const std::string target = there ? followed(path) : path, folder = folder_of(target);
  std::string beside;
  const int fd = open_beside(folder, beside);
  if (fd < 0) return failed(path);
  Status status = produce([&](std::string_view text) { return write_text(fd, text, path); });
  if (status && there && ::fchmod(fd, info.st_mode & 07777) != 0) status = failed(path);
  if (status && ::fsync(fd) != 0) status = failed(path);
  if (::close(fd) != 0 && status) status = failed(path);
  if (status && ::rename(beside.c_str(), target.c_str()) != 0) status = failed(path);
  if (status)
    flush_folder(folder);
  else
    ::unlink(beside.c_str());
  return status;
}

}  // namespace olivine::cli
