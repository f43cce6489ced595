// Bills of scopes: tables of marks and levels, and whatever the marks are the bills add up to the run.
#include "engine/scopes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/boundary_meter.h"
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

// The same by a thread that has used `cpu_s`, or, without, by a task on it.
Mark on(std::int64_t thread, Mark mark, std::optional<std::int64_t> cpu_s = std::nullopt) {
  mark.scope->thread = thread;
  if (cpu_s) mark.scope->cpu_ns = *cpu_s * kSecond;
  return mark;
}
Mark gone(std::int64_t s, std::uint64_t span) {
  Mark mark = end(s, span);
  mark.scope->gone = true;
  return mark;
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
      {"the run used more than the scope said: its child processes",
       {begin(0, "A", 1, 0, 0), end(10, 1, 10)},
       4.0,
       "A 10000 10000 1x 10s; outside 0"},
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

// Known true bills, of 10 s at 10 W.
TEST(Scopes, WhoWaitsAndWhoComputes) {
  const std::vector<Case> cases{
      {"a subprocess computes while its scope waits (t7)",
       {on(1, begin(0, "compile", 1), 0), on(1, end(10, 1), 0)},
       1.0,
       "compile 10000 10000 1x 10s; outside 0"},
      {"threads of a library (t20, t21): the innermost scope waits for them",
       {on(1, begin(0, "epoch", 1), 0), on(1, begin(2, "step", 2, 1), 0), on(1, end(10, 2), 0), on(1, end(10, 1), 0)},
       2.0,
       "epoch 2000 10000 1x 10s; epoch/step 8000 8000 1x 8s; outside 0"},
      {"A > B > C, B ends first (t6): C computes, A waits",
       {on(1, begin(0, "A", 1), 0), on(1, begin(0, "B", 2, 1)), on(1, begin(0, "C", 3, 2)), on(1, end(1, 2)),
        on(1, end(9, 3)), on(1, end(10, 1), 10)},
       1.0,
       "A 1000 10000 1x 10s; A/B 0 9000 1x 1s; A/B/C 9000 9000 1x 9s; outside 0"},
      {"the same without threads, CPU time not known (t27)",
       {begin(0, "A", 1), begin(0, "B", 2, 1), begin(0, "C", 3, 2), end(1, 2), end(9, 3), end(10, 1)},
       std::nullopt,
       "A 1000 10000 1x 10s; A/B 0 9000 1x 1s; A/B/C 9000 9000 1x 9s; outside 0"},
      {"begun within a scope that has ended: within the one around that",
       {begin(0, "A", 1), begin(0, "B", 2, 1), end(1, 2), begin(1, "C", 3, 2), end(9, 3), end(10, 1)},
       std::nullopt,
       "A 1000 10000 1x 10s; A/B 1000 9000 1x 1s; A/B/C 8000 8000 1x 8s; outside 0"},
      {"an outer scope computes while a scope within sleeps on another thread (t8)",
       {on(1, begin(0, "train", 1), 0), on(2, begin(0, "prefetch", 2, 1), 0), on(2, end(8, 2), 0),
        on(1, end(10, 1), 10)},
       1.0,
       "train 10000 10000 1x 10s; train/prefetch 0 0 1x 8s; outside 0"},
  };
  for (const Case& c : cases) EXPECT_EQ(bills(assessed(c.marks, 10, c.cpus)), c.bills) << c.what;
}

TEST(Scopes, AThreadsCpuTimeIsCountedOnce) {
  const std::vector<Case> cases{
      {"an inner scope of the thread has a parent of another machine (t12)",
       {on(1, begin(0, "server", 1), 0), on(1, begin(0, "answer", 2, 77), 0), on(1, end(9, 2), 9),
        on(1, end(10, 1), 10)},
       1.0,
       "answer 9000 9000 1x 9s; server 1000 1000 1x 10s; outside 0"},
      {"the same, CPU time not known",
       {on(1, begin(0, "server", 1), 0), on(1, begin(0, "answer", 2, 77), 0), on(1, end(9, 2), 9),
        on(1, end(10, 1), 10)},
       std::nullopt,
       "answer 9000 9000 1x 9s; server 1000 1000 1x 10s; outside 0"},
      {"between two marks of a thread, not over its life: 4 s of A's 8 s are B's",
       {on(1, begin(0, "A", 1), 0), on(2, begin(0, "X", 9), 0), on(1, begin(4, "B", 2, 1), 4), on(1, end(8, 2), 8),
        on(1, end(10, 1), 8), on(2, end(10, 9), 0)},
       0.8,
       "A 5000 9000 1x 10s; A/B 4000 4000 1x 4s; X 1000 1000 1x 10s; outside 0"},
      {"tasks that share a thread have equal parts of what it used, another thread's is its own",
       {on(1, begin(0, "loop", 1), 0), on(1, begin(0, "T", 2, 1)), on(1, begin(0, "U", 3, 1)),
        on(2, begin(0, "W", 4), 0), on(1, end(10, 2)), on(1, end(10, 3)), on(2, end(10, 4), 2), on(1, end(10, 1), 8)},
       1.0,
       "W 2000 2000 1x 10s; loop 0 8000 1x 10s; loop/T 4000 4000 1x 10s; loop/U 4000 4000 1x 10s; outside 0"},
      {"a thread's number is used again: its clock begins anew",
       {on(1, begin(0, "A", 1), 50), on(1, begin(4, "B", 2), 0), on(1, end(8, 2), 4)},
       1.0,
       "A 6000 6000 1x open 1 10s; B 4000 4000 1x 4s; outside 0"},
      {"a heartbeat that sleeps while the program computes outside of scopes: nothing else was open",
       {on(2, begin(0, "beat", 1), 0), on(2, end(10, 1), 0)},
       1.0,
       "beat 10000 10000 1x 10s; outside 0"},
      {"marks moved to one time: their CPU time is in the next stretch",
       {on(1, begin(0, "A", 1), 0), on(1, begin(0, "B", 2, 1), 3), on(1, end(10, 2), 10), on(2, begin(10, "C", 3), 0)},
       1.0,
       "A 0 10000 1x open 1 10s; A/B 10000 10000 1x 10s; C 0 0 1x open 1 0s; outside 0"},
  };
  for (const Case& c : cases) EXPECT_EQ(bills(assessed(c.marks, 10, c.cpus)), c.bills) << c.what;
}

// A first try is killed at 2 s, a second one computes from 2 to 6 s, the job around them from 6 to 8 s: thread 1 says 2 s in all, and
// thread 2 had not said what it used. So half of the first 2 s is taken for the job's.
TEST(Scopes, AKilledOneGetsNothingFromThenOn) {
  const RunRecord record = assessed({on(1, begin(0, "job", 1), 0), on(2, begin(0, "try", 2, 1), 0), gone(2, 2),
                                     on(3, begin(2, "try", 3, 1), 0), on(3, end(6, 3), 4), on(1, end(8, 1), 2)},
                                    10, 1.0);
  ASSERT_EQ(record.scopes.rows.size(), 2U);
  const RecordScope &job = record.scopes.rows[0], &tries = record.scopes.rows[1];
  EXPECT_EQ(tries.open, 1);
  EXPECT_EQ(tries.ns, 6 * kSecond);
  EXPECT_NEAR(in_joules(job.own->mean()), 30.0, 0.5);
  EXPECT_NEAR(in_joules(tries.own->mean()), 50.0, 0.5);
  EXPECT_NEAR(in_joules(record.scopes.outside->mean()), 20.0, 1e-9);
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
    if (*rc::gen::arbitrary<bool>()) mark.scope->thread = *rc::gen::inRange<std::int64_t>(1, 4);
    mark.scope->gone = *rc::gen::inRange(0, 10) == 0;
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

// Readings of 100 ms, the run's bounds at 0.9 and 1.2 of its value; scopes of 900 us begin each ms.
TEST(Scopes, AShortOneHasAWideRangeAThousandANarrowOne) {
  constexpr std::int64_t kMs = 1'000'000;
  AssessmentInput in;
  in.run.end = RunEnd{};
  in.summary.duration_ns = 1'000 * kMs;
  in.summary.components.resize(1);
  in.summary.components[0].split.attributed = EnergyAmount::from_count(10'000'000);
  BoundaryMeter meter(1);
  for (std::uint64_t i = 0; i < 1'000; ++i)
    for (const bool ends : {false, true}) {
      Mark mark = ends ? end(0, i + 1) : begin(0, i == 500 ? "one" : "rest", i + 1);
      mark.ns = static_cast<std::int64_t>(i) * kMs + (ends ? 900'000 : 0);
      in.summary.marks.push_back(mark);
      meter.boundary(mark.ns);
    }
  for (std::int64_t i = 0; i < 10; ++i) {
    EnergyFact fact;
    fact.begin_ns = 100 * i * kMs;
    fact.end_ns = fact.begin_ns + 100 * kMs;
    fact.attributed_uj = fact.measured_uj = 1'000'000;
    meter.fact(fact);
  }
  meter.finish();
  in.summary.boundaries = meter.boundaries();
  RunRecord record;
  record.energy.total.value = record.energy.attributed.value =
      Estimate<Energy>::of(joules(10), joules(9), joules(12), "model");
  record.energy.idle.value = record.energy.idle_charged.value = Estimate<Energy>::exactly(joules(0));
  assess_scopes(in, record);
  ASSERT_EQ(record.scopes.rows.size(), 2U);
  const RecordScope &one = record.scopes.rows[0], &rest = record.scopes.rows[1];
  EXPECT_NEAR(in_joules(one.own->mean()), 0.009, 1e-9);
  EXPECT_NEAR(in_joules(one.own->upper()), 0.009 + std::hypot(0.2 * 0.009, 0.009), 1e-9) << "its power may be twice";
  EXPECT_GE(in_joules(one.own->lower()), 0.0);
  EXPECT_LT(in_joules(one.own->lower()), 0.001);
  EXPECT_NEAR(in_joules(rest.own->mean()), 9 - 0.009, 1e-9);
  const double off = std::sqrt(9 * 0.1 * 0.1 + 0.109 * 0.109);  // ten readings: what lies between the scopes
  EXPECT_NEAR(in_joules(rest.own->upper()), 8.991 + std::hypot(0.2 * 8.991, off), 1e-6);
  EXPECT_NEAR(in_joules(rest.own->lower()), 8.991 - std::hypot(0.1 * 8.991, 0.9 * off), 1e-6);
  EXPECT_LE(in_joules(record.scopes.outside->upper()), 12.0);
}

// Whatever the readings, marks and bounds: no range leaves the run's, and none is wider than that of what it is within.
RC_GTEST_PROP(Scopes, RangesAreWithinTheRun, ()) {
  AssessmentInput in;
  in.run.end = RunEnd{};
  in.summary.components.resize(1);
  BoundaryMeter meter(1);
  std::vector<EnergyFact> facts;
  std::int64_t at = 0, total = 0;
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    EnergyFact fact;
    fact.begin_ns = at;
    fact.end_ns = at += *rc::gen::inRange<std::int64_t>(1, 1'000);
    total += fact.attributed_uj = fact.measured_uj = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    facts.push_back(fact);
  }
  in.summary.duration_ns = at;
  in.summary.components[0].split.attributed = EnergyAmount::from_count(total);
  std::vector<std::int64_t> times;
  for (int i = *rc::gen::inRange(1, 40); i > 0; --i) times.push_back(*rc::gen::inRange<std::int64_t>(0, at + 1));
  std::sort(times.begin(), times.end());
  MarkIntake intake;
  for (const std::int64_t ns : times) {
    Mark mark = begin(0, "s", *rc::gen::inRange<std::uint64_t>(1, 6), *rc::gen::inRange<std::uint64_t>(0, 6));
    mark.ns = ns;
    mark.name = *rc::gen::element("a", "b");
    mark.kind = *rc::gen::element(MarkKind::kBegin, MarkKind::kEnd);
    const std::string line = mark_line(mark);
    intake.line(line.substr(0, line.size() - 1), at);
  }
  in.summary.marks = intake.take();
  for (const Mark& mark : in.summary.marks) meter.boundary(mark.ns);
  for (const EnergyFact& fact : facts) meter.fact(fact);
  meter.finish();
  in.summary.boundaries = meter.boundaries();
  const double run = static_cast<double>(total) * 1e-6, low = *rc::gen::element(0.0, 0.5, 0.9, 1.0) * run,
               high = *rc::gen::element(1.0, 1.1, 2.0) * run;
  RunRecord record;
  record.energy.total.value = record.energy.attributed.value =
      Estimate<Energy>::of(joules(run), joules(low), joules(high), "model");
  record.energy.idle.value = record.energy.idle_charged.value = Estimate<Energy>::exactly(joules(0));
  assess_scopes(in, record);
  const auto is_within = [&](const Estimate<Energy>& part) {
    return in_joules(part.lower()) >= -1e-9 && in_joules(part.upper()) <= high + 1e-9;
  };
  for (const RecordScope& row : record.scopes.rows) {
    RC_ASSERT(is_within(*row.own) && is_within(*row.whole));
    RC_ASSERT(in_joules(row.own->upper()) <= in_joules(row.whole->upper()) + 1e-9);
    RC_ASSERT(in_joules(row.own->lower()) <= in_joules(row.whole->lower()) + 1e-9);
  }
  if (record.scopes.outside) RC_ASSERT(is_within(*record.scopes.outside));
}

TEST(MarkIntake, TenThousandScopesAreKeptAndTheDeadAreEnded) {
  MarkIntake intake;
  const auto line = [](const Mark& mark) { return mark_line(mark).substr(0, mark_line(mark).size() - 1); };
  const auto said = [&](MarkKind kind, std::uint64_t span, std::int64_t pid) {
    Mark mark = begin(0, "s", span);
    mark.kind = kind;
    mark.pid = pid;
    return intake.line(line(mark), kSecond);
  };
  EXPECT_TRUE(said(MarkKind::kBegin, 1, 7));
  EXPECT_TRUE(said(MarkKind::kBegin, 2, 8));
  for (std::uint64_t i = 3; i <= 15'000; ++i) {
    EXPECT_EQ(said(MarkKind::kBegin, i, 8), i <= 10'000) << i;
    EXPECT_EQ(said(MarkKind::kEnd, i, 8), i <= 10'000) << i;
  }
  EXPECT_EQ(intake.processes(), (std::set<std::int64_t>{7, 8}));
  intake.take();
  EXPECT_TRUE(intake.died(7, 2 * kSecond));
  EXPECT_FALSE(intake.died(7, 2 * kSecond));
  EXPECT_EQ(intake.processes(), std::set<std::int64_t>{8});
  const std::vector<Mark> ends = intake.take();
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(mark_line(ends[0]),
            "end 2000000000 s trace=00-00000000000000010000000000000001-0000000000000001-01 gone=1 pid=7\n");
  EXPECT_FALSE(said(MarkKind::kEnd, 1, 7)) << "it is over";
  EXPECT_TRUE(said(MarkKind::kEnd, 2, 8)) << "every beginning that was kept has its end";
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
