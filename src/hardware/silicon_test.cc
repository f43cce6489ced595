#include "hardware/silicon.h"

#include <gtest/gtest.h>

#include "hardware/catalogue.h"

namespace olivine {
namespace {

TEST(Silicon, ReadsOneAndSeveralDies) {
  const auto one = parse_silicon("814@5");
  ASSERT_TRUE(one);
  EXPECT_EQ(*one, (Silicon{{1, 814.0, 5.0}}));
  const auto several = parse_silicon("8x115@5+4x370@6");
  ASSERT_TRUE(several);
  EXPECT_EQ(*several, (Silicon{{8, 115.0, 5.0}, {4, 370.0, 6.0}}));
  EXPECT_DOUBLE_EQ(area_mm2(*several), 2400.0);
  EXPECT_EQ(text_of(*several), "8 x 115 mm2 at 5 nm, 4 x 370 mm2 at 6 nm");
}

TEST(Silicon, RefusesWhatIsNoListOfDies) {
  for (const char* text : {"", "814", "@5", "814@", "x814@5", "0x814@5", "1.5x814@5", "-814@5", "814@0", "814@5+",
                           "1e9@5", "814@nan", "814@5;10@3", "2000x1@5", "814@5x3"}) {
    const auto silicon = parse_silicon(text);
    ASSERT_FALSE(silicon) << text;
    EXPECT_EQ(silicon.error().kind, ErrorKind::kInvalid) << text;
  }
  std::string many = "1@5";
  for (int i = 0; i < 40; ++i) many += "+1@5";
  EXPECT_FALSE(parse_silicon(many));
}

TEST(Silicon, PatternsOfNames) {
  EXPECT_TRUE(fits_pattern("epyc 7??3*", "epyc 7763"));
  EXPECT_TRUE(fits_pattern("epyc 7??3*", "epyc 73f3"));
  EXPECT_TRUE(fits_pattern("epyc 7??3*", "epyc 7713p"));
  EXPECT_FALSE(fits_pattern("epyc 7??3*", "epyc 7742"));
  EXPECT_FALSE(fits_pattern("epyc 7##1*", "epyc 7f51"));
  EXPECT_FALSE(fits_pattern("xeon e5 #### v4", "xeon e5 2686 v4 x"));
  EXPECT_FALSE(fits_pattern("xeon e5 #### v4", "xeon e5 26"));
  EXPECT_FALSE(fits_pattern("", "x"));
}

TEST(Silicon, OfAProcessorWithItsEnds) {
  const auto milan = silicon_of_cpu("epyc 7763", "server");
  ASSERT_TRUE(milan);
  EXPECT_DOUBLE_EQ(area_mm2(milan->smaller), 2 * 81 + 416);
  EXPECT_DOUBLE_EQ(area_mm2(milan->larger), 8 * 81 + 416);
  const auto cascade = silicon_of_cpu("xeon platinum 8275cl", "server");
  ASSERT_TRUE(cascade);
  EXPECT_EQ(cascade->smaller, cascade->larger);
  EXPECT_FALSE(silicon_of_cpu("xeon platinum 8380h", "server")) << "Cooper Lake's die is not known and is no Ice Lake";
  EXPECT_FALSE(silicon_of_cpu("core i7 6700", "mobile")) << "a pattern of another class";
  EXPECT_FALSE(silicon_of_cpu("nothing 1", "server"));
}

// Every row can be read and serves at least one processor.
TEST(Silicon, EveryRowOfTheTableServes) {
  const auto dies = fact_table("cpu_dies");
  const auto cpus = fact_table("cpus");
  ASSERT_TRUE(dies && cpus);
  std::size_t known = 0;
  for (std::size_t row = 0; row < (*dies)->rows(); ++row) {
    const auto pattern = (*dies)->cell(row, "pattern"), lower = (*dies)->cell(row, "dies"),
               upper = (*dies)->cell(row, "dies_upper");
    if (!lower.empty()) {
      ASSERT_TRUE(parse_silicon(lower)) << pattern;
      EXPECT_FALSE((*dies)->cell(row, "source").empty()) << pattern;
      if (!upper.empty()) {
        EXPECT_LT(area_mm2(*parse_silicon(lower)), area_mm2(*parse_silicon(upper))) << pattern;
      }
    }
    bool serves = false;
    for (std::size_t cpu = 0; cpu < (*cpus)->rows() && !serves; ++cpu) {
      const auto wanted = (*dies)->cell(row, "class");
      serves =
          fits_pattern(pattern, (*cpus)->cell(cpu, "key")) && (wanted.empty() || wanted == (*cpus)->cell(cpu, "class"));
    }
    EXPECT_TRUE(serves) << pattern;
  }
  for (std::size_t cpu = 0; cpu < (*cpus)->rows(); ++cpu)
    known += silicon_of_cpu((*cpus)->cell(cpu, "key"), (*cpus)->cell(cpu, "class")) ? 1u : 0u;
  EXPECT_GE(known, 700u);
}

}  // namespace
}  // namespace olivine
