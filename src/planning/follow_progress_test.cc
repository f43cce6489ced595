#include "planning/follow_progress.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

constexpr std::int64_t kStartNs = 1'640'995'200'000'000'000;  // 2022-01-01
Duration minutes(std::int64_t m) { return seconds(60 * m); }

// A step at `at_min`: the machine has been awake up to then but for `slept_min`.
struct Step {
  std::int64_t at_min;
  char what;  // Run, Wait: told; r, i: seen running, idle; ' ': only time goes by
  std::int64_t slept_min = 0;
};
struct Case {
  const char* name;
  std::vector<Step> steps;
  std::int64_t done_min, restart_left_min;
  JobState state;
  bool may_pause = true;
};

TEST(FollowProgress, OnlyWhatWasSeenToRunIsDone) {
  const std::vector<Case> table{
      {"nobody looks", {{0, 'R'}, {60, 'W'}, {90, ' '}}, 60, 0, JobState::kPaused},
      {"in the queue", {{0, 'R'}, {0, 'i'}, {60, 'i'}, {90, ' '}}, 0, 0, JobState::kFresh},
      {"in the queue for an hour", {{0, 'R'}, {0, 'i'}, {60, 'r'}, {90, ' '}}, 30, 0, JobState::kRunning},
      {"the start is chosen", {{0, 'R'}, {0, 'i'}, {60, ' '}}, 0, 0, JobState::kRunning, false},
      {"lost between looks", {{0, 'R'}, {0, 'r'}, {60, 'r'}, {70, 'i'}, {90, ' '}}, 60, 0, JobState::kPaused},
      {"never seen", {{0, 'R'}, {10, 'i'}, {20, 'r'}, {50, ' '}}, 30, 0, JobState::kRunning},
      {"queued again",
       {{0, 'R'}, {0, 'r'}, {60, 'W'}, {60, 'i'}, {120, 'R'}, {180, 'r'}, {190, ' '}},
       68,
       0,
       JobState::kRunning},
      {"a restart",
       {{0, 'R'}, {0, 'r'}, {60, 'W'}, {60, 'i'}, {120, 'R'}, {180, 'r'}, {181, ' '}},
       60,
       1,
       JobState::kRunning},
      {"held too late", {{0, 'W'}, {0, 'r'}, {60, ' '}}, 0, 0, JobState::kFresh},
      {"asleep", {{0, 'R'}, {60, ' ', 40}, {90, ' '}}, 50, 0, JobState::kRunning},
      {"asleep, not running", {{0, 'W'}, {60, 'R', 40}, {90, ' '}}, 30, 0, JobState::kRunning},
  };
  for (const Case& c : table) {
    FollowRules rules;
    rules.pause_time = minutes(2);
    rules.may_pause = c.may_pause;
    FollowProgress progress(rules);
    std::int64_t slept_min = 0;
    for (const Step& s : c.steps) {
      slept_min += s.slept_min;
      progress.settle({{kStartNs + minutes(s.at_min).ns}, {minutes(s.at_min - slept_min).ns}});
      if (s.what == 'R' || s.what == 'W') progress.tell(s.what == 'R');
      if (s.what == 'r' || s.what == 'i') progress.see(s.what == 'r');
    }
    const FollowState state = progress.state();
    EXPECT_EQ(state.done, minutes(c.done_min)) << c.name;
    EXPECT_EQ(state.restart_left, minutes(c.restart_left_min)) << c.name;
    EXPECT_EQ(state.state, c.state) << c.name;
  }
}

TEST(FollowProgress, NewsIsWhatWasNotSeenBefore) {
  FollowProgress progress(FollowRules{});
  progress.settle({{kStartNs}, {0}});
  EXPECT_TRUE(progress.see(false));
  EXPECT_FALSE(progress.see(false));
  EXPECT_TRUE(progress.see(true));
}

}  // namespace
}  // namespace olivine
