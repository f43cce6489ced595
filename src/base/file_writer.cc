#include "base/file_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace olivine {
namespace {

tl::unexpected<Error> failure(std::string_view verb, const std::string& path) {
  return tl::unexpected<Error>(error_from_errno(errno, std::string(verb) + " " + path));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status make_folders(const std::string& folder) {
  struct stat info{};
  if (::stat(folder.c_str(), &info) == 0) return {};
  for (std::size_t at = folder.find('/', 1);; at = folder.find('/', at + 1)) {
    const std::string part = folder.substr(0, at);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) return failure("making the folder", part);
    if (at == std::string::npos) return {};
  }
}

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// The folder's own entry reaches the disk too; a file system that cannot flush folders does not need it.
void flush_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)::fsync(fd);
  ::close(fd);
}

}  // namespace

Status RealFileWriter::replace(const std::string& path, std::string_view bytes) {
  OLIVINE_CHECK_STATUS(make_folders(folder_of(path)));
  const std::string part = fmt::format("{}.part-{}", path, ::getpid());
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return failure("writing", part);
  Status status = write_all(fd, bytes, part);
  if (status && ::fsync(fd) != 0) status = failure("flushing", part);
  if (::close(fd) != 0 && status) status = failure("closing", part);
  if (status && ::rename(part.c_str(), path.c_str()) != 0) status = failure("renaming to", path);
  if (!status) ::unlink(part.c_str());
  if (status) flush_folder(folder_of(path));
  return status;
}

Status RealFileWriter::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failure("removing", path);
  flush_folder(folder_of(path));
  return {};
}

}  // namespace olivine
