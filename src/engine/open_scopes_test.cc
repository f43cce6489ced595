// Who is innermost, against the definition.
#include "engine/open_scopes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace olivine {
namespace {

struct Plain {
  std::size_t parent = kNoScope, beneath = kNoScope, thread = kNoThread;
  bool is_task = false, open = true;
};

// Whether an open one is within `scope` on a way up by `up`.
bool has_open_within(const std::vector<Plain>& all, std::size_t scope, std::size_t Plain::* up) {
  for (const Plain& each : all) {
    if (!each.open) continue;
    for (std::size_t at = each.*up; at != kNoScope; at = all[at].*up)
      if (at == scope) return true;
  }
  return false;
}

std::set<std::size_t> set_of(const std::vector<std::size_t>& list) { return {list.begin(), list.end()}; }

RC_GTEST_PROP(OpenScopes, AreThoseOfTheDefinition, ()) {
  OpenScopes scopes;
  std::vector<Plain> all;
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    if (!all.empty() && *rc::gen::arbitrary<bool>()) {
      const auto which = *rc::gen::inRange<std::size_t>(0, all.size());
      if (!all[which].open) continue;
      scopes.end(which);
      all[which].open = false;
    } else {
      Plain one;
      if (!all.empty() && *rc::gen::arbitrary<bool>()) one.parent = *rc::gen::inRange<std::size_t>(0, all.size());
      const bool stated = one.parent != kNoScope || *rc::gen::arbitrary<bool>();
      one.thread = *rc::gen::element<std::size_t>(0, 1, kNoThread);
      one.is_task = *rc::gen::arbitrary<bool>();
      if (one.thread != kNoThread) {
        if (one.parent != kNoScope && all[one.parent].thread == one.thread)
          one.beneath = one.parent;
        else if (stated)
          for (std::size_t k = 0; k < all.size(); ++k)
            if (all[k].open && all[k].thread == one.thread && !all[k].is_task) one.beneath = k;
      }
      scopes.begin(one.parent, stated, one.thread, one.is_task);
      all.push_back(one);
    }
    std::set<std::size_t> innermost, busy;
    std::vector<std::set<std::size_t>> on(2);
    for (std::size_t k = 0; k < all.size(); ++k) {
      RC_ASSERT(scopes.is_open(k) == all[k].open);
      if (!all[k].open) continue;
      const bool waits = has_open_within(all, k, &Plain::beneath);
      if (!waits && !has_open_within(all, k, &Plain::parent)) innermost.insert(k);
      if (all[k].thread == kNoThread) continue;
      busy.insert(all[k].thread);
      if (!waits) on[all[k].thread].insert(k);
    }
    RC_ASSERT(set_of(scopes.innermost()) == innermost);
    RC_ASSERT(scopes.innermost().size() == innermost.size());
    RC_ASSERT(set_of(scopes.threads()) == busy);
    for (const std::size_t thread : busy) {
      RC_ASSERT(set_of(scopes.innermost_of(thread)) == on[thread]);
      RC_ASSERT(scopes.innermost_of(thread).size() == on[thread].size());
    }
  }
}

TEST(ScopeThreads, AClockThatGoesBackIsAnotherThreads) {
  ScopeThreads threads;
  const auto of = [&](std::int64_t pid, std::optional<std::int64_t> thread, std::optional<std::int64_t> cpu) {
    return threads.of({MarkKind::kBegin, 0, "s", {}, {}, pid, ScopeMark{{1, 1, 1}, 0, cpu, false, thread, false}});
  };
  EXPECT_EQ(of(1, 5, 10), 0U);
  EXPECT_EQ(of(2, 5, 10), 1U) << "another process";
  EXPECT_EQ(of(1, 5, {}), 0U);
  EXPECT_EQ(of(1, 5, 11), 0U);
  EXPECT_EQ(of(1, {}, 11), kNoThread);
  EXPECT_EQ(of(1, 5, 3), 2U);
  EXPECT_EQ(of(1, 5, 4), 2U);
  EXPECT_EQ(threads.of({MarkKind::kPoint, 0, "m", {}, {}, 1}), kNoThread);
}

}  // namespace
}  // namespace olivine
