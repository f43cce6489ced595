#include "compare/break_even.h"

#include <gtest/gtest.h>

#include "testing/memory_file_system.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr double kYear = 8760.0 * 3600.0;

UncertainInput fixed(const std::string& name, double value, const Dimension& dimension) {
  return {.name = name, .dimension = dimension, .distribution = *exactly(value)};
}

BreakEvenQuestion question(std::string_view old_text, std::string_view new_text, double intensity = 400,
                           double activity = 1.0) {
  MemoryFileSystem files;
  const auto old_choice = parse_hardware_choice(files, old_text, "old");
  const auto new_choice = parse_hardware_choice(files, new_text, "new");
  EXPECT_TRUE(old_choice) << old_choice.error().message;
  EXPECT_TRUE(new_choice) << new_choice.error().message;
  return {*old_choice,
          *new_choice,
          fixed("activity", activity, kPlainNumber),
          fixed("sleep", 0, kPlainNumber),
          fixed("intensity", intensity / kJoulesPerKilowattHour, kIntensityDimension),
          std::nullopt,
          fixed("pue", 1, kPlainNumber),
          fixed("life", 5 * kYear, kTimeDimension)};
}

BreakEvenAnswer answer(const BreakEvenQuestion& q) {
  auto a = break_even(q, {.samples = 2'000, .seed = 1});
  EXPECT_TRUE(a) << a.error().message;
  return *std::move(a);
}

// UBA 2012: 138.5 kg in five years of use, 241.5 kg to make one; 10 % less use pays back after 87 years.
TEST(BreakEven, NotebookOfUba) {
  // 138.5 kg / 5 y at 400 g/kWh is 69.25 kWh a year: 7.905 W.
  const double watts = 138'500.0 / 5 / 400 * 1000 / 8760;
  const BreakEvenAnswer a = answer(question("power=" + std::to_string(watts) + " W,idle=0 W",
                                            "power=" + std::to_string(0.9 * watts) + " W,idle=0 W,embodied=241.5 kg"));
  EXPECT_EQ(a.carbon.break_even.kind, PayBackKind::kAt);
  EXPECT_NEAR(a.carbon.break_even.time_s / kYear, 87.2, 0.1);
  EXPECT_EQ(a.carbon.pays_back_within_life, 0.0);
  EXPECT_NEAR(a.carbon.life_saving, 13'850 - 241'500, 1);
  EXPECT_FALSE(a.carbon.indifference);
  EXPECT_NE(a.energy.unknown.find("fab_energy"), std::string::npos);
}

// Old 300 W at work and 100 W idle, new twice as fast with 200 and 40 W, half the time at work:
// old 200 W, new 0.25 x 200 + 0.75 x 40 = 80 W; PUE 1.5: 180 W saved; 2 MWh of manufacture: 11,111 h.
TEST(BreakEven, EqualWork) {
  BreakEvenQuestion q = question("power=300 W,idle=100 W,fab_energy=1 MWh",
                                 "power=200 W,idle=40 W,speed=2,fab_energy=2 MWh,embodied=100 kg", 500, 0.5);
  q.pue = fixed("pue", 1.5, kPlainNumber);
  q.fab_intensity = fixed("intensity:fab", 600 / kJoulesPerKilowattHour, kIntensityDimension);
  const BreakEvenAnswer a = answer(q);
  EXPECT_NEAR(a.old_power_w, 200, 1e-9);
  EXPECT_NEAR(a.new_power_w, 80, 1e-9);
  EXPECT_NEAR(a.new_activity, 0.25, 1e-12);
  EXPECT_NEAR(a.energy.break_even.time_s / 3600, 2e6 / 180, 1e-6);
  EXPECT_NEAR(a.energy.indifference->time_s / 3600, 1e6 / 180, 1e-6);
  // 100 kg + 2 MWh x 600 g = 1,300 kg over 90 g/h.
  EXPECT_NEAR(a.carbon.break_even.time_s / 3600, 1'300'000.0 / 90, 1e-6);
  // The old one: 1 MWh x 600 g = 600 kg.
  EXPECT_NEAR(a.carbon.indifference->time_s / 3600, 700'000.0 / 90, 1e-6);
  EXPECT_NEAR(a.carbon.life_saving, 90.0 * 5 * 8760 - 1'300'000, 1e-3);
  EXPECT_EQ(a.carbon.pays_back_within_life, 1.0);
}

TEST(BreakEven, SleepTakesAwayWhatIdleWouldSave) {
  BreakEvenQuestion q =
      question("power=100 W,idle=60 W,sleep=2 W", "power=100 W,idle=20 W,sleep=2 W,embodied=100 kg", 400, 0.5);
  EXPECT_EQ(answer(q).carbon.break_even.kind, PayBackKind::kAt);
  q.sleep = fixed("sleep", 1, kPlainNumber);
  EXPECT_EQ(answer(q).carbon.break_even.kind, PayBackKind::kNever);
  q.sleep = fixed("sleep", 0.5, kPlainNumber);
  EXPECT_NEAR(answer(q).old_power_w, 0.5 * 100 + 0.5 * 31, 1e-9);
}

TEST(BreakEven, AllKindsOfAnswers) {
  const BreakEvenAnswer never = answer(question("power=100 W,idle=10 W", "power=120 W,idle=10 W,embodied=100 kg"));
  EXPECT_EQ(never.carbon.break_even.kind, PayBackKind::kNever);
  EXPECT_FALSE(never.carbon.break_even.lower_s);
  EXPECT_LT(never.carbon.life_saving, 0.0);
  const BreakEvenAnswer at_once =
      answer(question("power=100 W,idle=10 W,embodied=200 kg", "power=80 W,idle=10 W,embodied=100 kg"));
  EXPECT_EQ(at_once.carbon.indifference->kind, PayBackKind::kAtOnce);
  const BreakEvenAnswer until =
      answer(question("power=100 W,idle=10 W,embodied=200 kg", "power=110 W,idle=10 W,embodied=100 kg"));
  EXPECT_EQ(until.carbon.indifference->kind, PayBackKind::kOnlyUntil);
  EXPECT_NEAR(until.carbon.indifference->time_s / 3600, 100'000 / 4.0, 1e-6);
}

// A count of four old machines replaced by one that is four times as fast.
TEST(BreakEven, Consolidation) {
  const BreakEvenAnswer a =
      answer(question("power=100 W,idle=50 W,count=4", "power=300 W,idle=60 W,speed=4,embodied=500 kg", 400, 0.5));
  EXPECT_NEAR(a.old_power_w, 300, 1e-9);
  EXPECT_NEAR(a.new_power_w, 180, 1e-9);
  EXPECT_FALSE(
      break_even(question("power=100 W,idle=50 W,count=4", "power=300 W,idle=60 W,embodied=500 kg"), {.samples = 100}));
}

TEST(BreakEven, RangesAndWhatMatters) {
  const BreakEvenAnswer a = answer(
      question("power=200 W [180, 220],idle=50 W", "power=150 W [140, 160],idle=50 W,embodied=150 kg [60, 400]"));
  ASSERT_TRUE(a.carbon.break_even.lower_s);
  EXPECT_LT(*a.carbon.break_even.lower_s, a.carbon.break_even.time_s);
  EXPECT_GT(*a.carbon.break_even.upper_s, a.carbon.break_even.time_s);
  EXPECT_EQ(a.carbon.tornado.size(), 3U);
  EXPECT_GT(a.carbon.tornado.front().swing(), a.carbon.tornado.back().swing());
  double share = 0.0;
  for (const BudgetLine& line : a.carbon.budget) share += line.variance_share;
  EXPECT_NEAR(share, 1.0, 1e-12);
  // Powers that may be equal: some draws never pay back.
  const BreakEvenAnswer close =
      answer(question("power=200 W [150, 250],idle=50 W", "power=190 W [150, 230],idle=50 W,embodied=150 kg"));
  EXPECT_FALSE(close.carbon.break_even.upper_s);
}

TEST(BreakEven, MapAgreesWithTheAnswer) {
  const BreakEvenQuestion q =
      question("power=200 W,idle=50 W,sleep=1 W", "power=150 W,idle=50 W,sleep=1 W,embodied=150 kg", 400, 0.5);
  const auto map = pay_back_map(q, MapAxis::kIntensity);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->years.size(), map->rows.size() * map->activities.size());
  EXPECT_NEAR(*map->years[7 * 21 + 10], answer(q).carbon.break_even.time_s / kYear, 1e-9);
  EXPECT_FALSE(map->years[0]) << "no work, no saving";
  EXPECT_TRUE(pay_back_map(q, MapAxis::kSleep));
}

struct WrongSpec {
  const char* text;
  const char* said;
};

TEST(HardwareChoice, SaysWhatIsWrong) {
  MemoryFileSystem files;
  const WrongSpec cases[] = {{"", "FIELD=VALUE"},
                             {"no such gpu", "or state it: power=300 W"},
                             {"power=300", "W is due"},
                             {"power=300 W", "idle is missing"},
                             {"idle=30 W", "power is missing"},
                             {"power=300 W,watt=3 W", "unknown field watt"},
                             {"power=-1 W,idle=1 W", "cannot be negative"},
                             {"power=1 W [2, 3],idle=1 W", "do not enclose"},
                             {"power=1 W [2],idle=1 W", "two numbers"},
                             {"power=1 W,idle=1 W,count=0", "above 0"},
                             {"power=1 kg,idle=1 W", "is kg, W is due"},
                             {"missing.toml", "missing.toml"},
                             {"power=1 W,idle=1 W,embodied=1e999 kg", "beyond"}};
  for (const WrongSpec& c : cases) {
    const auto got = parse_hardware_choice(files, c.text, "old");
    ASSERT_FALSE(got) << c.text;
    EXPECT_NE(got.error().message.find(c.said), std::string::npos) << c.text << ": " << got.error().message;
    EXPECT_EQ(got.error().message.find('\n'), std::string::npos);
  }
}

TEST(HardwareChoice, CatalogueFilesAndFields) {
  MemoryFileSystem files;
  const auto gpu = parse_hardware_choice(files, "A100-SXM4-80GB,embodied=150 kg [100, 300]", "new");
  ASSERT_TRUE(gpu) << gpu.error().message;
  EXPECT_NEAR(gpu->active_power.distribution.mean, 400, 1e-9);
  EXPECT_NEAR(gpu->idle_power.distribution.mean, 48, 1e-9);
  EXPECT_NEAR(gpu->embodied->distribution.upper, 300e3, 1e-6);
  files.write("/w/node.toml", "power = \"350 W [300, 400]\"\nidle = \"90 W\"\nspeed = 2.5\nembodied = \"1.3 t\"\n");
  const auto node = parse_hardware_choice(files, "/w/node.toml,count=3", "old");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->name, "node");
  EXPECT_EQ(node->count, 3);
  EXPECT_EQ(node->speed.distribution.mean, 2.5);
  files.write("/w/bad.toml", "power = [1, 2]\n");
  EXPECT_NE(parse_hardware_choice(files, "/w/bad.toml", "old").error().message.find("/w/bad.toml:1"),
            std::string::npos);
  files.write("/w/worse.toml", "power = \n");
  EXPECT_NE(parse_hardware_choice(files, "/w/worse.toml", "old").error().message.find("/w/worse.toml:1"),
            std::string::npos);
}

// A draw may be of another kind than the answer at the means; each says what it says to the same question.
TEST(BreakEven, RangesKeepToTheirQuestion) {
  // Cheaper to make and drawing more: better only until 25,000 h; where it draws less it is better without end.
  const BreakEvenAnswer until =
      answer(question("power=100 W,idle=10 W,embodied=200 kg", "power=110 W [92, 128],idle=10 W,embodied=100 kg"));
  ASSERT_EQ(until.carbon.indifference->kind, PayBackKind::kOnlyUntil);
  EXPECT_GT(*until.carbon.indifference->lower_s / 3600, 100'000 / (0.4 * 29.0));
  EXPECT_FALSE(until.carbon.indifference->upper_s);
  // Dearer to make and saving: a draw that costs less to make and draws more is never better for good.
  const BreakEvenAnswer at = answer(
      question("power=100 W,idle=10 W,embodied=100 kg", "power=95 W [80, 110],idle=10 W,embodied=105 kg [50, 160]"));
  ASSERT_EQ(at.carbon.indifference->kind, PayBackKind::kAt);
  EXPECT_EQ(*at.carbon.indifference->lower_s, 0.0);
  EXPECT_FALSE(at.carbon.indifference->upper_s);
}

TEST(BreakEven, TheCatalogueSaysWhatMakingOneEmitted) {
  MemoryFileSystem files;
  const auto h100 = parse_hardware_choice(files, "H100-SXM", "new");
  ASSERT_TRUE(h100 && h100->embodied);
  EXPECT_NEAR(h100->embodied->distribution.mean, 164'000.0, 1e-6);
  EXPECT_NE(h100->embodied->source.find("data/gpus.csv"), std::string::npos) << h100->embodied->source;
  const auto stated = parse_hardware_choice(files, "H100-SXM,embodied=150 kg", "new");
  ASSERT_TRUE(stated && stated->embodied);
  EXPECT_NEAR(stated->embodied->distribution.mean, 150'000.0, 1e-6);
}

}  // namespace
}  // namespace olivine
