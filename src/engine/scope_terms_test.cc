// Quotas while a run goes on: tables, and whatever is said and lost, sums hold and nobody has more left than who is around him.
#include "engine/scope_terms.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "engine/context.h"
#include "engine/scope_terms_json.h"
#include "engine/scopes.h"

namespace olivine {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Mark mark_of(MarkKind kind, std::int64_t s, std::uint64_t span, std::uint64_t parent = 0) {
  return {
      kind, s * kSecond, "s" + std::to_string(span), {}, {}, 1, ScopeMark{{1, 1, span}, parent, std::nullopt, false}};
}

// A run of 10 W with 360 g/kWh, told second by second.
class LiveRun {
 public:
  void begin(std::uint64_t span, std::uint64_t parent = 0, const std::string& quota = "",
             const std::string& level = "") {
    terms.mark(mark_of(MarkKind::kBegin, second, span, parent));
    if (!quota.empty() || !level.empty())
      say(ScopeVerb::kTerms, span, [&](ScopeWord& w) { w.quota = quota, w.level = level; });
  }
  void end(std::uint64_t span, bool failed = false) {
    Mark mark = mark_of(MarkKind::kEnd, second, span);
    mark.scope->failed = failed;
    terms.mark(mark);
  }
  template <class Fill>
  void say(ScopeVerb verb, std::uint64_t span, Fill fill) {
    ScopeWord word;
    word.verb = verb;
    word.name = "x";
    word.context = {1, 1, span};
    fill(word);
    std::string line = scope_word_line(word);
    line.pop_back();
    EXPECT_TRUE(terms.line(line)) << line;
  }
  void charge(std::uint64_t span, double j, std::optional<double> g = std::nullopt, std::uint64_t of = 0) {
    say(ScopeVerb::kCharge, span, [&](ScopeWord& w) { w.joules = j, w.grams = g, w.of = of; });
  }
  std::vector<std::string> to(std::int64_t s) {
    second = s;
    return terms.settled(reading());
  }
  ScopeTerms::Reading reading() const {
    return {second * kSecond, 10.0 * static_cast<double>(second), 1e-4, unknown, run_left};
  }
  BoardRow row(std::uint64_t span) const {
    for (const BoardRow& r : terms.board().rows)
      if (r.span == span) return r;
    return {};
  }

  ScopeTerms terms;
  std::int64_t second = 0;
  std::string unknown;
  std::optional<Budget> run_left;
};

TEST(ScopeTerms, ACapIsGrantedAsFarAsThoseAroundHaveSomeLeft) {
  LiveRun run;
  run.begin(1, 0, "100J");
  run.to(7);  // 70 J used
  run.begin(2, 1, "50J");
  run.begin(3, 1, "10J");
  run.to(8);
  EXPECT_DOUBLE_EQ(*run.row(1).left, 20.0);
  EXPECT_DOUBLE_EQ(*run.row(2).granted, 25.0)
      << "what its parent has left at the first reading, and what it used itself";
  EXPECT_DOUBLE_EQ(*run.row(3).granted, 10.0);
  EXPECT_DOUBLE_EQ(*run.row(2).spent, 5.0) << "two innermost ones share equally";
  EXPECT_DOUBLE_EQ(*run.row(2).left, 20.0) << "never more than its parent";
  EXPECT_DOUBLE_EQ(*run.row(3).left, 5.0);
  run.to(10);
  EXPECT_EQ(run.row(1).state, "spent");
  EXPECT_EQ(run.row(2).state, "above");
  EXPECT_EQ(run.row(3).state, "spent");
}

TEST(ScopeTerms, IsToldOnce) {
  LiveRun run;
  run.begin(1, 0, "100J");
  EXPECT_TRUE(run.to(7).empty());
  EXPECT_EQ(run.to(8), std::vector<std::string>{"s1: 0.0222 Wh of 0.0278 Wh used (80 %)"});
  EXPECT_TRUE(run.to(9).empty());
  EXPECT_EQ(run.to(11),
            std::vector<std::string>{"s1: 0.0306 Wh of 0.0278 Wh used: the quota is spent, the work goes on"});
  EXPECT_TRUE(run.to(12).empty());
}

TEST(ScopeTerms, WhoTellsItselfIsNotTold) {
  LiveRun run;
  run.terms.mark(mark_of(MarkKind::kBegin, 0, 1));
  run.say(ScopeVerb::kTerms, 1, [](ScopeWord& w) { w.quota = "10J", w.program_tells = true; });
  EXPECT_TRUE(run.to(5).empty());
  EXPECT_EQ(run.row(1).state, "spent");
}

TEST(ScopeTerms, TheRunsOwnBudgetIsAroundAll) {
  LiveRun run;
  run.run_left = budget_from("5g").value();  // at 1e-4 g/J: 50 kJ
  run.begin(1, 0, "1MJ");
  run.to(1);
  EXPECT_NEAR(*run.row(1).granted, 50'010.0, 1e-6);
  run.run_left = budget_from("5g").value();
  run.run_left->amount = 0.0;
  run.to(2);
  EXPECT_EQ(run.row(1).state, "above");
}

// Scope 1 began at 0 s and asks; at 2 s the run's budget has this much left. Beside it a scope of another thread may use half.
TEST(ScopeTerms, WhoseQuotaIsSpent) {
  struct Case {
    const char* asks;
    bool beside;
    double first_j, then_j;  // left of the run's budget
    const char* state;
    double granted, left;
  };
  for (const Case& c : {Case{"100J", false, 1000, 900, "ok", 100, 80}, Case{"20J", false, 1000, 900, "spent", 20, 0},
                        Case{"100J", false, 50, 40, "ok", 60, 40}, Case{"1MJ", true, 10, 0, "above", 15, 0},
                        Case{"1MJ", false, 10, 0, "spent", 20, 0}, Case{"100J", false, 1000, 0, "above", 100, 0},
                        Case{"5J", true, 1000, 0, "spent", 5, 0}}) {
    LiveRun run;
    run.run_left = budget_from("1kJ").value();
    run.run_left->amount = c.first_j;
    if (c.beside) run.begin(9);
    run.begin(1, 0, c.asks);
    run.to(1);
    run.run_left->amount = c.then_j;
    run.to(2);
    const BoardRow row = run.row(1);
    const std::string name =
        fmt::format("{} of {} J, then {} J{}", c.asks, c.first_j, c.then_j, c.beside ? ", one beside" : "");
    EXPECT_EQ(row.state, c.state) << name;
    EXPECT_DOUBLE_EQ(row.granted.value_or(-1.0), c.granted) << name;
    EXPECT_DOUBLE_EQ(row.left.value_or(-1.0), c.left) << name;
    EXPECT_EQ(row.why, "") << name;
  }
}

TEST(ScopeTerms, ABillFromElsewhereCountsToAllAroundButNotToTheRun) {
  LiveRun run;
  run.begin(1, 0, "100kJ");
  run.begin(2, 1, "1g");
  run.to(1);
  run.charge(2, 40.0, 0.5);
  run.to(2);
  EXPECT_DOUBLE_EQ(*run.row(1).spent, 60.0);
  EXPECT_NEAR(*run.row(2).spent, 0.5 + 20 * 1e-4, 1e-12);
  EXPECT_DOUBLE_EQ(run.terms.scopes().settled_j(), 20.0);
  run.charge(2, 40.0);  // says no carbon: not nothing
  run.to(3);
  EXPECT_EQ(run.row(2).left, std::nullopt);
  EXPECT_EQ(run.row(2).state, "unknown");
  EXPECT_DOUBLE_EQ(*run.row(1).spent, 110.0);
}

// Of a service that is measured elsewhere what it says it used so far counts, however often it is said, and whoever says it.
TEST(ScopeTerms, ABillCountsOnce) {
  LiveRun run;
  run.begin(1, 0, "100kJ");
  run.begin(2, 1, "100kJ");
  run.to(1);
  const auto charged = [&](std::uint64_t span, double j, std::optional<double> g, std::uint64_t of) {
    run.charge(span, j, g, of);
    run.to(run.second);
    const auto& scopes = run.terms.scopes().scopes();
    return std::pair(scopes[0].charged.joules, scopes[1].charged.joules);
  };
  EXPECT_EQ(charged(2, 40.0, 0.5, 0xb7), std::pair(40.0, 40.0));
  EXPECT_EQ(charged(2, 40.0, 0.5, 0xb7), std::pair(40.0, 40.0)) << "a retry says the same bill";
  EXPECT_EQ(charged(1, 40.0, 0.5, 0xb7), std::pair(40.0, 40.0)) << "it is in the scope within already";
  EXPECT_EQ(charged(2, 50.0, 0.6, 0xb7), std::pair(50.0, 50.0)) << "the service's scope went on";
  EXPECT_EQ(charged(2, 30.0, 0.2, 0xb7), std::pair(50.0, 50.0)) << "an earlier bill that comes late";
  EXPECT_EQ(charged(1, 5.0, 0.1, 0xb8), std::pair(55.0, 50.0)) << "another of its scopes";
  EXPECT_EQ(charged(2, 7.0, 0.1, 0), std::pair(62.0, 57.0)) << "without a scope each counts";
  EXPECT_EQ(charged(2, 7.0, 0.1, 0), std::pair(69.0, 64.0));
  EXPECT_NEAR(run.terms.scopes().scopes()[0].charged.grams, 0.9, 1e-12);
  for (std::uint64_t of = 1'000; of < 1'000 + LiveScopes::kMostBilled; ++of) run.charge(1, 0.0, 0.0, of);
  run.to(run.second);
  EXPECT_EQ(charged(1, 5.0, 0.1, 0xb8), std::pair(74.0, 64.0)) << "so many later ones: it is forgotten";
}

TEST(ScopeTerms, ABillOfAScopeOfThisRunIsNone) {
  LiveRun run;
  run.begin(1, 0, "100kJ");
  run.begin(2, 1);        // the service, asked with our traceparent
  run.begin(3, 0, "1g");  // and one that did not take it
  run.to(2);
  run.charge(1, 10.0, std::nullopt, 2);
  run.end(2);
  run.to(3);
  run.charge(1, 10.0, std::nullopt, 2);
  run.charge(1, 10.0, std::nullopt, 3);
  run.charge(3, 10.0, std::nullopt, 1);
  run.to(4);
  for (const LiveScope& scope : run.terms.scopes().scopes()) {
    EXPECT_EQ(scope.charged.joules, 0.0);
    EXPECT_FALSE(scope.carbon_missing);
  }
  EXPECT_DOUBLE_EQ(*run.row(1).spent, 20.0) << "half of 40 J: it and what is within";
  EXPECT_EQ(run.terms.finish(run.reading())[0].quota->charged, 0.0);
}

TEST(ScopeTerms, ABillWithoutCarbonIsNotForgottenWhenTheTermsComeLater) {
  LiveRun run;
  run.begin(1);
  run.begin(2, 1);
  run.charge(2, 40.0);
  run.to(1);
  for (const std::uint64_t span : {1, 2}) run.say(ScopeVerb::kTerms, span, [](ScopeWord& w) { w.quota = "1g"; });
  run.to(2);
  EXPECT_EQ(run.row(1).state, "unknown");
  EXPECT_EQ(run.row(2).state, "unknown");
  EXPECT_EQ(run.row(2).left, std::nullopt);
  EXPECT_EQ(run.row(2).grams, std::nullopt);
  EXPECT_EQ(run.terms.finish(run.reading())[0].quota->unknown, "a service's bill came without its carbon");
}

TEST(ScopeTerms, WhatIsLeftIsNotKnownWhereTheCarbonAroundIsNot) {
  LiveRun run;
  run.begin(1, 0, "0.005g");
  run.begin(2, 1, "1kJ");
  run.to(1);
  EXPECT_EQ(run.row(2).state, "ok");
  EXPECT_NEAR(*run.row(2).left, 40.0, 1e-9);
  run.charge(1, 40.0);
  run.to(2);
  EXPECT_EQ(run.row(2).state, "unknown");
  EXPECT_EQ(run.row(2).left, std::nullopt);
  EXPECT_EQ(run.row(2).why, "the carbon of a scope around it is not known");
  run.begin(3, 2, "500J");
  EXPECT_EQ(run.to(3),
            std::vector<std::string>{
                "s1/s2/s3: a quota of 0.139 Wh cannot be kept: the carbon of a scope around it is not known"});
  run.end(3);
  run.to(6);
  EXPECT_EQ(run.row(3).state, "above") << "the lower bound alone is all that was granted around it";
}

TEST(ScopeTerms, WhatIsNotKnownIsNotNothing) {
  LiveRun run;
  run.unknown = "GPU 0 is not measured";
  run.begin(1, 0, "100J");
  EXPECT_EQ(run.to(1), std::vector<std::string>{"s1: a quota of 0.0278 Wh cannot be kept: GPU 0 is not measured"});
  EXPECT_EQ(run.row(1).state, "unknown");
  EXPECT_EQ(run.row(1).left, std::nullopt);
  EXPECT_DOUBLE_EQ(*run.row(1).spent, 10.0) << "a lower bound";
  run.to(11);
  EXPECT_EQ(run.row(1).state, "spent") << "the lower bound alone is above it";
  EXPECT_EQ(run.terms.finish(run.reading())[0].quota->unknown, "GPU 0 is not measured");
}

TEST(ScopeTerms, WhoAsksIsShownTheQuotaAroundIt) {
  LiveRun run;
  run.begin(1, 0, "100J");
  run.to(1);
  run.begin(2, 1);
  run.begin(3, 2);
  run.say(ScopeVerb::kAsk, 3, [](ScopeWord&) {});
  EXPECT_TRUE(run.terms.wants_reading());
  run.to(3);
  EXPECT_FALSE(run.terms.wants_reading());
  EXPECT_DOUBLE_EQ(*run.row(3).left, 70.0);
  EXPECT_DOUBLE_EQ(*run.row(3).joules, 20.0);
}

TEST(ScopeTerms, AQuotaOfAScopeThatIsNotKeptIsSaidAndNobodyWaitsForIt) {
  LiveRun run;
  run.to(1);
  for (std::uint64_t span = 1; span <= 3; ++span)
    run.say(ScopeVerb::kTerms, span, [](ScopeWord& w) { w.quota = "5J"; });
  run.say(ScopeVerb::kAsk, 2, [](ScopeWord&) {});
  run.charge(9, 5.0);
  const auto said = run.to(2);
  ASSERT_EQ(said.size(), 1u) << "once, not for each";
  EXPECT_EQ(said[0].rfind("x: its quota is not kept", 0), 0u) << said[0];
  EXPECT_TRUE(run.terms.active());
  ASSERT_EQ(run.terms.board().rows.size(), 3u);
  const auto board = parse_board(board_text(run.terms.board()));
  EXPECT_EQ(board, run.terms.board()) << "its why is not cut";
  EXPECT_EQ(run.row(2).state, "unknown");
  EXPECT_EQ(run.row(2).spent, std::nullopt);
  EXPECT_FALSE(run.row(2).why.empty());
  run.begin(2, 0, "5J");
  run.to(3);
  EXPECT_EQ(run.row(2).state, "spent");
}

TEST(ScopeTerms, NonsenseIsSaidAndTheRestGoesOn) {
  LiveRun run;
  run.begin(1, 0, "3eur");
  run.begin(2, 0, "nothing");
  run.begin(3, 0, "5J", "fast");
  const auto said = run.to(1);
  ASSERT_EQ(said.size(), 3u);
  EXPECT_EQ(said[0], "s1: \"3eur\" is money; a quota is energy or carbon: type e.g. 300Wh or 500g");
  EXPECT_NE(said[2].find("latency p95 < 50ms"), std::string::npos);
  EXPECT_EQ(run.row(3).state, "ok");
}

TEST(ScopeTerms, TheRecordOfAPath) {
  LiveRun run;
  run.begin(1, 0, "10J", "latency p50 < 3s, accuracy > 0.9");
  run.to(2);
  run.say(ScopeVerb::kServed, 1, [](ScopeWord& w) { w.requests = 4, w.late = 2, w.accuracy = 0.95; });
  run.end(1);
  const auto rows = run.terms.finish(run.reading());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].path, "s1");
  EXPECT_EQ(rows[0].quota->spent, 1);
  EXPECT_DOUBLE_EQ(rows[0].quota->counted, 20.0);
  EXPECT_DOUBLE_EQ(rows[0].quota->over, 10.0);
  EXPECT_EQ(rows[0].service->verdict, "met");
  EXPECT_EQ(rows[0].service->objectives[0].got, "2 of 4 within 3.0 s");
  RunClosing closing;
  closing.scope_terms = rows;
  const auto back = closing_from_json(to_json(closing));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->scope_terms, rows);
}

// Requests that failed: those that a scope counted, and scopes that are themselves one.
TEST(ScopeTerms, WhatFailedWasNotServed) {
  LiveRun run;
  for (std::uint64_t span = 1; span <= 3; ++span) {
    Mark mark = mark_of(MarkKind::kBegin, 0, span);
    mark.name = span == 1 ? "counts" : "is one";
    run.terms.mark(mark);
    run.say(ScopeVerb::kTerms, span, [](ScopeWord& w) { w.level = "latency p60 < 3s, throughput > 1, deadline 9s"; });
  }
  run.to(2);
  run.say(ScopeVerb::kServed, 1, [](ScopeWord& w) { w.requests = 6, w.late = 1, w.failed = 2; });
  run.end(1);
  run.end(2);
  run.end(3, true);
  const auto rows = run.terms.finish(run.reading());
  ASSERT_EQ(rows.size(), 2u);
  const auto told = [](const RecordService& s) {
    std::string text = fmt::format("{} requests, {} late, {} failed", s.requests, s.late, s.failed);
    for (const auto& o : s.objectives) text += fmt::format("; {} {}: {}", o.name, o.got, o.verdict);
    return text;
  };
  EXPECT_EQ(told(*rows[0].service),
            "6 requests, 1 late, 2 failed; latency 3 of 6 within 3.0 s, 2 failed: missed; throughput 2/s: met; "
            "deadline 2.0 s: met");
  EXPECT_EQ(told(*rows[1].service),
            "2 requests, 0 late, 1 failed; latency 1 of 2 within 3.0 s, 1 failed: missed; throughput 0.5/s: missed; "
            "deadline 2.0 s, 1 failed: missed");
  EXPECT_EQ(scope_terms_from_json(to_json(rows)), rows);
}

TEST(ScopeTerms, AWalkToThoseAroundIsBoundedHoweverDeepAProgramIs) {
  LiveRun run;
  for (std::uint64_t span = 1; span <= 200; ++span) run.begin(span, span - 1, span == 1 ? "1kJ" : "");
  run.begin(201, 150);
  for (const std::uint64_t span : {100, 201}) run.say(ScopeVerb::kTerms, span, [](ScopeWord& w) { w.quota = "1kJ"; });
  run.say(ScopeVerb::kAsk, 200, [](ScopeWord&) {});
  run.to(1);
  run.end(200);
  run.charge(201, 5.0);
  run.to(2);
  const auto& scopes = run.terms.scopes().scopes();
  for (const LiveScope& scope : scopes) {
    std::size_t around = 0;
    for (std::size_t at = scope.parent; at != LiveScope::kNone; at = scopes[at].parent) ++around;
    ASSERT_LE(around, kDeepestScope);
  }
  EXPECT_DOUBLE_EQ(scopes[199].own.joules, 5.0);
  EXPECT_DOUBLE_EQ(scopes[200].own.joules, 10.0) << "who has an open one within is not innermost, however deep";
  EXPECT_DOUBLE_EQ(scopes[198].own.joules, 5.0);
  EXPECT_DOUBLE_EQ(scopes[kDeepestScope - 1].whole.joules, 25.0);
  EXPECT_DOUBLE_EQ(scopes[0].whole.joules, 25.0);
  EXPECT_DOUBLE_EQ(*run.row(200).left, 975.0);
  EXPECT_DOUBLE_EQ(*run.row(201).left, 975.0) << "nothing is deeper: it is whole";
  EXPECT_DOUBLE_EQ(*run.row(201).joules, 15.0);
  EXPECT_EQ(run.row(100).state, "unknown") << "what is within counts around it";
  EXPECT_EQ(run.row(100).left, std::nullopt);
  EXPECT_EQ(run.row(100).joules, std::nullopt);
}

TEST(ScopeTerms, WhoIsInnermostIsAsInTheBill) {
  LiveRun run;  // A > B > C, B ends first: C, not A
  run.begin(1);
  run.begin(2, 1);
  run.begin(3, 2);
  run.end(2);
  run.to(1);
  const auto& scopes = run.terms.scopes().scopes();
  EXPECT_DOUBLE_EQ(scopes[2].own.joules, 10.0);
  run.end(3);
  run.to(2);
  EXPECT_DOUBLE_EQ(scopes[0].own.joules, 10.0);
  EXPECT_DOUBLE_EQ(scopes[0].whole.joules, 20.0);
}

TEST(ScopeTerms, AScopeWhoseProcessDiedWasNotServed) {
  LiveRun run;
  for (const std::uint64_t span : {1, 2}) {
    run.begin(span);
    run.say(ScopeVerb::kTerms, span, [](ScopeWord& w) { w.level = "latency p95 < 5s, deadline 2h"; });
    run.to(1);
    Mark end = mark_of(MarkKind::kEnd, run.second, span);
    end.scope->gone = span == 1;
    run.terms.mark(end);
    run.to(2);
    const auto rows = run.terms.finish(run.reading());
    ASSERT_EQ(rows.size(), span);
    EXPECT_EQ(rows.back().service->requests, span == 1 ? 0 : 1);
    EXPECT_EQ(rows.back().service->verdict, span == 1 ? "unknown" : "met");
    EXPECT_FALSE(run.terms.scopes().scopes()[span - 1].open);
  }
}

TEST(ScopeTerms, HowSoonAQuotaWasSpentCountsFromTheScopesBegin) {
  LiveRun run;
  run.to(7);
  run.begin(1, 0, "30J");
  run.to(8);
  run.to(11);
  const auto rows = run.terms.finish(run.reading());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].quota->first_spent_ns, 4 * kSecond);
}

// Whatever is said, in whatever order, with any of the lines lost: own energies and what is outside are the run's, whole is own and what
// is within, a quota's spent is what it should be, and nobody has more left than who is around it.
RC_GTEST_PROP(ScopeTerms, NestedQuotasAreConserved, ()) {
  LiveRun run;
  double charged = 0.0;
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    const auto span = *rc::gen::inRange<std::uint64_t>(1, 9);
    const auto parent = *rc::gen::inRange<std::uint64_t>(0, 9);
    const bool known = run.terms.scopes().find(span).has_value();
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
      case 1:
        if (!known)
          run.begin(span, parent == span ? 0 : parent,
                    *rc::gen::element(std::string(), std::string("30J"), std::string("200J"), std::string("0.003g")));
        break;
      case 2: run.end(span); break;
      case 3:
        run.charge(span, 7.0, 0.001);
        charged += known ? 7.0 : 0.0;
        break;
      default: break;
    }
    run.to(run.second + *rc::gen::inRange(0, 4));
    const auto& scopes = run.terms.scopes().scopes();
    std::vector<double> whole(scopes.size());
    double own = run.terms.scopes().outside().joules, with_charges = own;
    for (std::size_t k = scopes.size(); k-- > 0;) {  // children come after their parents
      own += scopes[k].own.joules;
      whole[k] += scopes[k].own.joules;
      RC_ASSERT(std::abs(whole[k] + scopes[k].charged.joules - scopes[k].whole.joules) < 1e-6);
      if (scopes[k].parent != LiveScope::kNone)
        whole[scopes[k].parent] += whole[k];
      else
        with_charges += scopes[k].whole.joules;
    }
    RC_ASSERT(std::abs(own - 10.0 * static_cast<double>(run.second)) < 1e-6);
    RC_ASSERT(std::abs(with_charges - own - charged) < 1e-6);
    for (const LiveScope& scope : scopes) {
      const BoardRow row = run.row(scope.span);
      if (!row.left || row.unit != "J") continue;
      RC_ASSERT(*row.granted <= *row.asked);
      RC_ASSERT(*row.left <= std::max(0.0, *row.granted - *row.spent) + 1e-9);
      for (std::size_t at = scope.parent; at != LiveScope::kNone; at = scopes[at].parent) {
        const BoardRow above = run.row(scopes[at].span);
        const bool bounded = !above.left || above.unit != "J" || *row.left <= *above.left + 1e-9;
        RC_ASSERT(bounded);
      }
    }
  }
}

}  // namespace
}  // namespace olivine
