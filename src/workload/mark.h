// Mark: what a program says about itself while it is measured: an epoch begins, an epoch ends, something happened here.
// One mark is one line of text, so that a shell, a library and the scopes of later versions can write it:
//
//   begin 81234567890123 epoch n=3 of=90 pid=4711
//   end 81234599990123 epoch n=3 pid=4711
//   mark 81234570000000 checkpoint pid=4711
//
// The second word is the writer's CLOCK_MONOTONIC in ns, or "-" for "when you read this". The third is a name: %XX stands
// for a byte that is not printable ASCII, for a space and for '%'. Then come key=value words in any order; a key that is
// not known is passed over, so that a later version may add `trace=` and `parent=` (W3C trace context) without a new format.
//
// Units: ns. Errors: parse_mark gives nothing for a line that is none. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace olivine {

enum class MarkKind : std::uint8_t { kBegin, kEnd, kPoint };
inline constexpr std::string_view kEpochName = "epoch";
inline constexpr std::size_t kLongestMarkName = 100;   // bytes
inline constexpr std::size_t kLongestMarkLine = 500;   // bytes, with its newline; a pipe takes that much in one piece

struct Mark {
  MarkKind kind = MarkKind::kPoint;
  std::int64_t ns = 0;  // monotonic
  std::string name;
  std::optional<std::int64_t> number, of;  // of an epoch: 3 of 90
  std::int64_t pid = 0;                    // who says so; 0: not said
  bool operator==(const Mark&) const = default;
};

// Without its newline. A time of "-" becomes `now_ns`.
std::optional<Mark> parse_mark(std::string_view line, std::int64_t now_ns);
// With its newline.
std::string mark_line(const Mark& mark);

}  // namespace olivine
