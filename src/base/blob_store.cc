#include "base/blob_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace olivine {
namespace {

tl::unexpected<Error> failed(std::string_view doing, const std::string& path) {
  return tl::unexpected<Error>(error_from_errno(errno, fmt::format("{} {}", doing, path)));
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

Status make_folders(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return failed("making the folder", part);
    if (slash == std::string::npos) return {};
  }
}

Status write_whole(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::string checked(const std::string& folder, const std::string& name) {
  if (!is_blob_name(name)) throw std::logic_error("not a name for a blob: " + name);
  return folder + "/" + name;
}

struct Entry {
  std::int64_t written_ns;
  std::string path;
  std::uint64_t bytes;
};

Result<std::vector<Entry>> entries(const std::string& folder) {
  std::vector<Entry> found;
  DIR* const directory = ::opendir(folder.c_str());
  if (directory == nullptr) {
    if (errno == ENOENT) return found;
    return failed("reading the folder", folder);
  }
  while (const dirent* entry = ::readdir(directory)) {
    const std::string path = folder + "/" + entry->d_name;
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    found.push_back(
        {info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, path, static_cast<std::uint64_t>(info.st_size)});
  }
  ::closedir(directory);
  return found;
}

}  // namespace

bool is_blob_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string_view::npos;
}

Result<std::string> BlobDirectory::read(const std::string& name) {
  const std::string path = checked(path_, name);
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return failed("opening", path);
  std::string bytes;
  char buffer[65536];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("reading", path);
    if (count == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(count));
    if (bytes.size() > max_blob_bytes_)
      return fail(ErrorKind::kCorrupt, fmt::format("{} is larger than {} bytes; remove it", path, max_blob_bytes_));
  }
}

Status BlobDirectory::replace(const std::string& name, std::string_view bytes) {
  const std::string path = checked(path_, name);
  OLIVINE_CHECK_STATUS(make_folders(path_));
  std::string temporary = path_ + "/.part-XXXXXX";
  File file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (file.get() < 0) return failed("writing a file in", path_);
  Status status = write_whole(file.get(), bytes, temporary);
  if (file.close() != 0 && status) status = failed("writing", temporary);
  if (status && ::rename(temporary.c_str(), path.c_str()) != 0) status = failed("renaming to", path);
  if (!status) ::unlink(temporary.c_str());
  return status;
}

Status BlobDirectory::keep_within(std::uint64_t max_bytes) {
  OLIVINE_TRY(std::vector<Entry> all, entries(path_));
  std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.written_ns, a.path) < std::tie(b.written_ns, b.path);
  });
  std::uint64_t total = 0;
  for (const Entry& entry : all) total += entry.bytes;
  for (const Entry& entry : all) {
    if (total <= max_bytes) break;
    if (::unlink(entry.path.c_str()) != 0 && errno != ENOENT) return failed("removing", entry.path);
    total -= entry.bytes;
  }
  return {};
}

}  // namespace olivine
