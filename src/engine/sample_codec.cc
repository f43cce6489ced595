// Segment bytes, version "OSG1": a head (counts, GPU names, the order of each column), then tick after tick, each value
// against what its column predicts. docs/ledger-format.md has the layout byte by byte.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>

#include "engine/mark_codec.h"
#include "engine/sample.h"
#include "engine/sample_limits.h"
#include "engine/segment_bytes.h"
#include "engine/value_series.h"

namespace olivine {

namespace {

constexpr std::string_view kMagic = "OSG1";
// Of all ticks together. A few bytes can stand for a tick of many skipped readings, so the bytes alone bound nothing.
constexpr std::uint64_t kMostReadings = 1 << 24;
constexpr std::uint64_t kMostGpuEntries = 1 << 20;
constexpr std::uint64_t kFewestTickBytes = 4;  // flags and three clocks

enum Flag : std::uint8_t { kSettle = 1, kUsage = 2, kStates = 4, kGpus = 8 };
constexpr std::uint8_t kAllFlags = 15;

constexpr std::array kUsageFields{&UsageReading::run_cpu_ns, &UsageReading::machine_busy_ns, &UsageReading::self_cpu_ns,
                                  &UsageReading::run_memory_bytes, &UsageReading::machine_used_bytes};
constexpr std::uint8_t kAllUsageFields = (1 << kUsageFields.size()) - 1;

std::uint64_t unsigned_of(std::int64_t v) { return static_cast<std::uint64_t>(v); }
std::int64_t signed_of(std::uint64_t v) { return static_cast<std::int64_t>(v); }

// What both sides remember from tick to tick.
struct Columns {
  ValueSeries mono{2}, boot{1},
      wall{1};  // boot and wall as their distance from mono: it only changes in suspends and steps
  std::vector<ValueSeries> sources;
  std::array<ValueSeries, kUsageFields.size()> usage;
  std::vector<ReadingState> states;
  std::vector<GpuUse> gpus;
};

// ---- encoding

struct Head {
  std::size_t sources = 0;  // the most that a tick has
  std::vector<std::uint8_t> orders;
  std::map<std::string_view, std::uint64_t> name_index;
  std::vector<std::string_view> names;
};

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

std::size_t name_bytes(const std::vector<GpuUse>& gpus) {
  std::size_t bytes = 0;
  for (const GpuUse& gpu : gpus) bytes += gpu.device.size();
  return bytes;
}

bool may_repeat(const std::vector<GpuUse>& gpus) {
  return gpus.size() <= kMostRepeatedGpus && name_bytes(gpus) <= kMostRepeatedNameBytes;
}

void add_names(Head& head, const UsageReading& usage) {
  require(usage.gpus.size() <= kMostGpus, "encode_segment: more than 1,024 GPUs in a tick");
  require(name_bytes(usage.gpus) <= kMostGpuNameBytes,
          "encode_segment: more than 65,536 bytes of device names in a tick");
  for (const GpuUse& gpu : usage.gpus) {
    require(gpu.device.size() <= kMostNameBytes, "encode_segment: a device name of more than 4,096 bytes");
    if (head.name_index.try_emplace(gpu.device, head.names.size()).second) head.names.push_back(gpu.device);
  }
}

Head head_of(const std::vector<TickSample>& samples) {
  Head head;
  std::uint64_t readings = 0, gpus = 0;
  for (const TickSample& sample : samples) {
    head.sources = std::max(head.sources, sample.readings.size());
    readings += sample.readings.size();
    if (sample.usage) gpus += sample.usage->gpus.size();
  }
  require(head.sources <= kMostSources, "encode_segment: more than 65,536 sources");
  require(readings <= kMostReadings, "encode_segment: more than 16,777,216 readings in one segment");
  require(gpus <= kMostGpuEntries, "encode_segment: more than 1,048,576 GPU entries in one segment");
  std::vector<OrderChoice> sources(head.sources);
  std::array<OrderChoice, kUsageFields.size()> usage;
  for (const TickSample& sample : samples) {
    for (std::size_t i = 0; i < sample.readings.size(); ++i) {
      if (sample.readings[i].state == ReadingState::kValue) sources[i].show(sample.readings[i].raw);
    }
    if (!sample.usage) continue;
    add_names(head, *sample.usage);
    for (std::size_t i = 0; i < kUsageFields.size(); ++i) {
      if (const auto& value = *sample.usage.*kUsageFields[i]) usage[i].show(unsigned_of(*value));
    }
  }
  for (const OrderChoice& choice : sources) head.orders.push_back(choice.best());
  for (const OrderChoice& choice : usage) head.orders.push_back(choice.best());
  return head;
}

// Four values of two bits a byte, the first in the lowest bits.
template <class Items, class Value>
void write_pairs(SegmentWriter& out, const Items& items, Value value_of) {
  for (std::size_t i = 0; i < items.size(); i += 4) {
    unsigned byte = 0;
    for (std::size_t k = 0; k < 4 && i + k < items.size(); ++k) byte |= value_of(items[i + k]) << (2 * k);
    out.byte(static_cast<std::uint8_t>(byte));
  }
}

void apply_orders(Columns& columns, const std::vector<std::uint8_t>& orders, std::size_t sources) {
  columns.sources.reserve(sources);
  for (std::size_t i = 0; i < sources; ++i) columns.sources.emplace_back(orders[i]);
  for (std::size_t i = 0; i < columns.usage.size(); ++i) columns.usage[i] = ValueSeries(orders[sources + i]);
}

// A percentage is mostly a whole number: 2 n + 1; anything else is 0 and the eight bytes of the double.
void write_percent(SegmentWriter& out, double percent) {
  if (percent >= 0.0 && percent <= 1e6 && percent == std::floor(percent) && !std::signbit(percent)) {
    out.varint(2 * static_cast<std::uint64_t>(percent) + 1);
  } else {
    out.varint(0);
    out.fixed64(std::bit_cast<std::uint64_t>(percent));
  }
}

void write_gpus(SegmentWriter& out, const Head& head, const std::vector<GpuUse>& gpus) {
  out.varint(gpus.size());
  for (const GpuUse& gpu : gpus) {
    out.varint(head.name_index.at(gpu.device));
    out.varint(zigzag(unsigned_of(gpu.run_contexts)));
    out.varint(zigzag(unsigned_of(gpu.other_contexts)));
    write_percent(out, gpu.run_sm_percent);
    write_percent(out, gpu.other_sm_percent);
  }
}

bool same_states(const std::vector<RawReading>& readings, const std::vector<ReadingState>& states) {
  return std::equal(readings.begin(), readings.end(), states.begin(), states.end(),
                    [](const RawReading& reading, ReadingState state) { return reading.state == state; });
}

// Bit by bit: a NaN is kept as it is, and -0 is not 0.
bool same_gpus(const std::vector<GpuUse>& a, const std::vector<GpuUse>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const GpuUse& x, const GpuUse& y) {
    const auto same = [](double p, double q) {
      return std::bit_cast<std::uint64_t>(p) == std::bit_cast<std::uint64_t>(q);
    };
    return x.device == y.device && x.run_contexts == y.run_contexts && x.other_contexts == y.other_contexts &&
           same(x.run_sm_percent, y.run_sm_percent) && same(x.other_sm_percent, y.other_sm_percent);
  });
}

void write_usage(SegmentWriter& out, const Head& head, Columns& columns, const UsageReading& usage, bool gpus_follow) {
  unsigned present = 0;
  for (std::size_t i = 0; i < kUsageFields.size(); ++i) present |= usage.*kUsageFields[i] ? 1U << i : 0U;
  out.byte(static_cast<std::uint8_t>(present));
  for (std::size_t i = 0; i < kUsageFields.size(); ++i) {
    if (const auto& value = usage.*kUsageFields[i]) out.varint(columns.usage[i].residual_of(unsigned_of(*value)));
  }
  if (!gpus_follow) return;
  write_gpus(out, head, usage.gpus);
  columns.gpus = usage.gpus;
}

void write_tick(SegmentWriter& out, const Head& head, Columns& columns, const TickSample& sample) {
  const bool states_follow =
      sample.readings.size() > kMostRepeatedReadings || !same_states(sample.readings, columns.states);
  const bool gpus_follow =
      sample.usage && (!may_repeat(sample.usage->gpus) || !same_gpus(sample.usage->gpus, columns.gpus));
  out.byte(static_cast<std::uint8_t>((sample.settle ? kSettle : 0) | (sample.usage ? kUsage : 0) |
                                     (states_follow ? kStates : 0) | (gpus_follow ? kGpus : 0)));
  const std::uint64_t mono = unsigned_of(sample.now.mono.ns);
  out.varint(columns.mono.residual_of(mono));
  out.varint(columns.boot.residual_of(unsigned_of(sample.now.boot_ns) - mono));
  out.varint(columns.wall.residual_of(unsigned_of(sample.now.wall.ns) - mono));
  if (states_follow) {
    out.varint(sample.readings.size());
    write_pairs(out, sample.readings, [](const RawReading& r) { return static_cast<unsigned>(r.state); });
    columns.states.clear();
    for (const RawReading& reading : sample.readings) columns.states.push_back(reading.state);
  }
  for (std::size_t i = 0; i < sample.readings.size(); ++i) {
    if (sample.readings[i].state == ReadingState::kValue)
      out.varint(columns.sources[i].residual_of(sample.readings[i].raw));
  }
  if (sample.usage) write_usage(out, head, columns, *sample.usage, gpus_follow);
}

// ---- decoding

// The other direction of write_pairs, appended to `values`.
void read_pairs(SegmentReader& in, std::uint64_t count, std::vector<std::uint8_t>& values) {
  for (std::uint64_t i = 0; i < count && in.ok(); i += 4) {
    const unsigned byte = in.byte();
    for (std::uint64_t k = 0; k < 4 && i + k < count; ++k) values.push_back((byte >> (2 * k)) & 3);
  }
}

double read_percent(SegmentReader& in) {
  const std::uint64_t v = in.at_most(2'000'001);
  if ((v & 1) == 1) return static_cast<double>(v / 2);
  if (v != 0) in.fail();
  return std::bit_cast<double>(in.fixed64());
}

std::int32_t read_int32(SegmentReader& in) {
  const std::int64_t v = signed_of(unzigzag(in.varint()));
  if (v < INT32_MIN || v > INT32_MAX) in.fail();
  return in.ok() ? static_cast<std::int32_t>(v) : 0;
}

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : in_(bytes) {}
  Result<std::vector<TickSample>> run();

 private:
  std::uint64_t read_head();
  TickSample read_tick();
  UsageReading read_usage(bool gpus_follow);
  void read_states();
  void read_gpus();
  tl::unexpected<Error> damaged(std::string_view what) const {
    return fail(ErrorKind::kCorrupt, fmt::format("segment: {} at byte {}", what, in_.offset()));
  }

  SegmentReader in_;
  Columns columns_;
  std::vector<std::string> names_;
  std::uint64_t readings_ = 0;
  std::uint64_t gpu_entries_ = 0;
};

std::uint64_t Decoder::read_head() {
  const std::uint64_t ticks = in_.at_most(in_.left() / kFewestTickBytes);
  const std::uint64_t sources = in_.at_most(std::min<std::uint64_t>(kMostSources, 4 * in_.left()));
  const std::uint64_t names = in_.at_most(in_.left());
  for (std::uint64_t i = 0; i < names && in_.ok(); ++i) names_.emplace_back(in_.text(kMostNameBytes));
  std::vector<std::uint8_t> orders;
  read_pairs(in_, sources + kUsageFields.size(), orders);
  if (std::any_of(orders.begin(), orders.end(), [](std::uint8_t order) { return order >= ValueSeries::kOrders; }))
    in_.fail();
  if (in_.ok()) apply_orders(columns_, orders, sources);
  return ticks;
}

void Decoder::read_states() {
  const std::uint64_t count = in_.at_most(columns_.sources.size());
  std::vector<std::uint8_t> states;
  read_pairs(in_, count, states);
  columns_.states.clear();
  for (const std::uint8_t state : states) columns_.states.push_back(static_cast<ReadingState>(state));
}

void Decoder::read_gpus() {
  const std::uint64_t count = in_.at_most(kMostGpus);
  columns_.gpus.clear();
  for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
    GpuUse gpu;
    const std::uint64_t name = in_.varint();
    if (name >= names_.size()) return in_.fail();
    gpu.device = names_[name];
    gpu.run_contexts = read_int32(in_);
    gpu.other_contexts = read_int32(in_);
    gpu.run_sm_percent = read_percent(in_);
    gpu.other_sm_percent = read_percent(in_);
    columns_.gpus.push_back(std::move(gpu));
  }
  if (name_bytes(columns_.gpus) > kMostGpuNameBytes) in_.fail();
}

UsageReading Decoder::read_usage(bool gpus_follow) {
  UsageReading usage;
  const std::uint8_t present = in_.byte();
  if (present > kAllUsageFields) in_.fail();
  for (std::size_t i = 0; i < kUsageFields.size() && in_.ok(); ++i) {
    if ((present >> i & 1) != 0) usage.*kUsageFields[i] = signed_of(columns_.usage[i].value_of(in_.varint()));
  }
  if (gpus_follow)
    read_gpus();
  else if (!may_repeat(columns_.gpus))
    in_.fail();
  gpu_entries_ += columns_.gpus.size();
  if (gpu_entries_ > kMostGpuEntries) in_.fail();
  if (in_.ok()) usage.gpus = columns_.gpus;
  return usage;
}

TickSample Decoder::read_tick() {
  TickSample sample;
  const std::uint8_t flags = in_.byte();
  if (flags > kAllFlags || ((flags & kGpus) != 0 && (flags & kUsage) == 0)) in_.fail();
  sample.settle = (flags & kSettle) != 0;
  const std::uint64_t mono = columns_.mono.value_of(in_.varint());
  sample.now.mono.ns = signed_of(mono);
  sample.now.boot_ns = signed_of(columns_.boot.value_of(in_.varint()) + mono);
  sample.now.wall.ns = signed_of(columns_.wall.value_of(in_.varint()) + mono);
  if ((flags & kStates) != 0)
    read_states();
  else if (columns_.states.size() > kMostRepeatedReadings)
    in_.fail();
  readings_ += columns_.states.size();
  if (readings_ > kMostReadings) in_.fail();
  if (!in_.ok()) return sample;
  sample.readings.resize(columns_.states.size());
  for (std::size_t i = 0; i < sample.readings.size() && in_.ok(); ++i) {
    sample.readings[i].state = columns_.states[i];
    if (columns_.states[i] == ReadingState::kValue) sample.readings[i].raw = columns_.sources[i].value_of(in_.varint());
  }
  if ((flags & kUsage) != 0) sample.usage = read_usage((flags & kGpus) != 0);
  return sample;
}

Result<std::vector<TickSample>> Decoder::run() {
  for (const char expected : kMagic) {
    if (in_.byte() != static_cast<std::uint8_t>(expected)) return damaged("not one of this version (OSG1)");
  }
  const std::uint64_t ticks = read_head();
  if (!in_.ok()) return damaged("damaged head");
  std::vector<TickSample> samples;
  samples.reserve(std::min<std::uint64_t>(ticks, 4096));  // the count is a claim until the bytes are read
  for (std::uint64_t i = 0; i < ticks; ++i) {
    samples.push_back(read_tick());
    if (!in_.ok()) return damaged(fmt::format("damaged tick {}", i));
  }
  if (in_.left() > 0) return damaged(fmt::format("{} bytes behind the end", in_.left()));
  return samples;
}

}  // namespace

std::string encode_segment(const std::vector<TickSample>& samples) {
  const Head head = head_of(samples);
  SegmentWriter out;
  out.raw(encode_marks(samples));
  out.raw(kMagic);
  out.varint(samples.size());
  out.varint(head.sources);
  out.varint(head.names.size());
  for (const std::string_view name : head.names) out.text(name);
  write_pairs(out, head.orders, [](std::uint8_t order) { return unsigned{order}; });
  Columns columns;
  apply_orders(columns, head.orders, head.sources);
  for (const TickSample& sample : samples) write_tick(out, head, columns, sample);
  return out.take();
}

Result<std::vector<TickSample>> decode_segment(std::string_view bytes) {
  OLIVINE_TRY(MarkedSegment marked, take_marks(bytes));
  auto samples = Decoder(marked.rest).run();
  if (!samples) return samples;
  for (TickMark& mark : marked.marks) {
    if (mark.tick >= samples->size()) return fail(ErrorKind::kCorrupt, "a mark of a tick that is not there");
    (*samples)[mark.tick].marks.push_back(std::move(mark.mark));
  }
  return samples;
}

}  // namespace olivine
