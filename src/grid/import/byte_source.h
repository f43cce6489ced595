// ByteSource: a file read from front to back in pieces, so that a large one never lies in memory as a whole.
//
// open_input recognises gzip by its first bytes and unpacks on the way; several members one behind the other are one text.
//
// Units: bytes. Errors: those of the file system; kInvalid when gzip data are damaged, cut off, or the text is larger than
// the limits allow (a few kilobytes can unpack to terabytes). Threads: one. Lifetime: within the FileSystem or text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kMaxInputBytes = std::size_t{128} << 20U;

struct InputLimits {
  std::size_t bytes = kMaxInputBytes;  // of the text
  // Beyond `free_bytes`, gzip may not unpack to more than `ratio` times the bytes read; 0: any. Text that people make
  // shrinks by 5 to 40; a bomb by 1,000.
  std::size_t ratio = 0, free_bytes = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of the buffer; 0 bytes at the end.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  std::string_view rest_;
};

// The beginning of a source, looked at before somebody reads it from the front.
class PeekedSource final : public ByteSource {
 public:
  static Result<std::unique_ptr<PeekedSource>> create(ByteSource& inner, std::size_t head_bytes);
  std::string_view head() const { return head_; }
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  PeekedSource(ByteSource& inner, std::string head) : inner_(inner), head_(std::move(head)) {}
  ByteSource& inner_;
  std::string head_;
  std::size_t taken_ = 0;
};

// Unpacks gzip when the text begins like it, else passes it on; counts against the limits.
Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> inner, InputLimits limits = {});
Result<std::unique_ptr<ByteSource>> open_input(FileSystem& files, const std::string& path, InputLimits limits = {});

// The whole text for those who need it so: kInvalid when it holds more than max_bytes.
Result<std::string> read_whole(ByteSource& source, std::size_t max_bytes);
// The same of a file, plain or gzip; the error begins with the path.
Result<std::string> read_input(FileSystem& files, const std::string& path, std::size_t max_bytes);

}  // namespace olivine
