// What a ledger or a trace says of a machine, a context and a run's end is refused when no machine can be so, in one line
// that names the key.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/assess.h"
#include "engine/verify.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

MachineDescription machine() {
  MachineDescription m;
  m.sources.resize(1);
  m.sources[0].id = "powercap:intel-rapl:0";
  m.sources[0].modulus = 1'000'000'000;
  m.idle = {{10.0, 5.0, 20.0}};
  m.cpu_model = CpuPowerModel{};
  m.cpu_model->knots.fill(1.0);
  m.cpu_model->upper.fill(1.5);
  m.memory_model = MemoryPowerModel{0.4, 0.2, 0.6, 16.0, {}};
  m.rest_of_node = RestOfNode{60.0, 20.0, 150.0, 0.93, 0.86, 0.96};
  return m;
}

RunContext context() {
  RunContext c;
  c.life_years = c.utilisation = {1.0, 1.0, 1.0, Basis::kAssumed, "test"};
  c.pue = StatedValue{1.2, 1.0, 1.5, Basis::kAssumed, "test"};
  c.gains["gain_rapl_intel"] = {1.0, 0.9, 1.1, Basis::kAssumed, "test"};
  return c;
}

struct Case {
  const char* pointer;  // what is replaced
  const char* json;     // by what
  const char* named;    // what the error says
};

template <class Read>
void expect_refused(const std::string& sound, const std::vector<Case>& cases, const Read& read) {
  ASSERT_TRUE(read(sound)) << read(sound).error().message;
  for (const Case& c : cases) {
    Json document = Json::parse(sound);
    document[Json::json_pointer(c.pointer)] = Json::parse(c.json);
    const auto result = read(document.dump());
    ASSERT_FALSE(result) << c.pointer << " = " << c.json;
    EXPECT_NE(result.error().message.find(c.named), std::string::npos) << c.pointer << ": " << result.error().message;
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    EXPECT_LT(result.error().message.size(), 500U);
  }
}

// Text that is no document of ours at all.
template <class Read>
void expect_only_errors(const Read& read) {
  const std::string deep(1'000'000, '[');
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("nul"), std::string("{\"schema\":1e999}"), "{\"schema\":" + deep,
        "{\"schema\":\"" + deep + "\n\x1b[31m\xff\"}", deep}) {
    const auto result = read(text);
    ASSERT_FALSE(result) << text.substr(0, 40);
    EXPECT_EQ(result.error().message.find_first_of("\n\x1b"), std::string::npos);
    EXPECT_LT(result.error().message.size(), 500U);
  }
}

TEST(MachineJson, RefusesWhatNoMachineIs) {
  const auto read = [](const std::string& text) { return machine_from_json(text); };
  expect_refused(to_json(machine()),
                 {{"/logical_cpus", "0", "logical_cpus"},
                  {"/logical_cpus", "-4", "logical_cpus"},
                  {"/logical_cpus", "1.5", "logical_cpus"},
                  {"/logical_cpus", "1e300", "logical_cpus"},
                  {"/logical_cpus", "18446744073709551615", "logical_cpus"},
                  {"/interval_ns", "0", "interval_ns"},
                  {"/interval_ns", "9223372036854775807", "interval_ns"},
                  {"/memory_installed_bytes", "-1", "memory_installed_bytes"},
                  {"/idle", "[]", "idle has 0 entries for 1 sources"},
                  {"/idle/0/watts", "-10", "watts"},
                  {"/idle/0/lower_w", "11", "lower_w .. upper_w do not enclose watts"},
                  {"/idle/0/most_w", "1e300", "most_w"},
                  {"/sources/0/unit", "0", "unit"},
                  {"/sources/0/unit", "-1e-6", "unit"},
                  {"/sources/0/unit", "1e-300", "unit"},
                  {"/sources/0/power_ceiling_w", "0", "power_ceiling_w"},
                  {"/sources/0/power_ceiling_w", "-1", "power_ceiling_w"},
                  {"/sources/0/power_ceiling_w", "1e300", "power_ceiling_w"},
                  {"/sources/0/update_period_ns", "-1", "update_period_ns"},
                  {"/sources/0/update_period_ns", "1e18", "update_period_ns"},
                  {"/sources/0/modulus", "0", "modulus"},
                  {"/sources/0/modulus", "-1", "modulus"},
                  {"/sources/0/modulus", "1e38", "modulus"},
                  {"/sources/0/kind", "\"\\u001b[31m\\n\"", "domain kind"},
                  {"/cpu_model/full_w", "-1", "full_w"},
                  {"/cpu_model/share", "1.1", "share"},
                  {"/cpu_model/knots", "[1,1]", "knots has not 11 values"},
                  {"/cpu_model/knots/3", "-0.1", "knots"},
                  {"/cpu_model/knots/3", "1.2", "knots do not rise"},
                  {"/cpu_model/upper/3", "0.9", "do not enclose knots"},
                  {"/memory_model/w_per_gb", "0.7", "do not enclose w_per_gb"},
                  {"/memory_model/gigabytes", "-16", "gigabytes"},
                  {"/rest_of_node/psu_efficiency", "0", "psu_efficiency"},
                  {"/rest_of_node/psu_upper", "1.1", "psu_upper"}},
                 read);
  expect_only_errors(read);
}

TEST(ContextJson, RefusesWhatNobodyAssumes) {
  const auto read = [](const std::string& text) { return context_from_json(text); };
  expect_refused(to_json(context()),
                 {{"/pue/value", "2", "bounds of pue"},
                  {"/pue/lower", "-1", "pue.lower"},
                  {"/life_years/value", "0", "life_years.value"},
                  {"/utilisation/lower", "1e-9", "utilisation.lower"},
                  {"/embodied_kg/upper", "1e300", "embodied_kg.upper"},
                  {"/gains/gain_rapl_intel/lower", "-0.1", "gain_rapl_intel.lower"},
                  {"/machine_share", "2", "machine_share"},
                  {"/reserved_part", "-1", "reserved_part"},
                  {"/warnings", "[1]", "string"},
                  {"/idle_policy", "\"\\nall\"", "idle policy"}},
                 read);
  expect_only_errors(read);
}

TEST(ClosingJson, RefusesWhatIsNoCount) {
  const auto read = [](const std::string& text) { return closing_from_json(text); };
  expect_refused(to_json(RunClosing{}),
                 {{"/missed_ticks", "-1", "missed_ticks"}, {"/missed_ticks", "1e30", "missed_ticks"}}, read);
  expect_only_errors(read);
}

TEST(ClosingJson, RefusesASpanWhoseLengthIsNoNumber) {
  const auto read = [](std::int64_t begin_ns, std::int64_t end_ns) {
    RunClosing closing;
    closing.schedule.emplace().segments.push_back({{begin_ns}, {end_ns}, 50.0, std::nullopt});
    return closing_from_json(to_json(closing));
  };
  EXPECT_TRUE(read(INT64_MIN, -1));
  EXPECT_TRUE(read(1, INT64_MAX));
  EXPECT_TRUE(read(5, 5));
  EXPECT_FALSE(read(INT64_MIN, INT64_MAX));
  EXPECT_FALSE(read(-2, INT64_MAX));
  EXPECT_FALSE(read(2, 1));
}

// A stored run is computed again, or refused.
TEST(Replay, RefusesClocksThatNoMachineHas) {
  constexpr std::int64_t kLow = INT64_MIN, kHigh = INT64_MAX;
  const auto stored = [](Now start, Now first, Now second) {
    StoredRun run;
    run.run.start.machine_json = to_json(machine());
    run.run.start.context_json = to_json(context());
    run.run.start.started = start;
    run.run.start.command_json = std::string(1'000'000, '[');
    std::vector<TickSample> samples(2);
    samples[0].now = first;
    samples[1].now = second;
    for (TickSample& s : samples) s.readings.resize(1);
    run.segments.push_back({0, 0, 2, encode_segment(samples)});
    return run;
  };
  const Now one{{1}, {1}, 1}, two{{2}, {2}, 2};
  EXPECT_TRUE(assess_stored(stored(one, one, two)));
  for (const Now& bad : {Now{{1}, {kHigh}, 1}, Now{{1}, {1}, kHigh}, Now{{kHigh}, {1}, 1}, Now{{1}, {kLow}, 1},
                         Now{{1}, {-1}, 1}, Now{{1}, {1}, kLow}}) {
    EXPECT_FALSE(assess_stored(stored(bad, one, two)));
    EXPECT_FALSE(assess_stored(stored(one, bad, two)));
    EXPECT_FALSE(verify_run(stored(one, one, bad)));
  }
  const auto backwards = assess_stored(stored(one, two, one));
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().message, "segment 0: time runs backwards");
}

TEST(CompareJson, DeepTextIsADifference) {
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
  EXPECT_EQ(compare_json(deep, "{}").size(), 1U);
}

// Sums beyond 64 bits are a difference, not undefined.
TEST(VerifyRun, PartsThatLeave64Bits) {
  StoredRun run;
  run.run.start.machine_json = to_json(machine());
  EnergyFact fact;
  fact.attributed_uj = fact.others_uj = INT64_MAX;
  run.facts = {fact};
  const auto differences = verify_run(run);
  ASSERT_TRUE(differences) << differences.error().message;
  EXPECT_EQ(differences->front().key, "facts[0].sum of parts");
}

}  // namespace
}  // namespace olivine
