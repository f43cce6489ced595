#include "engine/epochs.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/boundary_meter.h"
#include "engine/mark_intake.h"
#include "engine/sample_check.h"

namespace olivine {
namespace {

EnergyFact span(std::int32_t component, std::int64_t begin, std::int64_t end, std::int64_t attributed,
                std::int64_t idle = 0) {
  EnergyFact fact;
  fact.component = component;
  fact.begin_ns = begin;
  fact.end_ns = end;
  fact.attributed_uj = attributed;
  fact.idle_uj = idle;
  fact.measured_uj = attributed + idle;
  return fact;
}

TEST(BoundaryMeter, TakesThePartOfASpanThatLiesBefore) {  // the example of the header
  BoundaryMeter meter(1);
  meter.fact(span(0, 0, 10, 100));
  meter.boundary(10);
  meter.fact(span(0, 10, 20, 30));
  meter.boundary(19);
  meter.boundary(20);
  meter.finish();
  const auto& at = meter.boundaries();
  EXPECT_DOUBLE_EQ(at[0].attributed_uj, 100.0);
  EXPECT_DOUBLE_EQ(at[0].attributed_off_uj, 0.0);
  EXPECT_DOUBLE_EQ(at[1].attributed_uj, 127.0);
  EXPECT_NEAR(at[1].attributed_off_uj, 3.0, 1e-9);
  EXPECT_DOUBLE_EQ(at[2].attributed_uj, 130.0);
}

TEST(BoundaryMeter, AGapBelongsToNobodyAndTheEndIsEverything) {
  BoundaryMeter meter(2);
  meter.fact(span(0, 0, 10, 100, 10));
  meter.boundary(15);  // component 0 is unknown from 10 to 20
  meter.fact(span(0, 20, 30, 50, 5));
  meter.boundary(40);
  meter.finish();
  EXPECT_DOUBLE_EQ(meter.boundaries()[0].attributed_uj, 100.0);
  EXPECT_DOUBLE_EQ(meter.boundaries()[0].idle_uj, 10.0);
  EXPECT_DOUBLE_EQ(meter.boundaries()[1].attributed_uj, 150.0);
}

// Whether a mark is heard before or after the settle that holds it, and though one component settles late: as if all marks
// had been known beforehand, which is how `verify` sees them.
RC_GTEST_PROP(BoundaryMeter, HeardEarlyOrLateItIsTheSame, ()) {
  BoundaryMeter known(2), live(2);
  std::vector<EnergyFact> facts;
  std::vector<std::int64_t> bounds;
  std::int64_t at = 0, since = 0, energy = 0;
  for (int i = 0; i < 8; ++i) {
    const std::int64_t end = at + *rc::gen::inRange<std::int64_t>(1, 100);
    const std::int64_t used = *rc::gen::inRange<std::int64_t>(0, 1000);
    energy += 3 * used;
    const bool late = i < 7 && *rc::gen::arbitrary<bool>();
    const bool early = *rc::gen::arbitrary<bool>();
    const std::int64_t bound = *rc::gen::inRange<std::int64_t>(at, end + 1);
    bounds.push_back(bound);
    if (early) live.boundary(bound);
    std::vector<EnergyFact> settled{span(0, at, end, used, 7)};
    if (!late) settled.push_back(span(1, since, end, energy, 5));
    for (const EnergyFact& fact : settled) {
      facts.push_back(fact);
      live.fact(fact);
    }
    if (!late) since = end, energy = 0;
    if (!early) live.boundary(bound);
    at = end;
  }
  for (const std::int64_t bound : bounds) known.boundary(bound);
  for (const EnergyFact& fact : facts) known.fact(fact);
  known.finish();
  live.finish();
  double before = 0.0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const BoundaryEnergy &a = known.boundaries()[i], &b = live.boundaries()[i];
    RC_ASSERT(std::abs(a.attributed_uj - b.attributed_uj) < 1e-6 && std::abs(a.idle_uj - b.idle_uj) < 1e-6);
    RC_ASSERT(std::abs(a.attributed_off_uj - b.attributed_off_uj) < 1e-6);
    RC_ASSERT(a.attributed_uj >= before - 1e-6);  // never falls
    before = a.attributed_uj;
  }
}

std::vector<Mark> taken(MarkIntake& intake, std::initializer_list<const char*> lines) {
  for (const char* line : lines) intake.line(line, 1000);
  intake.looked(1000, true);
  return intake.take();
}

TEST(MarkIntake, EightRanksMakeOneEpoch) {
  MarkIntake intake;
  std::vector<Mark> marks;
  for (int epoch = 0; epoch < 3; ++epoch) {
    for (const char* verb : {"begin", "end"})
      for (int rank = 0; rank < 8; ++rank)
        intake.line(std::string(verb) + " - epoch n=" + std::to_string(epoch) + " pid=" + std::to_string(100 + rank),
                    10 + epoch);
  }
  marks = intake.take();
  EXPECT_EQ(epoch_spans(marks).size(), 3U);
  EXPECT_EQ(intake.notes(), std::vector<std::string>{"42 marks of other processes that repeat epochs were left out"});
}

TEST(MarkIntake, NumbersThemselvesAndStartAgain) {
  MarkIntake intake;
  const auto marks = taken(intake, {"begin 1 epoch pid=1", "begin 2 epoch pid=1", "begin 3 epoch n=1 pid=1"});
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].number, 1);
  EXPECT_EQ(marks[1].number, 2);
  EXPECT_EQ(marks[2].number, 1);  // the same process begins again: a second stage
  EXPECT_EQ(intake.notes(), std::vector<std::string>{});
}

TEST(MarkIntake, TimesAreInOrderAndNotAhead) {
  MarkIntake intake;
  auto marks = taken(intake, {"mark 900 a", "mark 5 b", "mark 99999 c", "mark - d"});
  ASSERT_EQ(marks.size(), 4U);
  EXPECT_EQ(marks[0].ns, 900);
  EXPECT_EQ(marks[1].ns, 900);
  EXPECT_EQ(marks[2].ns, 1000);
  EXPECT_EQ(marks[3].ns, 1000);
  marks = taken(intake, {"mark 3 e"});
  EXPECT_EQ(marks[0].ns, 1000);  // we have looked since
}

TEST(MarkIntake, GarbageAndFloodsAreBoundedAndSaid) {
  MarkIntake intake;
  for (int i = 0; i < 100'000; ++i) {
    intake.line("begin - epoch", i);
    intake.line("mark - step", i);
    intake.line("no mark at all", i);
    intake.line("begin - request", i);
  }
  const auto marks = intake.take();
  EXPECT_LE(marks.size(), MarkIntake::kMostEpochMarks + MarkIntake::kMostPoints + 1);
  const auto spans = epoch_spans(marks);
  ASSERT_EQ(spans.size(), MarkIntake::kMostEpochMarks);
  EXPECT_TRUE(spans.back().end.has_value()) << "the last epoch would last until the end of the run";
  const auto notes = intake.notes();
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_EQ(notes[1], "100000 lines were no marks and were passed over");
}

// Found by fuzz_mark: the number after the largest was one that no line may say.
TEST(MarkIntake, NoNumberIsBeyondWhatALineMaySay) {
  MarkIntake intake;
  const auto marks = taken(intake, {"begin 1 epoch n=1000000000000", "end 2 epoch", "begin 3 epoch"});
  ASSERT_EQ(marks.size(), 3U);
  std::string line = mark_line(marks[2]);
  line.pop_back();
  EXPECT_EQ(parse_mark(line, 0), marks[2]);
}

TEST(SampleCheck, MarksOfARunAreInOrderAndNotTooMany) {
  const MachineDescription machine;
  TickSample sample;
  sample.now.mono.ns = 100;
  sample.marks = {{MarkKind::kPoint, 50, "a", {}, {}, 0}, {MarkKind::kPoint, 60, "b", {}, {}, 0}};
  EXPECT_TRUE(SampleCheck(machine).take(sample));
  std::swap(sample.marks[0], sample.marks[1]);
  EXPECT_FALSE(SampleCheck(machine).take(sample));
  sample.marks = {{MarkKind::kPoint, 101, "ahead", {}, {}, 0}};
  EXPECT_FALSE(SampleCheck(machine).take(sample));
  SampleCheck check(machine);
  sample.marks.assign(40'000, {MarkKind::kPoint, 50, "a", {}, {}, 0});
  EXPECT_TRUE(check.take(sample));
  EXPECT_FALSE(check.take(sample));
}

AssessmentInput input_with(std::vector<Mark> marks, std::vector<BoundaryEnergy> levels) {
  AssessmentInput in;
  in.run.end = RunEnd{};
  in.summary.duration_ns = 35;
  in.summary.marks = std::move(marks);
  in.summary.boundaries = std::move(levels);
  in.summary.components.resize(1);
  in.summary.components[0].split.attributed = EnergyAmount::from_count(600'000'000);
  return in;
}

RunRecord record_of(double total_j) {
  RunRecord record;
  record.energy.total.value = record.energy.attributed.value =
      Estimate<Energy>::of(joules(total_j), joules(0.5 * total_j), joules(2 * total_j), "model");
  record.energy.idle.value = record.energy.idle_charged.value = Estimate<Energy>::exactly(joules(0));
  return record;
}

TEST(Epochs, TheExampleOfTheHeader) {
  const AssessmentInput in = input_with({{MarkKind::kBegin, 10, "epoch", 1, 2, 0},
                                         {MarkKind::kEnd, 20, "epoch", 1, {}, 0},
                                         {MarkKind::kBegin, 21, "epoch", 2, 2, 0}},
                                        {{10, 100e6, 0, 0, 0}, {20, 300e6, 0, 10e6, 0}, {21, 310e6, 0, 0, 0}});
  RunRecord record = record_of(600);
  assess_epochs(in, record);
  ASSERT_EQ(record.marks.epochs.size(), 2U);
  const RecordEpoch &one = record.marks.epochs[0], &two = record.marks.epochs[1];
  EXPECT_DOUBLE_EQ(in_joules(one.energy->mean()), 200.0);
  EXPECT_NEAR(in_joules(one.energy->lower()), 200 - std::hypot(100, 10), 1e-9);  // the run's half, and the boundary
  EXPECT_DOUBLE_EQ(in_joules(two.energy->mean()), 290.0);
  EXPECT_EQ(one.ended_by, "end");
  EXPECT_EQ(two.ended_by, "run");
  EXPECT_EQ(two.end_ns, 35);
  EXPECT_DOUBLE_EQ(in_joules(record.marks.before->mean()), 100.0);
  EXPECT_DOUBLE_EQ(in_joules(record.marks.between->mean()), 10.0);
  EXPECT_DOUBLE_EQ(in_joules(record.marks.after->mean()), 0.0);
}

TEST(Epochs, UnknownEnergyStaysUnknown) {
  const AssessmentInput in = input_with({{MarkKind::kBegin, 10, "epoch", 1, {}, 0}}, {{10, 100e6, 0, 0, 0}});
  RunRecord record;
  record.energy.total = Figure<Energy>::unknown("a GPU was not readable");
  assess_epochs(in, record);
  ASSERT_EQ(record.marks.epochs.size(), 1U);
  EXPECT_FALSE(record.marks.epochs[0].energy);
}

}  // namespace
}  // namespace olivine
