#include "engine/mark_codec.h"

#include <fmt/core.h>

#include "engine/sample_limits.h"
#include "engine/segment_bytes.h"

namespace olivine {
namespace {

constexpr std::string_view kMagic = "OSM1";
enum Flag : std::uint8_t { kNumber = 1, kOf = 2, kScope = 4 };
enum ScopeFlag : std::uint8_t { kFailed = 1, kGone = 2, kThread = 4 };

void write(SegmentWriter& out, std::size_t tick, const Mark& mark) {
  out.varint(tick);
  out.varint(zigzag(static_cast<std::uint64_t>(mark.ns)));
  out.byte(static_cast<std::uint8_t>(mark.kind));
  out.varint(static_cast<std::uint64_t>(mark.pid));
  out.byte(static_cast<std::uint8_t>((mark.number ? kNumber : 0) | (mark.of ? kOf : 0) | (mark.scope ? kScope : 0)));
  if (mark.number) out.varint(static_cast<std::uint64_t>(*mark.number));
  if (mark.of) out.varint(static_cast<std::uint64_t>(*mark.of));
  if (mark.scope) {
    const ScopeMark& s = *mark.scope;
    for (const std::uint64_t part : {s.context.trace_high, s.context.trace_low, s.context.span, s.parent})
      out.varint(part);
    out.varint(s.cpu_ns ? static_cast<std::uint64_t>(*s.cpu_ns) + 1 : 0);
    out.byte(static_cast<std::uint8_t>((s.failed ? kFailed : 0) | (s.gone ? kGone : 0) | (s.thread ? kThread : 0)));
    if (s.thread) out.varint(static_cast<std::uint64_t>(*s.thread));
  }
  out.text(mark.name);
}

ScopeMark read_scope(SegmentReader& in) {
  ScopeMark s;
  s.context.trace_high = in.varint();
  s.context.trace_low = in.varint();
  s.context.span = in.varint();
  s.parent = in.varint();
  if (s.context.span == 0 || (s.context.trace_high == 0 && s.context.trace_low == 0)) in.fail();
  if (const std::uint64_t cpu = in.at_most(INT64_MAX); cpu > 0) s.cpu_ns = static_cast<std::int64_t>(cpu - 1);
  const std::uint8_t flags = in.byte();
  if (flags > (kFailed | kGone | kThread)) in.fail();
  s.failed = (flags & kFailed) != 0;
  s.gone = (flags & kGone) != 0;
  if ((flags & kThread) != 0) s.thread = static_cast<std::int64_t>(in.at_most(INT64_MAX));
  return s;
}

TickMark read(SegmentReader& in) {
  constexpr std::uint64_t kMost = INT64_MAX;
  TickMark read;
  read.tick = in.at_most(SIZE_MAX);
  read.mark.ns = static_cast<std::int64_t>(unzigzag(in.varint()));
  const std::uint8_t kind = in.byte();
  read.mark.pid = static_cast<std::int64_t>(in.at_most(kMost));
  const std::uint8_t flags = in.byte();
  if (kind > static_cast<std::uint8_t>(MarkKind::kPoint) || flags > (kNumber | kOf | kScope)) in.fail();
  read.mark.kind = static_cast<MarkKind>(kind);
  if ((flags & kNumber) != 0) read.mark.number = static_cast<std::int64_t>(in.at_most(kMost));
  if ((flags & kOf) != 0) read.mark.of = static_cast<std::int64_t>(in.at_most(kMost));
  if ((flags & kScope) != 0) read.mark.scope = read_scope(in);
  read.mark.name = in.text(kLongestMarkName);
  return read;
}

}  // namespace

std::string encode_marks(const std::vector<TickSample>& samples) {
  std::size_t count = 0;
  for (const TickSample& sample : samples) count += sample.marks.size();
  if (count == 0) return {};
  SegmentWriter out;
  out.raw(kMagic);
  out.varint(count);
  for (std::size_t tick = 0; tick < samples.size(); ++tick)
    for (const Mark& mark : samples[tick].marks) write(out, tick, mark);
  return out.take();
}

Result<MarkedSegment> take_marks(std::string_view bytes) {
  MarkedSegment segment{{}, bytes};
  if (!bytes.starts_with(kMagic)) return segment;
  SegmentReader in(bytes.substr(kMagic.size()));
  const std::uint64_t count = in.at_most(kMostMarks);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) segment.marks.push_back(read(in));
  if (!in.ok()) return fail(ErrorKind::kCorrupt, fmt::format("marks damaged at byte {}", kMagic.size() + in.offset()));
  segment.rest = bytes.substr(kMagic.size() + in.offset());
  return segment;
}

}  // namespace olivine
