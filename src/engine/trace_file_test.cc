// Traces from outside: what is refused, and that the error names file and line.
#include "engine/trace_file.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/pipeline.h"

namespace olivine {
namespace {

MachineDescription machine(double ceiling_w, Duration update_period) {
  MachineDescription m;
  m.sources.resize(1);
  m.sources[0].id = "test:package";
  m.sources[0].domain = {DomainKind::kPackage, "package", Plane::kChip, Place::kCounted, Basis::kMeasured};
  m.sources[0].power_ceiling_w = ceiling_w;
  m.sources[0].update_period = update_period;
  m.idle.resize(1);
  return m;
}

std::string tick(std::int64_t mono_ns, std::int64_t boot_ns, const std::string& raw = "[5]") {
  return fmt::format(R"({{"mono_ns":{},"wall_ns":1,"boot_ns":{},"raw":{}}})", mono_ns, boot_ns, raw);
}

constexpr std::int64_t kYearNs = 365LL * 86'400 * 1'000'000'000;

TEST(ParseTrace, NamesFileLineAndReason) {
  const std::string header = trace_header(machine(1000.0, milliseconds(1)));
  const std::string deep(1'000'000, '[');
  struct Case {
    std::string text, error;
  };
  for (const Case& c : {
           Case{"", "t:1: the first line must be"},
           Case{deep, "t:1: the header nests deeper"},
           Case{"{\"schema\":" + deep + "}", "t:1: the header nests deeper"},
           Case{header, "t:1: a trace needs a header and at least two ticks"},
           Case{header + "\n" + tick(1, 1), "t:2: a trace needs"},
           Case{header + "\n\n" + deep, "t:3: not a tick of a trace: it nests deeper"},
           Case{header + "\n" + tick(1, 1, "[]"), "t:2: 0 readings for 1 sources"},
           Case{header + "\n" + tick(1, 1, deep + std::string(1'000'000, ']')), "t:2: not a tick of a trace: it nests"},
           Case{header + "\n" + tick(2, 2) + "\n" + tick(1, 2), "t:3: time runs backwards"},
           Case{header + "\n" + tick(2, 2) + "\n" + tick(2, 1), "t:3: time runs backwards"},
           Case{header + "\n" + tick(-1, 0), "t:2: a clock is outside"},
           Case{header + "\n" + tick(0, INT64_MIN), "t:2: a clock is outside"},
           Case{header + "\n" + tick(INT64_MAX, 0), "t:2: a clock is outside"},
           Case{header + "\n" + tick(0, 0) + "\n" + tick(130 * kYearNs, 130 * kYearNs), "t:3: by now these meters"},
       }) {
    const auto trace = parse_trace(c.text, "t");
    ASSERT_FALSE(trace) << c.error;
    EXPECT_EQ(trace.error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(trace.error().message.starts_with(c.error)) << trace.error().message.substr(0, 200);
    EXPECT_EQ(trace.error().message.find('\n'), std::string::npos);
    EXPECT_LT(trace.error().message.size(), 500U);
  }
}

// METHODS: a run's energy is a 64-bit sum. A ceiling of 1 kW reaches 4e18 uJ after 126.8 years; each reading may add what
// the meter counts in one update.
TEST(ParseTrace, KeepsEnergyWithin64Bits) {
  struct Case {
    double ceiling_w;
    Duration update_period;
    std::int64_t last_ns;
    bool sound;
  };
  for (const Case& c :
       {Case{1000.0, milliseconds(1), 126 * kYearNs, true}, Case{1000.0, milliseconds(1), 127 * kYearNs, false},
        Case{1e7, milliseconds(1), 4 * kYearNs / 365, true}, Case{1e7, milliseconds(1), 5 * kYearNs / 365, false},
        Case{1e7, seconds(150'000), 3 * kYearNs / 365, false}}) {
    MachineDescription m = machine(c.ceiling_w, c.update_period);
    m.sources[0].unit = 1e-3;
    std::string header = trace_header(m);
    if (c.update_period > hours(1)) {
      EXPECT_FALSE(parse_trace(header, "t"));
      continue;
    }
    // The counter runs at its ceiling.
    const auto raw = static_cast<std::uint64_t>(c.ceiling_w * 1e3 * static_cast<double>(c.last_ns) * 1e-9);
    const auto trace = parse_trace(
        header + "\n" + tick(0, 0, "[0]") + "\n" + tick(c.last_ns, c.last_ns, fmt::format("[{}]", raw)), "t");
    ASSERT_EQ(trace.has_value(), c.sound) << c.ceiling_w << " W";
    if (!trace) continue;
    Pipeline pipeline(trace->machine);
    for (const TickSample& sample : trace->samples) (void)pipeline.feed(sample);
    (void)pipeline.finish();
    EXPECT_EQ(pipeline.summary().components[0].split.total().count(), static_cast<std::int64_t>(raw) * 1000);
  }
}

// A seed that does not parse would teach its fuzzer nothing.
TEST(ParseTrace, TakesTheSeedsOfItsFuzzer) {
  std::size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(OLIVINE_SOURCE_DIR "/tests/fuzz/seeds/trace")) {
    std::ifstream file(entry.path());
    const auto trace =
        parse_trace(std::string{std::istreambuf_iterator<char>(file), {}}, entry.path().filename().string());
    EXPECT_TRUE(trace) << trace.error().message;
    ++seeds;
  }
  EXPECT_GE(seeds, 10U);
}

}  // namespace
}  // namespace olivine
