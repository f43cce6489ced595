// Fuzzes segments: any bytes decode to samples or to one line of error; what decodes is encoded and decoded to the same,
// and a few bytes never stand for much memory.
#include <bit>
#include <cstdint>
#include <string_view>

#include "engine/sample.h"
#include "tests/fuzz/laws.h"

namespace {

using namespace olivine;
using fuzz::require;

constexpr std::size_t kFreeBytes = 1 << 20;
constexpr std::size_t kMostGrowth = 4096;  // bytes in memory for one byte of a segment

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// == but for percentages that are no number.
bool same(const TickSample& a, const TickSample& b) {
  if (!(a.now == b.now) || a.readings != b.readings || a.settle != b.settle || a.marks != b.marks ||
      a.usage.has_value() != b.usage.has_value())
    return false;
  if (!a.usage) return true;
  UsageReading x = *a.usage, y = *b.usage;
  if (x.gpus.size() != y.gpus.size()) return false;
  for (std::size_t i = 0; i < x.gpus.size(); ++i) {
    GpuUse &p = x.gpus[i], &q = y.gpus[i];
    if (!same(p.run_sm_percent, q.run_sm_percent) || !same(p.other_sm_percent, q.other_sm_percent)) return false;
    p.run_sm_percent = q.run_sm_percent = p.other_sm_percent = q.other_sm_percent = 0.0;
  }
  return x == y;
}

std::size_t bytes_of(const std::vector<TickSample>& samples) {
  std::size_t bytes = samples.size() * sizeof(TickSample);
  for (const TickSample& sample : samples) {
    bytes += sample.readings.size() * sizeof(RawReading);
    if (!sample.usage) continue;
    for (const GpuUse& gpu : sample.usage->gpus) bytes += sizeof(GpuUse) + gpu.device.size();
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto samples = decode_segment(bytes);
  if (!fuzz::is_ok(samples)) return 0;
  require(bytes_of(*samples) <= kFreeBytes + kMostGrowth * size, "few bytes are little memory",
          std::to_string(bytes_of(*samples)));
  const auto again = decode_segment(encode_segment(*samples));
  require(again.has_value() && again->size() == samples->size(), "what decodes is encoded");
  for (std::size_t i = 0; i < samples->size(); ++i)
    require(same((*samples)[i], (*again)[i]), "a segment loses nothing");
  for (const TickSample& sample : *samples) {
    const auto line = decode_trace_line(encode_trace_line(sample));
    if (fuzz::is_ok(line))
      require(line->now == sample.now && line->readings == sample.readings, "a trace line loses nothing");
  }
  return 0;
}
