#include "base/clock.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace olivine {
namespace {

TEST(SystemClock, ReadsAllThreeClocks) {
  const SystemClock clock;
  const Now first = clock.now();
  const Now second = clock.now();
  EXPECT_GT(first.wall.ns, 1'600'000'000'000'000'000);  // after 2020
  EXPECT_GT(first.mono.ns, 0);
  EXPECT_GE(first.boot_ns, first.mono.ns);  // boot time also counts suspends
  EXPECT_GE(second.mono, first.mono);
  EXPECT_GE(second.boot_ns, first.boot_ns);
}

TEST(FakeClock, TellsSuspendAndStepApart) {
  FakeClock clock;
  const Now start = clock.now();
  clock.advance(seconds(2));
  EXPECT_EQ((clock.now().mono - start.mono).ns, 2'000'000'000);
  clock.suspend(seconds(10));
  EXPECT_EQ((clock.now().mono - start.mono).ns, 2'000'000'000);
  EXPECT_EQ(clock.now().boot_ns - start.boot_ns, 12'000'000'000);
  clock.step_wall(seconds(-5));
  EXPECT_EQ(clock.now().wall.ns - start.wall.ns, 7'000'000'000);
  EXPECT_EQ(clock.now().boot_ns - start.boot_ns, 12'000'000'000);
}

}  // namespace
}  // namespace olivine
