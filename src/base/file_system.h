// FileSystem: the seam to sysfs, procfs and cgroupfs. Real, in memory, or failing on demand (testing/).
//
// Units: bytes. Errors: kinds as error_from_errno; a failed read is an error, never an empty value. An empty file reads as
// 0 bytes (a process without children has such a file); no number parses from it, so read_u64 gives kCorrupt.
// Threads: an OpenFile is used by one thread. Lifetime: an OpenFile may outlive nothing but its FileSystem.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kOneReadBytes = 512;

// A file kept open: a sensor is one pread per tick (0.6 us against 5.4 us for open+read+close); a pipe's bytes are kept.
class OpenFile {
 public:
  virtual ~OpenFile() = default;
  // Reads from the file's start into `buffer`; returns the bytes read, at most buffer.size(). With a buffer of at most
  // kOneReadBytes this is a single pread, meant for files that hold one number or one record; a larger one is filled up to
  // the file's end.
  virtual Result<std::size_t> read_at_start(std::span<char> buffer) = 0;
  // Reads from `offset` until the buffer is full or the file ends; returns the bytes read.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) = 0;
};

// The whole of a file that nobody changes any more. It keeps its bytes even when the file is removed meanwhile.
class FileContent {
 public:
  virtual ~FileContent() = default;
  virtual std::string_view bytes() const = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<OpenFile>> open(const std::string& path) = 0;
  // Names of the entries of a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  // The real path behind links, as realpath(3).
  virtual Result<std::string> resolve(const std::string& path) = 0;
  // A file that is replaced as a whole and never written in place: mapped where the file system can do that, read otherwise.
  // kInvalid beyond max_bytes.
  virtual Result<std::unique_ptr<FileContent>> map(const std::string& path, std::size_t max_bytes);
};

class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<std::string> resolve(const std::string& path) override;
  Result<std::unique_ptr<FileContent>> map(const std::string& path, std::size_t max_bytes) override;
};

// A file that the kernel gives in one piece when it is shorter than kOneReadBytes, such as /proc/PID/stat: one pread less.
Result<std::string> read_record(FileSystem& files, const std::string& path);
// The whole of a small text file, at most max_bytes (kInvalid beyond).
Result<std::string> read_text(FileSystem& files, const std::string& path, std::size_t max_bytes = 1 << 20);
// The same without the trailing white space.
Result<std::string> read_line(FileSystem& files, const std::string& path);
// An unsigned integer file such as energy_uj; kCorrupt when it is not one.
Result<std::uint64_t> read_u64(FileSystem& files, const std::string& path);

}  // namespace olivine
