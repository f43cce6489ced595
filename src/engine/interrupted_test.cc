#include "engine/interrupted.h"

#include <gtest/gtest.h>

#include "engine/context.h"
#include "engine/machine.h"
#include "ledger/ledger_fixture.h"

namespace olivine {
namespace {

using namespace ledger_test;

// Each look at it takes `step`: as long as a slow disk would.
class SlowClock final : public Clock {
 public:
  explicit SlowClock(Duration step) : step_(step) {}
  Now now() const override {
    mono_ns_ += step_.ns;
    return {{1'700'000'100'000'000'000 + mono_ns_}, {100'000'000'000 + mono_ns_}, 100'000'000'000 + mono_ns_};
  }

 private:
  Duration step_;
  mutable std::int64_t mono_ns_ = 0;
};

RunContext context() {
  RunContext c;
  const StatedValue one{1.0, 0.9, 1.1, Basis::kAssumed, "test"};
  c.pue = c.intensity_g_per_kwh = c.embodied_kg = c.life_years = c.water_grid_l_per_kwh = one;
  c.utilisation = {0.5, 0.2, 0.9, Basis::kAssumed, "test"};
  return c;
}

class Interrupted : public ::testing::Test {
 protected:
  // Runs that were killed before their first reading was stored.
  void begin(int count, const std::string& machine_json) {
    for (int i = 0; i < count; ++i) {
      RunStart start = run_start(++begun_);
      start.machine_json = machine_json;
      start.context_json = to_json(context());
      ASSERT_TRUE(ledger_->begin_run(start));
    }
  }
  InterruptedClosing close(const Clock& clock, std::optional<Duration> within) {
    auto closed = close_interrupted_runs(*ledger_, {{}, "another boot"},
                                         {clock, within, [](const RunRow& run) { return run.start.owner_pid == 42; }});
    EXPECT_TRUE(closed) << closed.error().message;
    if (closed && closed->trouble) trouble_ = closed->trouble->message;
    return closed ? *closed : InterruptedClosing{};
  }
  std::size_t open() { return ledger_->unfinished()->size(); }

  Directory directory_;
  std::unique_ptr<Ledger> ledger_ = std::move(*open_ledger(directory_.file()));
  int begun_ = 0;
  std::string trouble_;
};

TEST_F(Interrupted, WhatThereIsNoTimeForIsLeftForTheNextTime) {
  begin(20, to_json(MachineDescription{}));
  // A look before, one at each closing, one before each but the first: after the first at 20, 40, 60 ... ms.
  const InterruptedClosing first = close(SlowClock(milliseconds(10)), milliseconds(100));
  EXPECT_EQ(first.closed, 5U) << trouble_;
  EXPECT_EQ(first.left, 15U);
  EXPECT_EQ(open(), 15U);
  EXPECT_EQ(close(SlowClock(seconds(60)), milliseconds(100)).closed, 1U) << "one at least, however slow";
  const InterruptedClosing rest = close(SlowClock(seconds(60)), {});
  EXPECT_EQ(rest.closed, 14U);
  EXPECT_EQ(rest.left, 0U);
  EXPECT_EQ(open(), 0U);
}

TEST_F(Interrupted, OneThatCannotBeClosedKeepsNobodyFromIt) {
  begin(1, to_json(MachineDescription{}));
  begin(1, "not JSON");
  begin(2, to_json(MachineDescription{}));
  const InterruptedClosing closed = close(SlowClock({}), {});
  EXPECT_EQ(closed.closed, 3U) << trouble_;
  EXPECT_TRUE(closed.trouble);
  EXPECT_EQ(open(), 1U);
}

TEST_F(Interrupted, ARunThatStillRunsIsLeftAlone) {
  RunStart start = run_start(1);
  start.owner_pid = 43;
  ASSERT_TRUE(ledger_->begin_run(start));
  const InterruptedClosing closed = close(SlowClock({}), {});
  EXPECT_EQ(closed.closed + closed.left, 0U);
  EXPECT_EQ(open(), 1U);
}

TEST(BegunElsewhere, IsSaidOfARunThatNamesAnotherHost) {
  RunStart start = run_start(1);
  const auto begun_on = [&](const std::string& hostname, const std::string& writer) {
    RunContext c = context();
    if (!hostname.empty()) c.host.push_back({"hostname", hostname});
    c.writer_host = writer;
    start.context_json = to_json(c);
  };
  begun_on("login1", "");
  EXPECT_TRUE(begun_elsewhere(start, "login2"));
  EXPECT_FALSE(begun_elsewhere(start, "login1"));
  EXPECT_FALSE(begun_elsewhere(start, "")) << "we do not know our own";
  begun_on("", "login1");  // a job of a scheduler: who follows it
  EXPECT_TRUE(begun_elsewhere(start, "login2"));
  EXPECT_FALSE(begun_elsewhere(start, "login1"));
  begun_on("", "");
  EXPECT_FALSE(begun_elsewhere(start, "login2")) << "no host is named";
  begun_on("recorded", "");
  start.boot_id.clear();
  EXPECT_FALSE(begun_elsewhere(start, "login2")) << "a replayed trace";
  EXPECT_FALSE(begun_elsewhere(run_start(2), "login2")) << "a context that cannot be read";
}

}  // namespace
}  // namespace olivine
