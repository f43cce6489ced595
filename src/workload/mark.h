// Mark: what a program says about itself while it is measured: an epoch begins, an epoch ends, something happened here.
// One mark is one line of text, so that a shell, a library and the scopes of later versions can write it:
//
//   begin 81234567890123 epoch n=3 of=90 pid=4711
//   end 81234599990123 epoch n=3 pid=4711
//   mark 81234570000000 checkpoint pid=4711
//   begin 81234567890123 encode trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 parent=d75597dee50b0cac tid=4712 cpu=120 pid=4711
//   end 81234567990123 encode trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 tid=4712 cpu=95000120 failed=1 pid=4711
//
// The second word is the writer's CLOCK_MONOTONIC in ns, or "-" for "when you read this". The third is a name: %XX stands
// for a byte that is not printable ASCII, for a space and for '%'. Then come key=value words in any order; a key that is
// not known is passed over. A begin or an end with `trace=` is a scope's (trace_context.h): its span is the scope, `parent` the
// scope that it is a part of. `tid` and `cpu`: the thread that says it, and the ns of CPU time that it had used by then; `tid` alone: a
// task on that thread; `cpu` alone: a command, with all that it started. `gone=1` ends a scope whose process has died: Olivine's own word.
//
// Units: ns. Errors: parse_mark gives nothing for a line that is none. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/trace_context.h"

namespace olivine {

enum class MarkKind : std::uint8_t { kBegin, kEnd, kPoint };
inline constexpr std::string_view kEpochName = "epoch";
inline constexpr std::int64_t kMostMarkNumber = 1'000'000'000'000;  // of an epoch, of a process
inline constexpr std::size_t kLongestMarkName = 100;                // bytes
inline constexpr std::size_t kLongestMarkLine = 500;  // bytes, with its newline; a pipe takes that much in one piece

// What a scope's mark says beyond its name.
struct ScopeMark {
  TraceContext context;      // its span is the scope
  std::uint64_t parent = 0;  // 0: none
  std::optional<std::int64_t> cpu_ns;
  bool failed = false;
  std::optional<std::int64_t> thread{};  // that says it; `cpu_ns` is then the thread's
  bool gone = false;                     // its process had died: no end of its own
  bool operator==(const ScopeMark&) const = default;
};

struct Mark {
  MarkKind kind = MarkKind::kPoint;
  std::int64_t ns = 0;  // monotonic
  std::string name;
  std::optional<std::int64_t> number, of;  // of an epoch: 3 of 90
  std::int64_t pid = 0;                    // who says so; 0: not said
  std::optional<ScopeMark> scope{};
  bool operator==(const Mark&) const = default;
};

// Without its newline. A time of "-" becomes `now_ns`.
std::optional<Mark> parse_mark(std::string_view line, std::int64_t now_ns);
// With its newline.
std::string mark_line(const Mark& mark);
// A name as one word of a line, and back; nothing for what no name gives. Of at most kLongestMarkName bytes.
std::string escaped_name(std::string_view name);
std::optional<std::string> unescaped_name(std::string_view word);

}  // namespace olivine
