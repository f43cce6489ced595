// SegmentWriter and SegmentReader: the bytes of a segment (docs/ledger-format.md), one primitive at a time.
//
// A whole number is a varint: seven bits a byte, the lowest first, the high bit set on all but the last byte. A signed
// one is zig-zag first: 0, -1, 1, -2 become 0, 1, 2, 3. A text is its length, then its bytes.
//
//   300 -> ac 02      -3 -> 05      "ab" -> 02 61 62
//
// Units: none. Errors: a reader that meets damage fails for good: ok() is false, every further value is 0, offset()
// stays at the damage. Threads: one. Lifetime: the reader's bytes outlive it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace olivine {

constexpr std::uint64_t zigzag(std::uint64_t wrapped) { return (wrapped << 1) ^ (0 - (wrapped >> 63)); }
constexpr std::uint64_t unzigzag(std::uint64_t v) { return (v >> 1) ^ (0 - (v & 1)); }
// Bytes that a varint takes.
constexpr unsigned varint_size(std::uint64_t v) { return (static_cast<unsigned>(std::bit_width(v | 1)) + 6) / 7; }

class SegmentWriter {
 public:
  void byte(std::uint8_t v) { bytes_.push_back(static_cast<char>(v)); }
  void varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<std::uint8_t>(v | 0x80));
    byte(static_cast<std::uint8_t>(v));
  }
  void text(std::string_view text) {
    varint(text.size());
    bytes_ += text;
  }
  void fixed64(std::uint64_t v) {
    for (int shift = 0; shift < 64; shift += 8) byte(static_cast<std::uint8_t>(v >> shift));
  }
  void raw(std::string_view bytes) { bytes_ += bytes; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class SegmentReader {
 public:
  explicit SegmentReader(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t offset() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  void fail() { ok_ = false; }

  std::uint8_t byte() {
    if (!ok_ || at_ >= bytes_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      if (shift == 63 && part > 1) break;  // beyond 64 bits
      v |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      if (part < 0x80) return ok_ ? v : 0;
    }
    ok_ = false;
    return 0;
  }
  // A count or an index: at most `limit`.
  std::uint64_t at_most(std::uint64_t limit) {
    const std::uint64_t v = varint();
    if (v > limit) ok_ = false;
    return ok_ ? v : 0;
  }
  std::string_view text(std::uint64_t longest) {
    const std::uint64_t size = at_most(std::min<std::uint64_t>(longest, left()));
    if (!ok_ || size > left()) {
      ok_ = false;
      return {};
    }
    const std::string_view text = bytes_.substr(at_, size);
    at_ += size;
    return text;
  }
  std::uint64_t fixed64() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 8) v |= static_cast<std::uint64_t>(byte()) << shift;
    return ok_ ? v : 0;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace olivine
