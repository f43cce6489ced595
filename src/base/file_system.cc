#include "base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "base/text.h"

namespace olivine {

namespace {

constexpr std::size_t kMostStreamBytes = std::size_t{1} << 30U, kStreamPieceBytes = std::size_t{64} << 10U;

class RealFile final : public OpenFile {
 public:
  RealFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() override { ::close(fd_); }

  Result<std::size_t> read_at_start(std::span<char> buffer) override {
    if (is_stream_) return read_kept(0, buffer);
    std::size_t filled = 0;
    // procfs gives long files in pieces (one page or one record at a time), so read on until the end says so.
    while (filled < buffer.size()) {
      const ssize_t count = ::pread(fd_, buffer.data() + filled, buffer.size() - filled, static_cast<off_t>(filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == ESPIPE && filled == 0) return read_kept(0, buffer);
      if (count < 0) return tl::unexpected<Error>(error_from_errno(errno, "reading " + path_));
      filled += static_cast<std::size_t>(count);
      if (count == 0 || buffer.size() <= kOneReadBytes) break;
    }
    return filled;
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) override {
    if (is_stream_) return read_kept(offset, buffer);
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const ssize_t count =
          ::pread(fd_, buffer.data() + filled, buffer.size() - filled, static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == ESPIPE && filled == 0) return read_kept(offset, buffer);
      if (count < 0) return tl::unexpected<Error>(error_from_errno(errno, "reading " + path_));
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

 private:
  // A pipe or a terminal, which has no places: what came is kept, so that any of it can be read again.
  Result<std::size_t> read_kept(std::uint64_t offset, std::span<char> buffer) {
    is_stream_ = true;
    if (offset > kMostStreamBytes || buffer.size() > kMostStreamBytes - offset)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: more than {} MiB through a pipe; write a file", path_, kMostStreamBytes >> 20U));
    const std::size_t end = static_cast<std::size_t>(offset) + buffer.size();
    while (kept_.size() < end && !ended_) {
      const std::size_t before = kept_.size();
      kept_.resize(std::min(end, before + kStreamPieceBytes));
      const ssize_t count = ::read(fd_, kept_.data() + before, kept_.size() - before);
      const int error_number = errno;
      kept_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      if (count < 0 && error_number == EINTR) continue;
      if (count < 0) return tl::unexpected<Error>(error_from_errno(error_number, "reading " + path_));
      ended_ = count == 0;
    }
    if (offset >= kept_.size()) return 0;
    const std::size_t count = std::min(buffer.size(), kept_.size() - static_cast<std::size_t>(offset));
    std::copy_n(kept_.data() + offset, count, buffer.data());
    return count;
  }

  int fd_;
  std::string path_;
  bool is_stream_ = false, ended_ = false;
  std::string kept_;  // of a stream
};

class ReadContent final : public FileContent {
 public:
  explicit ReadContent(std::string text) : text_(std::move(text)) {}
  std::string_view bytes() const override { return text_; }

 private:
  std::string text_;
};

class MappedContent final : public FileContent {
 public:
  MappedContent(void* address, std::size_t size) : address_(address), size_(size) {}
  MappedContent(const MappedContent&) = delete;
  MappedContent& operator=(const MappedContent&) = delete;
  ~MappedContent() override { ::munmap(address_, size_); }
  std::string_view bytes() const override { return {static_cast<const char*>(address_), size_}; }

 private:
  void* address_;
  std::size_t size_;
};

tl::unexpected<Error> too_large(const std::string& path, std::size_t max_bytes) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is larger than {} bytes", path, max_bytes));
}
}  // namespace

Result<std::unique_ptr<FileContent>> FileSystem::map(const std::string& path, std::size_t max_bytes) {
  OLIVINE_TRY(std::string text, read_text(*this, path, max_bytes));
  return std::make_unique<ReadContent>(std::move(text));
}

Result<std::unique_ptr<FileContent>> RealFileSystem::map(const std::string& path, std::size_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening " + path));
  struct stat info{};
  const bool known = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
  const auto size = known ? static_cast<std::size_t>(info.st_size) : 0;
  void* address = known && size <= max_bytes ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  ::close(fd);
  if (size > max_bytes) return too_large(path, max_bytes);
  if (address == MAP_FAILED) return FileSystem::map(path, max_bytes);  // empty, a pipe, a file system without mmap
  return std::make_unique<MappedContent>(address, size);
}

Result<std::unique_ptr<OpenFile>> RealFileSystem::open(const std::string& path) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening " + path));
  return std::make_unique<RealFile>(fd, path);
}

Result<std::vector<std::string>> RealFileSystem::list(const std::string& directory) {
  DIR* stream = ::opendir(directory.c_str());  // glibc opens it close-on-exec
  if (stream == nullptr) return tl::unexpected<Error>(error_from_errno(errno, "listing " + directory));
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error_number = errno;
  ::closedir(stream);
  if (error_number != 0) return tl::unexpected<Error>(error_from_errno(error_number, "listing " + directory));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> RealFileSystem::resolve(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return tl::unexpected<Error>(error_from_errno(errno, "resolving " + path));
  std::string resolved(real);
  std::free(real);
  return resolved;
}

Result<std::string> read_text(FileSystem& files, const std::string& path, std::size_t max_bytes) {
  OLIVINE_TRY(const std::unique_ptr<OpenFile> file, files.open(path));
  // Starts above kOneReadBytes so that files in pieces are read whole; the extra byte tells "full" from "more".
  std::string text(std::min<std::size_t>(max_bytes + 1, 4096), '\0');
  text.resize(std::max(text.size(), kOneReadBytes + 1));
  for (;;) {
    OLIVINE_TRY(const std::size_t count, file->read_at_start(text));
    if (count > max_bytes) return too_large(path, max_bytes);
    if (count < text.size()) {
      text.resize(count);
      return text;
    }
    text.resize(std::min(text.size() * 4, max_bytes + 1));
  }
}

Result<std::string> read_record(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(const std::unique_ptr<OpenFile> file, files.open(path));
  std::string text(kOneReadBytes, '\0');
  OLIVINE_TRY(const std::size_t count, file->read_at_start(text));
  if (count == text.size()) return read_text(files, path);
  text.resize(count);
  return text;
}

Result<std::string> read_line(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(std::string text, read_text(files, path));
  const std::size_t last = text.find_last_not_of(" \t\r\n\v\f");
  text.resize(last == std::string::npos ? 0 : last + 1);
  return text;
}

Result<std::uint64_t> read_u64(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(const std::string text, read_line(files, path));
  const auto value = parse_u64(text);
  if (!value) return fail(ErrorKind::kCorrupt, "reading " + path + ": " + value.error().message);
  return *value;
}

}  // namespace olivine
