// LineReader: lines and fields of a text table, fast (memchr over a buffer) and within bounds.
//
// Takes a byte order mark, CR LF, quoted fields with doubled quotes (on one line). A separator is the comma, the
// semicolon or the tab, whichever the header has most of.
//
// Units: line numbers from 1. Errors: kInvalid for a NUL byte, a line or a number of lines above the limits.
// Threads: one. Lifetime: a line and its fields view the reader's buffer until the next call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grid/import/byte_source.h"

namespace olivine {

inline constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;
inline constexpr std::size_t kMaxLines = 4'000'000;

struct LineLimits {
  std::size_t line_bytes = kMaxLineBytes, lines = kMaxLines;
};

class LineReader {
 public:
  explicit LineReader(ByteSource& source, LineLimits limits = {});
  // The next line without its end; false at the end of the text.
  Result<bool> next(std::string_view& line);
  std::size_t line_number() const { return number_; }  // of the line that next() gave
  bool line_was_ended() const { return ended_; }       // by a line end; false for a last line without one

 private:
  Result<bool> refill();

  ByteSource& source_;
  LineLimits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0, number_ = 0;
  bool at_end_ = false, ended_ = true;
};

// Splits at the separator; quotes are taken off. False when a quote is not closed. `scratch` holds unquoted texts.
bool split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields,
                  std::vector<std::string>& scratch);
char separator_of(std::string_view header);

}  // namespace olivine
