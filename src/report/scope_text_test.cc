// What is said of a quota: what was counted, which decided, and what was billed, each with its origin.
#include "report/scope_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.h"

namespace olivine {
namespace {

RecordQuota quota(double counted_wh, std::optional<double> used_wh) {
  constexpr double kWh = 3600.0, kGranted = 8.0 * kWh;
  RecordQuota q;
  q.unit = "J";
  q.scopes = 1;
  q.asked = q.granted = kGranted;
  q.counted = counted_wh * kWh;
  if (used_wh) q.used = *used_wh * kWh;
  q.spent = q.counted >= kGranted ? 1 : 0;
  q.over = std::max(0.0, q.used.value_or(q.counted) - kGranted);
  if (q.spent > 0) q.first_spent_ns = 2'000'000'000;
  return q;
}

TEST(ScopeText, CountedAndBilledAreTold) {
  const std::string early = "train: quota 8 Wh: counted 8.2 Wh while it ran (modelled), used up after 2.0 s; ";
  for (const auto& [counted, used, text] : std::vector<std::tuple<double, std::optional<double>, std::string>>{
           {8.2, 7.9, early + "billed 7.9 Wh (99 %): less than was counted"},
           {8.2, 8.4, early + "billed 8.4 Wh (105 %), over by 0.4 Wh"},
           {7.0, 8.4, "train: quota 8 Wh: counted 7 Wh while it ran (modelled); billed 8.4 Wh (105 %), over by 0.4 Wh"},
           {4.0, 3.0, "train: quota 8 Wh: counted 4 Wh while it ran (modelled); billed 3 Wh (38 %)"},
           {10.0, std::nullopt,
            "train: quota 8 Wh: counted 10 Wh (125 %) while it ran (modelled), over by 2 Wh, used up after 2.0 s"}}) {
    RecordScope scope;
    scope.path = "train";
    scope.quota = quota(counted, used);
    const std::string said = scope_terms_lines(scope, TextStyle{});
    std::string line;
    for (const std::string_view word : split_words(said)) line += (line.empty() ? "" : " ") + std::string(word);
    EXPECT_EQ(line, text);
  }
}

}  // namespace
}  // namespace olivine
