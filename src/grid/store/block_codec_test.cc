#include "grid/store/block_codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

BlockSteps steps_of(std::vector<double> values) {
  const std::size_t count = values.size();
  return {std::move(values), std::vector<std::uint8_t>(count, 0)};
}

void expect_equal(const BlockSteps& a, const BlockSteps& b) {
  ASSERT_EQ(a.values.size(), b.values.size());
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (std::isnan(a.values[i])) {
      EXPECT_TRUE(std::isnan(b.values[i])) << i;
    } else {
      EXPECT_EQ(a.values[i], b.values[i]) << i;
    }
    EXPECT_EQ(std::isnan(a.values[i]) ? 0 : a.estimated[i], b.estimated[i]) << i;
  }
}

TEST(BlockCodec, TheWorkedExample) {
  const BlockSteps steps = steps_of({274.05, 274.10, 274.00});
  const std::string bytes = encode_block(steps);
  // flags, d = 2, integers or differences; 27405 needs 3 bytes as a varint either way.
  EXPECT_EQ(bytes[0], 0);
  EXPECT_EQ(bytes[1], 2);
  EXPECT_LE(bytes.size(), 3U + 3U + 1U + 1U + 2U);
  expect_equal(steps, decode_block(bytes, 3).value());
}

TEST(BlockCodec, EveryKindOfNumberComesBackToTheLastBit) {
  Prng prng(7);
  const std::vector<std::function<double()>> kinds{
      [&] { return static_cast<double>(prng.below(900)); },
      [&] { return static_cast<double>(prng.below(90'000)) / 100.0; },
      [&] { return (static_cast<double>(prng.below(40'000)) - 20'000.0) / 10.0; },
      [&] { return prng.between(-1e3, 1e3); },
      [&] { return prng.between(-1.0, 1.0) * 1e300; },
      [&] { return 435.36; },
      [&, t = 0]() mutable {
        return std::round(300.0 + 200.0 * std::sin(++t * 2.0 * 3.14159265 / 24.0) + prng.between(-2.0, 2.0));
      },
      [&, t = 0]() mutable { return std::round(300.0 + 200.0 * std::sin(++t * 2.0 * 3.14159265 / 96.0)); },
      [&] { return static_cast<double>(prng.below(1ULL << 53U)) * (prng.below(2) == 0 ? 1.0 : -1.0); },
      [&] { return static_cast<double>(prng.below(2'000'000)) / 1e6; },
  };
  for (int round = 0; round < 400; ++round) {
    const auto& kind = kinds[prng.below(kinds.size())];
    BlockSteps steps;
    const std::size_t count = prng.below(kBlockSteps + 1);
    const std::uint64_t gaps = prng.below(4), marks = prng.below(4);
    for (std::size_t i = 0; i < count; ++i) {
      steps.values.push_back(gaps == 1 && prng.below(3) == 0 ? kGap : gaps == 2 ? kGap : kind());
      steps.estimated.push_back(marks == 1 ? prng.below(2) == 0 : marks == 2);
    }
    const auto back = decode_block(encode_block(steps), count);
    ASSERT_TRUE(back) << back.error().message;
    expect_equal(steps, *back);
  }
}

TEST(BlockCodec, TheSizeOfUsualBlocks) {
  Prng prng(3);
  std::vector<double> hourly(kBlockSteps);
  double level = 300.0;
  for (double& v : hourly) {
    level = std::abs(level + prng.between(-20.0, 20.0));
    v = std::round(level * 100.0) / 100.0;
  }
  EXPECT_LT(static_cast<double>(encode_block(steps_of(hourly)).size()) / kBlockSteps, 1.7);
  std::vector<double> daily(kBlockSteps);  // a day like the other: what differs is small
  for (std::size_t i = 0; i < kBlockSteps; ++i)
    daily[i] = std::round(300.0 + 200.0 * std::sin(static_cast<double>(i % 24) * 2.0 * 3.14159265 / 24.0) +
                          prng.between(-2.0, 2.0));
  EXPECT_LT(static_cast<double>(encode_block(steps_of(daily)).size()) / kBlockSteps, 0.7);
  EXPECT_LT(encode_block(steps_of(std::vector<double>(kBlockSteps, 435.36))).size(), 110U);
  EXPECT_LT(encode_block(steps_of(std::vector<double>(kBlockSteps, kGap))).size(), 140U);
}

TEST(BlockCodec, DamageIsAnErrorOrOtherNumbersButNothingWorse) {
  Prng prng(11);
  BlockSteps steps;
  for (std::size_t i = 0; i < 200; ++i) {
    steps.values.push_back(i % 7 == 0 ? kGap : static_cast<double>(prng.below(90'000)) / 100.0);
    steps.estimated.push_back(i % 5 == 0);
  }
  const std::string good = encode_block(steps);
  for (std::size_t cut = 0; cut < good.size(); ++cut) EXPECT_FALSE(decode_block(good.substr(0, cut), 200)) << cut;
  EXPECT_FALSE(decode_block(good + "x", 200));
  EXPECT_FALSE(decode_block(good, kBlockSteps + 1));
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (std::uint64_t n = prng.below(4) + 1; n > 0; --n)
      bytes[prng.below(bytes.size())] = static_cast<char>(prng.next());
    const auto back = decode_block(bytes, 200);
    refused += back ? 0 : 1;
    if (back) {
      EXPECT_EQ(back->values.size(), 200U);
    } else {
      EXPECT_EQ(back.error().kind, ErrorKind::kCorrupt);
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace olivine
