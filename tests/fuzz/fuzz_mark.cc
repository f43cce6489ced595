// Fuzzes the marks of a program: whatever it writes, what is kept is in order, within its time and within the bounds, makes
// epochs that do not overlap, and survives its line and a segment.
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "engine/epochs.h"
#include "engine/mark_intake.h"
#include "engine/sample.h"
#include "tests/fuzz/laws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace olivine;
  using fuzz::require;
  MarkIntake intake;
  std::int64_t now = 1000;
  TickSample sample;
  for (const std::string_view line : split({reinterpret_cast<const char*>(data), size}, '\n')) {
    intake.line(line, now);
    if (line.size() % 3 == 0) intake.looked(now, true);
    now += static_cast<std::int64_t>(line.size());
    for (Mark& mark : intake.take()) sample.marks.push_back(std::move(mark));
  }
  std::int64_t last = 0;
  for (const Mark& mark : sample.marks) {
    require(mark.ns >= last && mark.ns <= now, "a mark is out of its time");
    last = mark.ns;
    std::string line = mark_line(mark);
    line.pop_back();
    require(parse_mark(line, 0) == mark, "a mark does not survive its line");
  }
  std::size_t before = 0;
  for (const EpochSpan& span : epoch_spans(sample.marks)) {
    require(span.begin >= before && (!span.end || *span.end > span.begin), "epochs overlap");
    before = span.end.value_or(span.begin);
  }
  const auto decoded = decode_segment(encode_segment({sample}));
  require(decoded && decoded->size() == 1 && decoded->front().marks == sample.marks, "marks do not survive a segment");
  return 0;
}
