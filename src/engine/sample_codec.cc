// Segment bytes: "OSG1", tick count, source count, then each tick against the one before it. All numbers are varints,
// signed ones zig-zag; a field of flags says which parts follow. docs/ledger-format.md has the layout byte by byte.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>

#include "engine/sample.h"

namespace olivine {
namespace {

constexpr std::string_view kMagic = "OSG1";
constexpr std::uint64_t kMostTicks = 4'000'000, kMostSources = 65'536, kMostGpus = 1'024, kMostName = 4'096;

std::uint64_t zigzag(std::int64_t v) { return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63); }
std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }
// Differences wrap around, so that every pair of 64-bit values has one and decoding is exact.
std::int64_t difference(std::uint64_t now, std::uint64_t before) { return static_cast<std::int64_t>(now - before); }
std::uint64_t bits(std::int64_t v) { return static_cast<std::uint64_t>(v); }

constexpr std::array kUsageFields{&UsageReading::run_cpu_ns, &UsageReading::machine_busy_ns, &UsageReading::self_cpu_ns,
                                  &UsageReading::run_memory_bytes, &UsageReading::machine_used_bytes};
constexpr std::uint64_t kSettle = 1, kHasUsage = 2, kHasGpus = 4, kSameStates = 8;

// What the next tick is told against. Times are told as the change of the step from tick to tick.
struct Memory {
  std::uint64_t wall = 0, mono = 0, boot = 0;
  std::uint64_t wall_step = 0, mono_step = 0, boot_step = 0;
  std::vector<std::uint64_t> raw, raw_step;
  std::vector<ReadingState> states;
  std::array<std::uint64_t, kUsageFields.size()> usage{};
};

class Writer {
 public:
  std::string bytes{kMagic};
  void put(std::uint64_t v) {
    while (v >= 0x80) {
      bytes.push_back(static_cast<char>(v | 0x80));
      v >>= 7;
    }
    bytes.push_back(static_cast<char>(v));
  }
  void put_signed(std::int64_t v) { put(zigzag(v)); }
  void put_text(std::string_view text) {
    put(text.size());
    bytes += text;
  }
  void put_double(double v) {
    const auto word = std::bit_cast<std::uint64_t>(v);
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(word >> shift));
  }
  // Second difference of a steadily growing value.
  void put_stepped(std::uint64_t now, std::uint64_t& before, std::uint64_t& step) {
    const std::uint64_t new_step = now - before;
    put_signed(difference(new_step, step));
    before = now;
    step = new_step;
  }
};

void encode_usage(Writer& out, const UsageReading& usage, Memory& memory) {
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < kUsageFields.size(); ++i)
    if (usage.*kUsageFields[i]) present |= std::uint64_t{1} << i;
  out.put(present);
  for (std::size_t i = 0; i < kUsageFields.size(); ++i) {
    if (!(usage.*kUsageFields[i])) continue;
    const std::uint64_t value = bits(*(usage.*kUsageFields[i]));
    out.put_signed(difference(value, memory.usage[i]));
    memory.usage[i] = value;
  }
  if (usage.gpus.empty()) return;
  out.put(usage.gpus.size());
  for (const GpuUse& gpu : usage.gpus) {
    out.put_text(gpu.device);
    out.put_signed(gpu.run_contexts);
    out.put_signed(gpu.other_contexts);
    out.put_double(gpu.run_sm_percent);
    out.put_double(gpu.other_sm_percent);
  }
}

void encode_tick(Writer& out, const TickSample& sample, Memory& memory) {
  std::vector<ReadingState> states;
  for (const RawReading& r : sample.readings) states.push_back(r.state);
  const bool same = states == memory.states;
  const bool gpus = sample.usage && !sample.usage->gpus.empty();
  out.put(sample.settle * kSettle + sample.usage.has_value() * kHasUsage + gpus * kHasGpus + same * kSameStates);
  out.put_stepped(bits(sample.now.mono.ns), memory.mono, memory.mono_step);
  // The other clocks follow the monotonic one but for steps and suspends.
  const std::uint64_t wall = bits(sample.now.wall.ns) - bits(sample.now.mono.ns);
  const std::uint64_t boot = bits(sample.now.boot_ns) - bits(sample.now.mono.ns);
  out.put_signed(difference(wall, memory.wall));
  out.put_signed(difference(boot, memory.boot));
  memory.wall = wall;
  memory.boot = boot;
  if (!same)
    for (const ReadingState s : states) out.put(static_cast<std::uint64_t>(s));
  memory.states = std::move(states);
  for (std::size_t i = 0; i < sample.readings.size(); ++i)
    if (sample.readings[i].state == ReadingState::kValue)
      out.put_stepped(sample.readings[i].raw, memory.raw[i], memory.raw_step[i]);
  if (sample.usage) encode_usage(out, *sample.usage, memory);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool failed = false;
  std::size_t at() const { return at_; }
  bool done() const { return at_ == bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint64_t get() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ >= bytes_.size() || (shift == 63 && (static_cast<unsigned char>(bytes_[at_]) & 0xFE) != 0)) break;
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return v;
    }
    failed = true;
    return 0;
  }
  std::int64_t get_signed() { return unzigzag(get()); }
  std::uint64_t get_at_most(std::uint64_t limit) {
    const std::uint64_t v = get();
    if (v > limit) failed = true;
    return failed ? 0 : v;
  }
  std::string get_text() {
    const std::uint64_t size = get_at_most(std::min<std::uint64_t>(kMostName, left()));
    if (failed || size > left()) {
      failed = true;
      return {};
    }
    std::string text(bytes_.substr(at_, size));
    at_ += size;
    return text;
  }
  double get_double() {
    if (left() < 8) {
      failed = true;
      return 0.0;
    }
    std::uint64_t word = 0;
    for (int shift = 0; shift < 64; shift += 8) word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[at_++])) << shift;
    return std::bit_cast<double>(word);
  }
  std::uint64_t get_stepped(std::uint64_t& before, std::uint64_t& step) {
    step += bits(get_signed());
    before += step;
    return before;
  }
  bool take(std::string_view magic) {
    if (!bytes_.substr(at_).starts_with(magic)) return false;
    at_ += magic.size();
    return true;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

UsageReading decode_usage(Reader& in, bool gpus, Memory& memory) {
  UsageReading usage;
  const std::uint64_t present = in.get_at_most((std::uint64_t{1} << kUsageFields.size()) - 1);
  for (std::size_t i = 0; i < kUsageFields.size(); ++i) {
    if (((present >> i) & 1) == 0) continue;
    memory.usage[i] += bits(in.get_signed());
    usage.*kUsageFields[i] = static_cast<std::int64_t>(memory.usage[i]);
  }
  if (!gpus) return usage;
  const std::uint64_t count = in.get_at_most(kMostGpus);
  if (count == 0) in.failed = true;
  for (std::uint64_t i = 0; i < count && !in.failed; ++i) {
    GpuUse gpu;
    gpu.device = in.get_text();
    gpu.run_contexts = static_cast<std::int32_t>(in.get_signed());
    gpu.other_contexts = static_cast<std::int32_t>(in.get_signed());
    gpu.run_sm_percent = in.get_double();
    gpu.other_sm_percent = in.get_double();
    if (!(gpu.run_sm_percent >= 0.0 && gpu.run_sm_percent <= 1e6 && gpu.other_sm_percent >= 0.0 && gpu.other_sm_percent <= 1e6))
      in.failed = true;
    usage.gpus.push_back(std::move(gpu));
  }
  return usage;
}

TickSample decode_tick(Reader& in, Memory& memory) {
  TickSample sample;
  const std::uint64_t flags = in.get_at_most(15);
  sample.settle = (flags & kSettle) != 0;
  sample.now.mono.ns = static_cast<std::int64_t>(in.get_stepped(memory.mono, memory.mono_step));
  memory.wall += bits(in.get_signed());
  memory.boot += bits(in.get_signed());
  sample.now.wall.ns = static_cast<std::int64_t>(memory.wall + memory.mono);
  sample.now.boot_ns = static_cast<std::int64_t>(memory.boot + memory.mono);
  if ((flags & kSameStates) == 0)
    for (ReadingState& s : memory.states)
      s = static_cast<ReadingState>(in.get_at_most(static_cast<std::uint64_t>(ReadingState::kSkipped)));
  sample.readings.resize(memory.raw.size());
  for (std::size_t i = 0; i < sample.readings.size() && !in.failed; ++i) {
    sample.readings[i].state = memory.states[i];
    if (memory.states[i] == ReadingState::kValue)
      sample.readings[i].raw = in.get_stepped(memory.raw[i], memory.raw_step[i]);
  }
  if ((flags & kHasUsage) != 0) sample.usage = decode_usage(in, (flags & kHasGpus) != 0, memory);
  if ((flags & kHasUsage) == 0 && (flags & kHasGpus) != 0) in.failed = true;
  return sample;
}

}  // namespace

std::string encode_segment(const std::vector<TickSample>& samples) {
  Writer out;
  const std::size_t sources = samples.empty() ? 0 : samples.front().readings.size();
  out.put(samples.size());
  out.put(sources);
  Memory memory;
  memory.raw.resize(sources);
  memory.raw_step.resize(sources);
  for (const TickSample& sample : samples) encode_tick(out, sample, memory);
  return std::move(out.bytes);
}

Result<std::vector<TickSample>> decode_segment(std::string_view bytes) {
  Reader in(bytes);
  if (!in.take(kMagic)) return fail(ErrorKind::kCorrupt, "segment: does not begin with OSG1");
  // A tick takes at least four bytes, a reading one: a count beyond what the bytes can hold is damage, not a reason to
  // ask for memory.
  const std::uint64_t ticks = in.get_at_most(std::min<std::uint64_t>(kMostTicks, bytes.size() / 4));
  const std::uint64_t sources = in.get_at_most(kMostSources);
  if (in.failed || sources * ticks > bytes.size() * 64)
    return fail(ErrorKind::kCorrupt, fmt::format("segment: impossible counts at byte {}", in.at()));
  Memory memory;
  memory.raw.resize(sources);
  memory.raw_step.resize(sources);
  memory.states.assign(sources, ReadingState::kValue);
  std::vector<TickSample> samples;
  for (std::uint64_t i = 0; i < ticks; ++i) {
    samples.push_back(decode_tick(in, memory));
    if (in.failed) return fail(ErrorKind::kCorrupt, fmt::format("segment: damaged at byte {}", in.at()));
  }
  if (!in.done()) return fail(ErrorKind::kCorrupt, fmt::format("segment: {} bytes behind the end", in.left()));
  return samples;
}

}  // namespace olivine
