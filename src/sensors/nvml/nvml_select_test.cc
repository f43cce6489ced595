#include "sensors/nvml/nvml_select.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(NvmlSelect, FollowsCuda) {
  std::vector<NvmlGpu> gpus(3);
  for (int i = 0; i < 3; ++i) gpus[static_cast<std::size_t>(i)].index = i;
  gpus[0].uuid = "GPU-aaaa1111";
  gpus[1].uuid = "GPU-aaaa2222";
  gpus[2].uuid = "GPU-bbbb3333";
  gpus[2].mig = {{"MIG-cccc4444", 1, 0}};
  using Picks = std::vector<std::size_t>;
  const auto pick = [&](const char* text) {
    return visible_gpus(gpus, text == nullptr ? std::nullopt : std::optional<std::string>(text));
  };
  EXPECT_EQ(pick(nullptr), (Picks{0, 1, 2}));
  EXPECT_EQ(pick(""), Picks{});
  EXPECT_EQ(pick("2,0"), (Picks{2, 0}));
  EXPECT_EQ(pick(" 1 , 0 "), (Picks{1, 0}));
  EXPECT_EQ(pick("0,7,1"), Picks{0});  // CUDA stops at the first wrong word
  EXPECT_EQ(pick("-1"), Picks{});
  EXPECT_EQ(pick("0,-1,1"), Picks{0});
  EXPECT_EQ(pick("NoDevFiles"), Picks{});
  EXPECT_EQ(pick("1,1"), Picks{1});
  EXPECT_EQ(pick("GPU-bbbb"), Picks{2});
  EXPECT_EQ(pick("GPU-aaaa"), Picks{});  // ambiguous
  EXPECT_EQ(pick("GPU-aaaa2,GPU-aaaa1"), (Picks{1, 0}));
  EXPECT_EQ(pick("MIG-cccc4444"), Picks{2});
  EXPECT_EQ(pick("MIG-GPU-aaaa2222/1/0"), Picks{1});
  EXPECT_EQ(pick("MIG-"), Picks{});
  EXPECT_EQ(pick("GPU-"), Picks{});
  EXPECT_EQ(pick("99999999999999999999"), Picks{});
}

}  // namespace
}  // namespace olivine
