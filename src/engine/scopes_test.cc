// Bills of scopes: tables of marks and levels, and whatever the marks are the bills add up to the run.
#include "engine/scopes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "engine/epochs.h"
#include "engine/mark_intake.h"

namespace olivine {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Mark scope_mark(MarkKind kind, std::int64_t s, const char* name, std::uint64_t span, std::uint64_t parent = 0,
                std::optional<std::int64_t> cpu_s = std::nullopt, bool failed = false) {
  if (cpu_s) *cpu_s *= kSecond;
  return {kind, s * kSecond, name, {}, {}, 1, ScopeMark{{1, span > 100 ? 2u : 1u, span}, parent, cpu_s, failed}};
}
Mark begin(std::int64_t s, const char* name, std::uint64_t span, std::uint64_t parent = 0,
           std::optional<std::int64_t> cpu_s = std::nullopt) {
  return scope_mark(MarkKind::kBegin, s, name, span, parent, cpu_s);
}
Mark end(std::int64_t s, std::uint64_t span, std::optional<std::int64_t> cpu_s = std::nullopt, bool failed = false) {
  return scope_mark(MarkKind::kEnd, s, "", span, 0, cpu_s, failed);
}

// A run of 10 W from 0 to `seconds`, with `cpus` CPUs busy all the time, or an unknown number of them.
RunRecord assessed(std::vector<Mark> marks, double seconds, std::optional<double> cpus = std::nullopt) {
  AssessmentInput in;
  in.run.end = RunEnd{};
  in.summary.duration_ns = static_cast<std::int64_t>(seconds) * kSecond;
  in.summary.components.resize(1);
  in.summary.components[0].split.attributed = EnergyAmount::from_count(static_cast<std::int64_t>(seconds * 10e6));
  const auto cpu_ns = [&](double s) { return cpus ? std::optional(*cpus * s * 1e9) : std::nullopt; };
  for (const Mark& mark : marks) {
    const double s = static_cast<double>(mark.ns) / kSecond;
    in.summary.boundaries.push_back({mark.ns, s * 10e6, 0, 0, 0, cpu_ns(s)});
  }
  in.summary.run_cpu_ns = cpu_ns(seconds);
  in.summary.marks = std::move(marks);
  RunRecord record;
  record.energy.total.value = record.energy.attributed.value = Estimate<Energy>::exactly(joules(10 * seconds));
  record.energy.idle.value = record.energy.idle_charged.value = Estimate<Energy>::exactly(joules(0));
  assess_scopes(in, record);
  return record;
}

// "A own whole count failed open seconds", by path; "outside ..." last.
std::string bills(const RunRecord& record) {
  std::string text;
  const auto joules_of = [](const std::optional<Estimate<Energy>>& e) {
    return e ? std::llround(in_joules(e->mean()) * 100) : -1;
  };
  for (const RecordScope& r : record.scopes.rows)
    text += r.path + " " + std::to_string(joules_of(r.own)) + " " + std::to_string(joules_of(r.whole)) + " " +
            std::to_string(r.count) + "x" + (r.failed > 0 ? " failed " + std::to_string(r.failed) : "") +
            (r.open > 0 ? " open " + std::to_string(r.open) : "") + " " + std::to_string(r.ns / kSecond) + "s; ";
  return text + "outside " + std::to_string(joules_of(record.scopes.outside));
}

TEST(Scopes, TheExampleOfTheHeader) {
  EXPECT_EQ(bills(assessed({begin(0, "A", 1), begin(4, "B", 2, 1), end(6, 2), end(10, 1)}, 20)),
            "A 8000 10000 1x 10s; A/B 2000 2000 1x 2s; outside 10000");
}

struct Case {
  const char* what;
  std::vector<Mark> marks;
  std::optional<double> cpus;
  const char* bills;  // in 0.01 J, of 10 s at 10 W
};

TEST(Scopes, WhoGetsWhat) {
  const std::vector<Case> cases{
      {"side by side, nothing said: half each",
       {begin(0, "A", 1), begin(0, "B", 2), end(10, 1), end(10, 2)},
       1.0,
       "A 5000 5000 1x 10s; B 5000 5000 1x 10s; outside 0"},
      {"by CPU time: 6 s and 2 s of 8 s",
       {begin(0, "A", 1, 0, 0), begin(0, "B", 2, 0, 50), end(10, 1, 6), end(10, 2, 52)},
       0.8,
       "A 7500 7500 1x 10s; B 2500 2500 1x 10s; outside 0"},
      {"the run used more than the scope said: the rest is outside",
       {begin(0, "A", 1, 0, 0), end(10, 1, 10)},
       4.0,
       "A 2500 2500 1x 10s; outside 7500"},
      {"a task that says nothing gets what the others leave",
       {begin(0, "A", 1, 0, 0), begin(0, "T", 2), end(10, 1, 10), end(10, 2)},
       4.0,
       "A 2500 2500 1x 10s; T 7500 7500 1x 10s; outside 0"},
      {"more said than the run had: the run's meter holds",
       {begin(0, "A", 1, 0, 0), begin(0, "B", 2, 0, 0), end(10, 1, 30), end(10, 2, 10)},
       1.0,
       "A 7500 7500 1x 10s; B 2500 2500 1x 10s; outside 0"},
      {"never ended: open to the end", {begin(5, "A", 1)}, 1.0, "A 5000 5000 1x open 1 5s; outside 5000"},
      {"the child outlives its parent (asynchronous)",
       {begin(0, "A", 1), begin(1, "B", 2, 1), end(2, 1), end(6, 2)},
       1.0,
       "A 1000 6000 1x 2s; A/B 5000 5000 1x 5s; outside 4000"},
      {"retried",
       {begin(0, "A", 1), end(2, 1, {}, true), begin(2, "A", 2), end(5, 2)},
       1.0,
       "A 5000 5000 2x failed 1 5s; outside 5000"},
      {"a parent of another machine", {begin(0, "A", 1, 77), end(10, 1)}, 1.0, "A 10000 10000 1x 10s; outside 0"},
      {"nobody computed: equal parts",
       {begin(0, "A", 1, 0, 0), begin(0, "B", 2, 0, 0), end(10, 1, 0), end(10, 2, 0)},
       0.0,
       "A 5000 5000 1x 10s; B 5000 5000 1x 10s; outside 0"},
      {"two children of one parent",
       {begin(0, "A", 1), begin(0, "B", 2, 1), begin(0, "C", 3, 1), end(4, 2), end(8, 3), end(10, 1)},
       std::nullopt,
       "A 2000 10000 1x 10s; A/B 2000 2000 1x 4s; A/C 6000 6000 1x 8s; outside 0"},
  };
  for (const Case& c : cases) EXPECT_EQ(bills(assessed(c.marks, 10, c.cpus)), c.bills) << c.what;
}

TEST(Scopes, DeeperOnesAreInTheRowOfTheirAncestor) {
  std::vector<Mark> marks;
  for (std::uint64_t i = 0; i < 20; ++i) marks.push_back(begin(0, "s", i + 1, i));
  const RunRecord record = assessed(marks, 10, 1.0);
  ASSERT_EQ(record.scopes.rows.size(), kDeepestScope);
  EXPECT_DOUBLE_EQ(in_joules(record.scopes.rows.back().own->mean()), 100.0);
  EXPECT_DOUBLE_EQ(in_joules(record.scopes.rows.back().whole->mean()), 100.0) << "counted once, however deep";
  EXPECT_EQ(record.scopes.rows.back().count, 5);
}

TEST(Scopes, TracesAreBilledAcrossScopes) {
  const RunRecord record =
      assessed({begin(0, "A", 1), end(4, 1), begin(4, "B", 101), end(6, 101), begin(6, "A", 2), end(7, 2)}, 10, 1.0);
  ASSERT_EQ(record.scopes.traces.size(), 2u);
  EXPECT_DOUBLE_EQ(in_joules(record.scopes.traces[0].energy->mean()), 50.0);
  EXPECT_EQ(record.scopes.traces[0].scopes, 2);
  EXPECT_EQ(record.scopes.traces[1].trace_id, "00000000000000010000000000000002");
}

TEST(Scopes, AreNoEpochs) { EXPECT_TRUE(epoch_spans({begin(0, "epoch", 1), end(4, 1)}).empty()); }

RC_GTEST_PROP(Scopes, WhateverIsSaidTheBillsAddUpToTheRun, ()) {
  MarkIntake intake;
  const int lines = *rc::gen::inRange(0, 60);
  for (int i = 0; i < lines; ++i) {
    Mark mark = begin(*rc::gen::inRange(0, 30), "s", *rc::gen::inRange<std::uint64_t>(1, 8),
                      *rc::gen::inRange<std::uint64_t>(0, 8));
    mark.kind = *rc::gen::element(MarkKind::kBegin, MarkKind::kEnd, MarkKind::kPoint);
    mark.name = *rc::gen::element("a", "b", "c");
    if (*rc::gen::arbitrary<bool>()) mark.scope->cpu_ns = *rc::gen::inRange<std::int64_t>(0, 40 * kSecond);
    intake.line(mark_line(mark).substr(0, mark_line(mark).size() - 1), 30 * kSecond);
  }
  const auto cpus =
      *rc::gen::element(std::optional<double>(), std::optional(0.0), std::optional(1.0), std::optional(7.5));
  const RunRecord record = assessed(intake.take(), 30, cpus);
  if (record.scopes.rows.empty()) return;
  double own = in_joules(record.scopes.outside->mean()), traces = own;
  for (const RecordScope& row : record.scopes.rows) {
    RC_ASSERT(in_joules(row.own->mean()) >= 0.0);
    RC_ASSERT(in_joules(row.whole->mean()) >= in_joules(row.own->mean()) - 1e-9);
    own += in_joules(row.own->mean());
  }
  for (const RecordTrace& trace : record.scopes.traces) traces += in_joules(trace.energy->mean());
  RC_ASSERT(std::abs(own - 300.0) < 1e-6);
  RC_ASSERT(std::abs(traces - 300.0) < 1e-6);
}

TEST(MarkIntake, ScopesAreBoundedAndSaid) {
  MarkIntake intake;
  for (std::uint64_t i = 1; i <= 1'500; ++i)
    intake.line(mark_line(begin(0, "open", i)).substr(0, mark_line(begin(0, "open", i)).size() - 1), kSecond);
  const auto line = [](const Mark& mark) { return mark_line(mark).substr(0, mark_line(mark).size() - 1); };
  Mark ended = end(0, 3);
  ended.name = "open";
  EXPECT_TRUE(intake.line(line(ended), kSecond));
  EXPECT_FALSE(intake.line(line(ended), kSecond)) << "it is not open any more";
  EXPECT_EQ(intake.take().size(), MarkIntake::kMostOpenScopes + 1);
  ASSERT_EQ(intake.notes().size(), 2u);
  EXPECT_NE(intake.notes()[1].find("500 scopes were left out"), std::string::npos) << intake.notes()[1];
}

}  // namespace
}  // namespace olivine
