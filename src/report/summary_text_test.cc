#include <gtest/gtest.h>

#include <algorithm>

#include "report/record_fixture.h"
#include "report/render.h"
#include "report/text_layout.h"

namespace olivine {
namespace {
using namespace report_test;

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool has_raw_control(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) return true;
  return text.find("\xe2\x80\xae") != std::string::npos || text.find('\xff') != std::string::npos;
}

TEST(Summary, ThreeLinesOfTheUsualRun) {
  EXPECT_EQ(
      render_summary(usual_record(), plain_style()),
      "energy    0.41 Wh  (0.29 .. 0.58)    CPU modelled, DRAM modelled; not counted: rest of node, network\n"
      "carbon    0.023 g CO2e operational (0.012 .. 0.04; FR 56 g/kWh, lifecycle, yearly 2023) + 0.03 g embodied\n"
      "who       this run 71 %, idle share 22 %, others 7 %    coverage 100 %    olivine itself 0.0001 Wh    "
      "record 01935f0e-52d3\n");
}

TEST(Summary, UnknownPartsSayWhyAndAtLeast) {
  const std::string text = render_summary(partly_unknown_record(), plain_style());
  EXPECT_NE(text.find("energy    unknown (at least 0.12 Wh): nvml:GPU-1 was never readable"), std::string::npos)
      << text;
  EXPECT_NE(text.find("GPU 99 % measured (1 of 2 unknown)"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown (at least 0.0567 g) operational CO2e (zone unknown, 473 g/kWh assumed"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("PUE 1.56 assumed"), std::string::npos) << text;
  EXPECT_NE(text.find("+ embodied unknown"), std::string::npos) << text;
  EXPECT_NE(text.find("coverage 99.9 %"), std::string::npos) << text;
  expect_golden("summary_partly_unknown.txt", text);
}

TEST(Summary, OneLineACause) {
  const std::string text = render_summary(partly_unknown_record(), plain_style());
  const std::size_t first = text.find("zone unknown: ");
  EXPECT_EQ(text.find("zone unknown: ", first + 1), std::string::npos) << "the same warning twice";
  EXPECT_NE(text.find("2 gaps of 750 ms in powercap:intel-rapl:0: unreadable"), std::string::npos) << text;
  EXPECT_NE(text.find("redis-server (pid 4711)"), std::string::npos);
  EXPECT_NE(text.find("12 of 385 readings came late"), std::string::npos) << text;
}

TEST(Summary, NothingKnownIsNotZero) {
  const std::string text = render_summary(empty_record(), plain_style());
  EXPECT_EQ(lines_of(text), 3u) << text;
  EXPECT_EQ(text.find(" 0 Wh"), std::string::npos) << text;
  EXPECT_EQ(text.find(" 0 g"), std::string::npos) << text;
  expect_golden("summary_empty.txt", text);
}

TEST(Summary, SmallPartsAreNotNamedLargeOnesAre) {
  RunRecord r = usual_record();
  r.energy.idle.value = Estimate<Energy>::exactly(joules(349.5 + 7.0));
  EXPECT_EQ(render_summary(r, plain_style()).find("idle not charged"), std::string::npos);
  r.energy.idle.value = Estimate<Energy>::exactly(joules(349.5 + 100.0));
  r.energy.unattributed.value = Estimate<Energy>::exactly(joules(158.0));
  const std::string text = render_summary(r, plain_style());
  EXPECT_NE(text.find("idle not charged 6 %, unattributed 10 %"), std::string::npos) << text;
}

TEST(Summary, StatedPueIsShownWithoutAssumed) {
  RunRecord r = usual_record();
  r.pue_applies = true;
  r.pue.value = Estimate<Ratio>::exactly(ratio(1.2));
  r.pue.basis = BasisShare(Basis::kUserStated);
  EXPECT_NE(render_summary(r, plain_style()).find("yearly 2023; PUE 1.2) + 0.03 g embodied"), std::string::npos);
}

TEST(Summary, ColourOnlyWhenAsked) {
  TextStyle style;
  EXPECT_EQ(render_details(usual_record(), style).find('\x1b'), std::string::npos);
  style.color = true;
  EXPECT_NE(render_summary(usual_record(), style).find("\x1b[1menergy\x1b[0m    0.41 Wh"), std::string::npos);
}

TEST(Summary, HostileTextCannotReachTheTerminal) {
  for (const bool ascii : {false, true}) {
    TextStyle style;
    style.ascii = ascii;
    EXPECT_FALSE(has_raw_control(render_summary(hostile_record(), style)));
    EXPECT_FALSE(has_raw_control(render_details(hostile_record(), style)));
    EXPECT_FALSE(has_raw_control(explain_figure(hostile_record(), "", style).value()));
    RunListEntry entry;
    entry.run_id = entry.name = entry.project = entry.status = hostile_record().name;
    EXPECT_FALSE(has_raw_control(render_list(std::vector<RunListEntry>{entry}, style)));
  }
}

TEST(Details, UsualAndPartlyUnknown) {
  expect_golden("details_usual.txt", render_details(usual_record(), plain_style()));
  expect_golden("details_partly_unknown.txt", render_details(partly_unknown_record(), plain_style()));
  expect_golden("details_empty.txt", render_details(empty_record(), plain_style()));
}

TEST(Explain, ShowsTheTreeBelowTheFigure) {
  const std::string text = explain_figure(usual_record(), "operational", plain_style()).value();
  EXPECT_NE(text.find("emissions_g.operational.location_average = 0.023 g (0.012 .. 0.04)"), std::string::npos) << text;
  EXPECT_NE(text.find("intensity FR = 56 g/kWh"), std::string::npos) << text;
  EXPECT_NE(text.find("data/zones.csv, FR, 2023, Ember"), std::string::npos) << text;
  expect_golden("explain_both.txt", explain_figure(usual_record(), "", plain_style()).value());
  TextStyle ascii;
  ascii.ascii = true;
  const std::string plain = explain_figure(usual_record(), "", ascii).value();
  for (const char c : plain) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(Explain, EveryNameOfTheRecordIsKnown) {
  const RunRecord r = partly_unknown_record();
  for (const std::string& name : figure_names(r)) EXPECT_TRUE(explain_figure(r, name, plain_style())) << name;
  EXPECT_TRUE(explain_figure(r, "nvml:GPU-0", plain_style()));
  EXPECT_NE(explain_figure(r, "energy", plain_style())->find("nvml:GPU-1 was never readable"), std::string::npos);
}

TEST(Explain, UnknownNameGetsTheNearest) {
  const auto error = explain_figure(usual_record(), "enrgy", plain_style());
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(error.error().message.find("did you mean 'energy'"), std::string::npos) << error.error().message;
}

TextStyle narrow(int width) {
  TextStyle style = plain_style();
  style.fit = true;
  style.width = width;
  return style;
}

TEST(Fitting, PartsFirstThenWords) {
  EXPECT_EQ(fitted("one two    three    four", 4, narrow(28)), "one two    three    four");
  EXPECT_EQ(fitted("one two    three    four", 4, narrow(27)), "one two    three\n    four");
  EXPECT_EQ(fitted("one two three four five six    seven", 4, narrow(24)),
            "one two three four\n    five six\n    seven");
  EXPECT_EQ(fitted("one two    three    four", 4, plain_style()), "one two    three    four");
  EXPECT_EQ(fitted("one \x1b[2mtwo    three\x1b[0m    four", 4, narrow(28)), "one \x1b[2mtwo    three\x1b[0m    four");
}

TEST(Fitting, CellsAreWrappedRowsBecomeLists) {
  TextTable table({{"zone", 4, false}, {"why it is so", 10, false}, {"share", 8, true}});
  table.add({"FR", "what was measured in the year before", "41 %"});
  EXPECT_EQ(table.fitted(narrow(36)),
            "  zone  why it is so           share\n"
            "  FR    what was measured in    41 %\n"
            "        the year before\n");
  EXPECT_EQ(table.fitted(narrow(24)),
            "  zone FR\n"
            "    why it is so what\n"
            "    was measured in the\n"
            "    year before\n"
            "    share 41 %\n");
  EXPECT_EQ(table.fitted(plain_style()), table.render(plain_style()));
}

TEST(Fitting, TheSummaryIn60Columns) {
  EXPECT_EQ(render_summary(usual_record(), narrow(60)),
            "energy    0.41 Wh  (0.29 .. 0.58)\n"
            "          CPU modelled, DRAM modelled; not counted: rest of\n"
            "          node, network\n"
            "carbon    0.023 g CO2e operational (0.012 .. 0.04; FR 56\n"
            "          g/kWh, lifecycle, yearly 2023) + 0.03 g embodied\n"
            "who       this run 71 %, idle share 22 %, others 7 %\n"
            "          coverage 100 %    olivine itself 0.0001 Wh\n"
            "          record 01935f0e-52d3\n");
}

TEST(Summary, WhatWasPlannedOfAJobThatNobodyWatched) {
  RunRecord record = usual_record();
  RecordSchedule& s = record.schedule.emplace();
  s.job = "Slurm job 7";
  s.policy = "finish within 5h";
  s.watched = false;
  TextStyle wide = plain_style();
  wide.width = 300;
  const auto says = [&](const std::string& what) {
    return render_summary(record, wide).find("Slurm job 7, finish within 5h; " + what) != std::string::npos;
  };
  EXPECT_TRUE(says("no plan is known; what it did is not known")) << "not even an intensity was";
  s.zone = "FR";
  EXPECT_TRUE(says("nothing was planned but a threshold; what it did is not known"));
  s.plan.push_back({{0}, {3'600'000'000'000}, 0.0, std::nullopt});  // nothing is a share of no emissions at once
  EXPECT_TRUE(says("planned, what that saves is not known, start 1970-01-01T00:00:00Z"));
  s.planned.average = 0.9;
  EXPECT_TRUE(says("planned 90 % less by average, not known at the margin"));
}

}  // namespace
}  // namespace olivine
