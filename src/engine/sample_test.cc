#include "engine/sample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();

// Small, large and extreme values alike.
std::uint64_t any_u64(Prng& prng) {
  switch (prng.below(6)) {
    case 0: return 0;
    case 1: return UINT64_MAX - prng.below(3);
    case 2: return prng.below(300);
    case 3: return (std::uint64_t{1} << 63) - 2 + prng.below(4);
    case 4: return prng.next() >> prng.below(64);
    default: return prng.next();
  }
}
std::int64_t any_i64(Prng& prng) { return static_cast<std::int64_t>(any_u64(prng)); }
std::optional<std::int64_t> any_optional(Prng& prng) {
  if (prng.below(4) == 0) return std::nullopt;
  return any_i64(prng);
}

double any_percent(Prng& prng) {
  switch (prng.below(6)) {
    case 0: return 0.0;
    case 1: return -0.5 * static_cast<double>(prng.below(3));
    case 2: return std::numeric_limits<double>::max();
    case 3: return std::numeric_limits<double>::denorm_min();
    case 4: return static_cast<double>(prng.below(101));
    default: return prng.between(0, 100);
  }
}

UsageReading any_usage(Prng& prng) {
  UsageReading usage{any_optional(prng), any_optional(prng), any_optional(prng),
                     any_optional(prng), any_optional(prng), {}};
  for (std::uint64_t i = prng.below(4); i > 0; --i) {
    usage.gpus.push_back({"gpu-" + std::to_string(prng.below(3)), static_cast<std::int32_t>(prng.next()),
                          static_cast<std::int32_t>(prng.below(4)), any_percent(prng), any_percent(prng)});
  }
  return usage;
}

std::vector<TickSample> any_samples(Prng& prng) {
  std::vector<TickSample> samples(prng.below(12));
  const std::uint64_t sources = prng.below(10);
  const bool ragged = prng.below(4) == 0;  // the number of readings changes from tick to tick
  for (TickSample& sample : samples) {
    sample.now = {{any_i64(prng)}, {any_i64(prng)}, any_i64(prng)};
    sample.settle = prng.below(2) == 0;
    if (prng.below(3) != 0) sample.usage = any_usage(prng);
    if (sample.usage && prng.below(2) == 0 && &sample != &samples.front() && (&sample - 1)->usage) {
      sample.usage->gpus = (&sample - 1)->usage->gpus;
    }
    sample.readings.resize(ragged ? prng.below(10) : sources);
    for (RawReading& reading : sample.readings) {
      reading.state = prng.below(3) == 0 ? static_cast<ReadingState>(prng.below(4)) : ReadingState::kValue;
      if (reading.state == ReadingState::kValue) reading.raw = any_u64(prng);
    }
  }
  return samples;
}

TEST(Segment, DecodesWhatWasEncoded) {
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Prng prng(seed);
    const std::vector<TickSample> samples = any_samples(prng);
    const auto decoded = decode_segment(encode_segment(samples));
    ASSERT_TRUE(decoded) << "seed " << seed << ": " << decoded.error().message;
    ASSERT_EQ(*decoded, samples) << "seed " << seed;
  }
}

TEST(Segment, KeepsEveryExtreme) {
  std::vector<TickSample> samples(4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t v = i % 2 == 0 ? kLow : kHigh;
    samples[i].now = {{v}, {i < 2 ? kHigh : kLow}, v};
    samples[i].readings = {{ReadingState::kValue, i % 2 == 0 ? UINT64_MAX : 0}, {ReadingState::kGone, 0}};
    samples[i].usage = UsageReading{v, kHigh, kLow, 0, std::nullopt, {{"g", INT32_MIN, INT32_MAX, -0.0, 1e300}}};
  }
  const auto decoded = decode_segment(encode_segment(samples));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, samples);
  EXPECT_TRUE(std::signbit((*decoded)[0].usage->gpus[0].run_sm_percent));
  samples[0].usage->gpus[0].run_sm_percent = std::nan("");
  EXPECT_TRUE(std::isnan(decode_segment(encode_segment(samples))->front().usage->gpus[0].run_sm_percent));
  EXPECT_EQ(decode_segment(encode_segment({}))->size(), 0U);
}

// 10 Hz, four RAPL domains of 6..60 W with noise, in steps of 2^-14 J as the hardware counts.
std::vector<TickSample> steady(std::size_t ticks, bool usage) {
  Prng prng(7);
  std::vector<TickSample> samples(ticks);
  std::vector<double> joules{262'000.0, 120'000.0, 52'000.0, 13'000.0};
  std::int64_t ns = 5'000'000'000'000;
  std::int64_t cpu_ns = 1'000'000'000;
  for (TickSample& sample : samples) {
    ns += 100'000'000 + static_cast<std::int64_t>(prng.below(60'000));
    sample.now = {{1'700'000'000'000'000'000 + ns + static_cast<std::int64_t>(prng.below(40))}, {ns}, ns + 30};
    sample.settle = true;
    for (std::size_t i = 0; i < joules.size(); ++i) {
      const double watts = 60.0 / static_cast<double>(1 + 3 * i);
      joules[i] += 0.1 * watts * prng.between(0.97, 1.03);
      sample.readings.push_back(
          {ReadingState::kValue, static_cast<std::uint64_t>(std::floor(joules[i] * 16384) * 1e6 / 16384)});
    }
    cpu_ns += 380'000'000 + static_cast<std::int64_t>(prng.below(1'000'000));
    if (usage) sample.usage = UsageReading{cpu_ns, cpu_ns + 70'000'000, 4'000'000, 900'000'000, 4'000'000'000, {}};
  }
  return samples;
}

TEST(Segment, TakesThreeBytesAReading) {
  const std::size_t ticks = 600;
  const std::size_t bytes = encode_segment(steady(ticks, false)).size();
  const double per_reading =
      (static_cast<double>(bytes) - 5.0 * static_cast<double>(ticks)) / (4.0 * static_cast<double>(ticks));
  EXPECT_LE(per_reading, 3.0);  // flags and three clocks are about 5 bytes a tick
  EXPECT_LE(static_cast<double>(bytes) / static_cast<double>(ticks), 18.0);
  EXPECT_LE(encode_segment(steady(1, true)).size(), 100U);  // a commit of one tick carries its whole start
}

TEST(Segment, SameGpusAreWrittenOnce) {
  std::vector<TickSample> samples = steady(100, true);
  const std::size_t without = encode_segment(samples).size();
  for (TickSample& s : samples) s.usage->gpus = {{"gpu-GPU-8f6a0c1e-0000-1111-2222-333344445555", 1, 0, 97.0, 0.0}};
  EXPECT_LE(encode_segment(samples).size(), without + 60);
}

bool no_crash(std::string_view bytes) {
  const auto decoded = decode_segment(bytes);
  if (decoded) return true;
  return decoded.error().kind == ErrorKind::kCorrupt && decoded.error().message.find("at byte") != std::string::npos;
}

TEST(Segment, DamagedBytesNeverCrash) {
  Prng prng(99);
  std::size_t refused = 0, total = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes = encode_segment(any_samples(prng));
    const std::uint64_t kind = prng.below(4);
    if (kind == 0) bytes.resize(prng.below(bytes.size() + 1));
    if (kind == 1) bytes.insert(prng.below(bytes.size() + 1), 1 + prng.below(9), static_cast<char>(prng.next()));
    for (std::uint64_t flips = kind >= 2 ? 1 + prng.below(5) : 0; flips > 0; --flips) {
      bytes[prng.below(bytes.size())] = static_cast<char>(prng.next());
    }
    ASSERT_TRUE(no_crash(bytes)) << "round " << round;
    refused += decode_segment(bytes) ? 0 : 1;
    ++total;
  }
  EXPECT_GT(refused, total / 4);
}

TEST(Segment, EveryTruncationIsRefused) {
  const std::string bytes = encode_segment(steady(20, true));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_segment(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
  }
  EXPECT_FALSE(decode_segment(bytes + "x"));
}

TEST(Segment, ClaimsAreBounded) {
  using namespace std::string_literals;
  const std::string huge = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s;
  for (const std::string& bytes :
       {""s, "OSG"s, "OSG2\0\0\0"s, "OSG1" + huge, "OSG1\1" + huge, "OSG1\1\1" + huge, "OSG1\0\0\1" + huge,
        "OSG1\0\0\0\xff\xff"s, "OSG1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"s}) {
    const auto decoded = decode_segment(bytes);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
  }
}

// A tick that only repeats is four or five bytes; what it repeats must be small, or a few bytes stand for much memory.
TEST(Segment, LongListsAreNotRepeated) {
  struct Case {
    std::size_t readings, gpus, name_bytes;
    bool repeated;
  };
  for (const Case& c :
       {Case{256, 64, 64, true}, Case{257, 1, 8, false}, Case{65'536, 1, 8, false}, Case{1, 65, 8, false},
        Case{1, 2, 2'048, true}, Case{1, 2, 2'049, false}, Case{1, 1'024, 64, false}}) {
    std::vector<TickSample> samples(3);
    for (TickSample& s : samples) {
      s.readings.resize(c.readings);
      s.usage.emplace().gpus.resize(c.gpus, GpuUse{std::string(c.name_bytes, 'x'), 1, 0, 50.0, 0.0});
    }
    const std::string bytes = encode_segment(samples);
    ASSERT_EQ(decode_segment(bytes).value(), samples);
    std::string longer = bytes + std::string("\x02\0\0\0\0", 5);  // a tick with the use of the one before
    longer[4] = 4;
    const auto decoded = decode_segment(longer);
    ASSERT_EQ(decoded.has_value(), c.repeated) << c.readings << " readings, " << c.gpus << " GPUs";
    if (!decoded) {
      EXPECT_NE(decoded.error().message.find("damaged tick 3"), std::string::npos) << decoded.error().message;
    }
  }
}

TEST(Segment, RefusesToWriteWhatCannotBeRead) {
  std::vector<TickSample> one(1);
  one[0].readings.resize(65'537);
  EXPECT_THROW(encode_segment(one), std::logic_error);
  one[0].readings.clear();
  one[0].usage.emplace().gpus.resize(1'025);
  EXPECT_THROW(encode_segment(one), std::logic_error);
  one[0].usage->gpus.resize(1);
  one[0].usage->gpus[0].device.assign(4'097, 'x');
  EXPECT_THROW(encode_segment(one), std::logic_error);
  one[0].usage->gpus.assign(17, GpuUse{std::string(4'096, 'x'), 0, 0, 0.0, 0.0});
  EXPECT_THROW(encode_segment(one), std::logic_error);
  EXPECT_FALSE(decode_trace_line(encode_trace_line(one[0])));
  one[0].usage->gpus.pop_back();
  EXPECT_EQ(decode_segment(encode_segment(one)).value(), one);
  EXPECT_EQ(decode_trace_line(encode_trace_line(one[0])).value(), one[0]);
}

TEST(TraceLine, DecodesWhatWasEncoded) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Prng prng(seed);
    for (const TickSample& sample : any_samples(prng)) {
      const std::string line = encode_trace_line(sample);
      EXPECT_EQ(line.find('\n'), std::string::npos);
      const auto decoded = decode_trace_line(line);
      ASSERT_TRUE(decoded) << "seed " << seed << ": " << decoded.error().message << " in " << line;
      ASSERT_EQ(*decoded, sample) << "seed " << seed << ": " << line;
    }
  }
}

TEST(TraceLine, HasTheDocumentedForm) {
  TickSample sample;
  sample.now = {{2}, {1}, 1};
  sample.readings = {
      {ReadingState::kValue, 123}, {ReadingState::kFailed, 0}, {ReadingState::kGone, 0}, {ReadingState::kSkipped, 0}};
  sample.settle = true;
  sample.usage.emplace().run_cpu_ns = 5;
  EXPECT_EQ(encode_trace_line(sample),
            R"({"mono_ns":1,"wall_ns":2,"boot_ns":1,"raw":[123,null,"gone","skipped"],"settle":true,)"
            R"("usage":{"run_cpu_ns":5}})");
  sample.usage->gpus = {{"bad \xff name", 0, 0, std::nan(""), 0}};
  const auto decoded = decode_trace_line(encode_trace_line(sample));  // not the same, but no harm
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(std::isnan(decoded->usage->gpus[0].run_sm_percent));
}

TEST(TraceLine, RefusesWhatIsNoTick) {
  const std::string head = R"({"mono_ns":1,"wall_ns":2,"boot_ns":1,)";
  for (const std::string& line :
       {std::string(),
        std::string("{"),
        std::string("[]"),
        std::string("null"),
        head + R"("raw":[)",
        std::string(100'000, '['),
        head + R"("raw":1})",
        head + R"("raw":[1.5]})",
        head + R"("raw":[-1]})",
        head + R"("raw":["lost"]})",
        head + R"("raw":[18446744073709551616]})",
        head + R"("raw":[],"x":1})",
        head + R"("raw":[],"settle":1})",
        head + R"("raw":[],"usage":[]})",
        head + R"("raw":[],"usage":{"run_cpu_ns":1.5}})",
        head + R"("raw":[],"usage":{"run_cpu_ns":9223372036854775808}})",
        head + R"("raw":[],"usage":{"other":1}})",
        head + R"("raw":[],"usage":{"gpus":{}}})",
        head + R"("raw":[],"usage":{"gpus":[{"run_contexts":1}]}})",
        head + R"("raw":[],"usage":{"gpus":[{"device":"g","run_contexts":2147483648,"other_contexts":0,)" +
            R"("run_sm_percent":0,"other_sm_percent":0}]}})",
        std::string(R"({"mono_ns":"1","wall_ns":2,"boot_ns":1,"raw":[]})"),
        std::string(R"({"wall_ns":2,"boot_ns":1,"raw":[]})")}) {
    const auto decoded = decode_trace_line(line);
    ASSERT_FALSE(decoded) << line;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
    EXPECT_LT(decoded.error().message.size(), 200U);
  }
}

TEST(TraceLine, MutatedLinesNeverCrash) {
  Prng prng(5);
  for (int round = 0; round < 1'000; ++round) {
    for (const TickSample& sample : any_samples(prng)) {
      std::string line = encode_trace_line(sample);
      for (std::uint64_t flips = 1 + prng.below(3); flips > 0; --flips)
        line[prng.below(line.size())] = static_cast<char>(prng.next());
      const auto decoded = decode_trace_line(line);
      if (!decoded) {
        EXPECT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
      }
    }
  }
}

TEST(SampleMarks, SurviveSegmentAndTrace) {
  std::vector<TickSample> samples(3);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].now.mono.ns = static_cast<std::int64_t>(100 * (i + 1));
  EXPECT_TRUE(encode_segment(samples).starts_with("OSG1"));  // without marks as ever
  samples[1].marks = {{MarkKind::kBegin, 150, "epoch", 3, 90, 4711}, {MarkKind::kPoint, 160, "a \x01 b", {}, {}, 0}};
  samples[2].marks = {
      {MarkKind::kEnd, 250, "epoch", 3, {}, 4711},
      {MarkKind::kBegin, 260, "decode", {}, {}, 4711, ScopeMark{{1, 2, UINT64_MAX}, 0, std::nullopt, false}},
      {MarkKind::kEnd, 270, "decode", {}, {}, 4711, ScopeMark{{1, 2, UINT64_MAX}, 5, 0, true}},
      {MarkKind::kBegin, 280, "d", {}, {}, 4711, ScopeMark{{1, 2, 3}, 5, 7, false, 4712, false}},
      {MarkKind::kBegin, 290, "t", {}, {}, 4711, ScopeMark{{1, 2, 4}, 5, std::nullopt, false, INT64_MAX, false}},
      {MarkKind::kEnd, 300, "d", {}, {}, 4711, ScopeMark{{1, 2, 3}, 0, std::nullopt, false, 4712, true}}};
  const std::string bytes = encode_segment(samples);
  EXPECT_EQ(decode_segment(bytes).value(), samples);
  for (const TickSample& sample : samples) EXPECT_EQ(decode_trace_line(encode_trace_line(sample)).value(), sample);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode_segment(bytes.substr(0, cut))) << cut;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    (void)decode_segment(damaged);  // an error or other samples, never a crash
  }
}

}  // namespace
}  // namespace olivine
