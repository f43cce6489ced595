#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "grid/mixes/join_mixes.h"
#include "grid/mixes/mix_intensities.h"
#include "grid/signals/shared_data_fixture.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

Result<MixFile> read(std::string_view text, const MixCsvOptions& options = {}) {
  return read_mix_file(std::make_unique<TextSource>(text), "f", options);
}
MixFile file(std::string_view text) { return read(text).value(); }

const StoredSeries* find(const MixIntensities& made, std::string_view zone, std::string_view accounting,
                         Boundary boundary) {
  for (const StoredSeries& one : made.series)
    if (one.about.zone == zone && one.about.accounting == accounting && one.about.boundary == boundary) return &one;
  return nullptr;
}
std::vector<double> values(const MixIntensities& made, std::string_view zone, std::string_view accounting,
                           Boundary boundary = Boundary::kDirect) {
  std::vector<double> out;
  if (const StoredSeries* one = find(made, zone, accounting, boundary))
    for (const StoredPoint& p : one->points) out.push_back(p.value);
  return out;
}
bool has_note(const std::vector<std::string>& notes, std::string_view words) {
  return std::any_of(notes.begin(), notes.end(), [&](const auto& n) { return n.find(words) != std::string::npos; });
}

constexpr std::string_view kTwoZones =
    "time,zone,hydro,coal,exchange:A,exchange:B\n"
    "2026-01-01T00:00Z,A,100,,,-50\n2026-01-01T00:00Z,B,,50,50,\n"
    "2026-01-01T01:00Z,A,100,,,-50\n2026-01-01T01:00Z,B,,50,50,\n";
const MixIntensityOptions kMethods9{
    {{"hydro", 0.0, Boundary::kDirect, "stated"}, {"coal", 800.0, Boundary::kDirect, "stated"}},
    Boundary::kDirect,
    std::nullopt};

TEST(Mixes, KnownAnswerOfMethods9) {
  const auto made = intensities_of_mixes(join_mixes({file(kTwoZones)}).value(), kMethods9);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(values(*made, "A", "production"), (std::vector<double>{0, 0}));
  EXPECT_EQ(values(*made, "B", "production"), (std::vector<double>{800, 800}));
  EXPECT_EQ(values(*made, "A", "consumption"), (std::vector<double>{0, 0}));
  EXPECT_EQ(values(*made, "B", "consumption"), (std::vector<double>{400, 400}));
}

TEST(Mixes, PublishedFactorsGiveBothBoundaries) {
  const auto made = intensities_of_mixes(join_mixes({file(kTwoZones)}).value(), {});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(values(*made, "B", "consumption"), (std::vector<double>{380, 380}));  // half coal at 760
  EXPECT_EQ(values(*made, "B", "consumption", Boundary::kLifecycle), (std::vector<double>{422, 422}));
  MixIntensityOptions only;
  only.accounting = "consumption";
  only.boundary = Boundary::kLifecycle;
  EXPECT_EQ(intensities_of_mixes(join_mixes({file(kTwoZones)}).value(), only)->series.size(), 2U);
}

TEST(Mixes, WhatANeighbourWithoutAMixSendsIsNotKnown) {
  const auto joined =
      join_mixes({file("time,zone,coal,exchange:X\n2026-01-01T00:00Z,B,50,50\n2026-01-01T01:00Z,B,50,-20\n")});
  const auto made = intensities_of_mixes(joined.value(), kMethods9);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(values(*made, "B", "production").size(), 2U);
  EXPECT_EQ(values(*made, "B", "consumption"), (std::vector<double>{800}));  // it exports at one o'clock
  EXPECT_TRUE(has_note(find(*made, "B", "consumption", Boundary::kDirect)->about.notes, "no generation is given of X"));
}

std::string period(std::string_view begin, std::string_view end, std::string_view resolution,
                   const std::vector<std::pair<int, int>>& points) {
  std::string text =
      fmt::format("<Period><timeInterval><start>{}</start><end>{}</end></timeInterval><resolution>{}</resolution>",
                  begin, end, resolution);
  for (const auto& [position, mw] : points)
    text += fmt::format("<Point><position>{}</position><quantity>{}</quantity></Point>", position, mw);
  return text + "</Period>";
}
std::string generation(std::string_view area, std::string_view type, std::string_view curve, std::string_view period) {
  return fmt::format(
      "<TimeSeries><inBiddingZone_Domain.mRID codingScheme=\"A01\">{}</inBiddingZone_Domain.mRID>"
      "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>{}</curveType><MktPSRType><psrType>{}</"
      "psrType>"
      "</MktPSRType>{}</TimeSeries>",
      area, curve, type, period);
}
std::string gl(std::string_view type, std::string_view series) {
  return fmt::format("<?xml version=\"1.0\"?><GL_MarketDocument xmlns=\"x\"><type>{}</type>{}</GL_MarketDocument>",
                     type, series);
}
std::string flow(std::string_view from, std::string_view to, std::string_view period) {
  return fmt::format(
      "<?xml "
      "version=\"1.0\"?><Publication_MarketDocument><type>A11</type><TimeSeries><in_Domain.mRID>{}</in_Domain.mRID>"
      "<out_Domain.mRID>{}</out_Domain.mRID><quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>"
      "<curveType>A03</curveType>{}</TimeSeries></Publication_MarketDocument>",
      to, from, period);
}
constexpr const char *kBe = "10YBE----------2", *kFr = "10YFR-RTE------C", *kBegin = "2026-01-01T00:00Z",
                     *kEnd = "2026-01-01T02:00Z";

TEST(Mixes, EntsoeDocumentsWithFlows) {
  // Belgium gas, written by quarters with omitted repeats; France nuclear by the hour, exporting 100 MW of 400 in the first hour.
  const MixFile be =
      file(gl("A75", generation(kBe, "B04", "A03", period(kBegin, kEnd, "PT15M", {{1, 100}, {5, 300}}))));
  EXPECT_EQ(be.format, "entsoe-generation");
  ASSERT_EQ(be.mixes.size(), 1U);
  EXPECT_EQ(be.mixes[0].zone, "BE");
  EXPECT_EQ(be.mixes[0].fuels[0].name, "fossil gas");
  EXPECT_EQ(be.mixes[0].fuels[0].mw, (std::vector<double>{100, 100, 100, 100, 300, 300, 300, 300}));
  const MixFile fr =
      file(gl("A75", generation(kFr, "B14", "A01", period(kBegin, kEnd, "PT60M", {{1, 400}, {2, 400}}))));
  const MixFile out = file(flow(kFr, kBe, period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 0}}))),
                back = file(flow(kBe, kFr, period(kBegin, kEnd, "PT60M", {{1, 0}})));
  EXPECT_EQ(out.flows[0].from, "FR");
  EXPECT_EQ(out.flows[0].to, "BE");
  const auto joined = join_mixes({be, fr, out, back});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->front().step, hours(1));
  EXPECT_EQ(joined->front().exchanges[0].mw, (std::vector<double>{100, 0}));
  const auto made = intensities_of_mixes(*joined, {});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(values(*made, "BE", "production"), (std::vector<double>{370, 370}));
  EXPECT_EQ(values(*made, "BE", "consumption"), (std::vector<double>{185, 370}));
  EXPECT_EQ(values(*made, "FR", "consumption"), (std::vector<double>{0, 0}));
}

TEST(Mixes, OneDirectionOfAFlowIsHalfAnAnswer) {
  const auto joined =
      join_mixes({file(gl("A75", generation(kBe, "B04", "A01", period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 300}})))),
                  file(flow(kFr, kBe, period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 0}})))});
  ASSERT_TRUE(joined);
  EXPECT_TRUE(std::isnan(joined->front().exchanges[0].mw[0]));
  EXPECT_TRUE(has_note(joined->front().notes, "the flow from BE to FR is not given"));
  const auto made = intensities_of_mixes(*joined, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->left_out.size(), 2U);
  EXPECT_EQ(values(*made, "BE", "consumption").size(), 0U);
}

TEST(Mixes, LoadIsComparedAndContradictionsAreGaps) {
  const std::string series = generation(kBe, "B04", "A01", period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 300}})) +
                             generation(kBe, "B04", "A01", period(kBegin, kEnd, "PT60M", {{1, 110}, {2, 300}}));
  const std::string load = fmt::format(
      "<TimeSeries><outBiddingZone_Domain.mRID>{}</outBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW"
      "</quantity_Measure_Unit.name><curveType>A01</curveType>{}</TimeSeries>",
      kBe, period(kBegin, kEnd, "PT60M", {{1, 400}, {2, 400}}));
  const auto joined = join_mixes({file(gl("A75", series)), file(gl("A65", load))});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->front().begin.size(), 1U);
  EXPECT_TRUE(has_note(joined->front().notes, "75.0 % of the load"));
  EXPECT_TRUE(has_note(joined->front().notes, "1 values contradict"));
}

constexpr std::string_view kBalance =
    "\xef\xbb\xbf\"Balancing Authority\",\"UTC Time at End of Hour\",\"Net Generation (MW)\",\"Net Generation (MW) "
    "from Coal\","
    "\"Net Generation (MW) from Natural Gas\",\"Net Generation (MW) from Coal (Imputed)\",\"Net Generation (MW) from "
    "Tides\"\n"
    "CISO,01/01/2022 09:00:00 AM,1,,\"1,000\",5,\n"
    "BPAT,01/01/2022 09:00:00 AM,1,100,,,\nBPAT,01/01/2022 10:00:00 AM,1,100,,,\n"
    "CISO,01/01/2022 10:00:00 AM,1,,900,5,\n";
constexpr std::string_view kInterchange =
    "Balancing Authority,Directly Interconnected Balancing Authority,Interchange (MW),UTC Time at End of Hour\n"
    "CISO,BPAT,-50,01/01/2022 09:00:00 AM\nBPAT,CISO,50,01/01/2022 09:00:00 AM\nBPAT,CISO,60,1/1/2022 10:00\n"
    "SC,CISO,1,01/01/2022 09:00:00 AM\n";

TEST(Mixes, Eia930Files) {
  const MixFile balance = file(kBalance), interchange = file(kInterchange);
  ASSERT_EQ(balance.mixes.size(), 2U);
  const GenerationMix& ciso = balance.mixes[0].zone == "US-CAL-CISO" ? balance.mixes[0] : balance.mixes[1];
  EXPECT_EQ(ciso.zone, "US-CAL-CISO");
  ASSERT_EQ(ciso.fuels.size(), 1U);  // coal is never given
  EXPECT_EQ(ciso.fuels[0].mw, (std::vector<double>{1000, 900}));
  EXPECT_EQ(format_utc(ciso.begin[0]).substr(0, 16), "2022-01-01T08:00");  // the hour that ends at nine
  EXPECT_EQ(interchange.flows.size(), 3U);
  EXPECT_TRUE(std::any_of(interchange.flows.begin(), interchange.flows.end(),
                          [](const PowerFlow& f) { return f.from == "EIA-SC"; }));  // never the Seychelles
  const auto joined = join_mixes({balance, interchange});
  ASSERT_TRUE(joined) << joined.error().message;
  for (const GenerationMix& mix : *joined) {
    ASSERT_FALSE(mix.exchanges.empty()) << mix.zone;
    const auto& exchange = mix.exchanges.back();
    // CISO says nothing of the second hour: its neighbour's report serves.
    const double sign = mix.zone == "US-CAL-CISO" ? 1.0 : -1.0;
    EXPECT_EQ(exchange.mw, (std::vector<double>{sign * 50, sign * 60})) << mix.zone;
  }
}

TEST(Mixes, WrongFilesAreNamed) {
  const std::vector<std::string> texts{
      std::string("<GL_MarketDocument><type>A44</type></GL_MarketDocument>"),
      gl("A75", "<TimeSeries>"),
      gl("A75", generation("no area", "B04", "A01", "")),
      gl("A75", generation(kBe, "B04", "A02", period(kBegin, kEnd, "PT60M", {{1, 1}}))),
      std::string("<Acknowledgement_MarketDocument><Reason><code>999</code><text>none</text></Reason>"
                  "</Acknowledgement_MarketDocument>"),
      std::string(kBalance.substr(0, kBalance.find("CISO,"))) + "CISO,yesterday,1,1,1,1,1\n",
      std::string(kInterchange) + "CISO,BPAT,-50,01/01/2022 09:00:00 AM\n",
      std::string(kInterchange) + "CISO,BPAT\n",
      std::string("time,coal\nnow,1\n"),
      std::string()};
  for (const std::string& text : texts) {
    const auto wrong = read(text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_TRUE(wrong.error().message.starts_with("f: ")) << wrong.error().message;
    EXPECT_EQ(wrong.error().message.find('\n'), std::string::npos);
  }
}

TEST(Mixes, MonthsAndContradictionsBetweenFiles) {
  const auto january = file("time,zone,coal\n2026-01-01T00:00Z,B,50\n2026-01-01T01:00Z,B,50\n"),
             february = file("time,zone,coal,wind\n2026-02-01T00:00Z,B,60,1\n2026-02-01T01:00Z,B,60,1\n"),
             other = file("time,zone,coal\n2026-01-01T00:00Z,B,51\n2026-01-01T01:00Z,B,50\n");
  const auto joined = join_mixes({january, february});
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->front().rows(), 4U);
  EXPECT_TRUE(std::isnan(joined->front().fuels[1].mw[0]));  // January says nothing of wind
  const auto wrong = join_mixes({january, other});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("50 and 51"), std::string::npos) << wrong.error().message;
  EXPECT_FALSE(join_mixes({file(flow(kFr, kBe, period(kBegin, kEnd, "PT60M", {{1, 100}})))}));
}

std::string load_document(const std::vector<std::pair<int, int>>& points, std::string_view resolution = "PT60M") {
  return gl("A65",
            fmt::format(
                "<TimeSeries><outBiddingZone_Domain.mRID>{}</outBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW"
                "</quantity_Measure_Unit.name><curveType>A01</curveType>{}</TimeSeries>",
                kBe, period(kBegin, kEnd, resolution, points)));
}
MixFile named(std::string_view text, const std::string& name) {
  return read_mix_file(std::make_unique<TextSource>(text), name, {}).value();
}

TEST(Mixes, OneFlowOrLoadInTwoFiles) {
  const auto mix = file(gl("A75", generation(kBe, "B04", "A01", period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 300}}))));
  const auto back = file(flow(kBe, kFr, period(kBegin, kEnd, "PT60M", {{1, 0}, {2, 0}})));
  const auto a = named(flow(kFr, kBe, period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 0}})), "a.xml"),
             same = named(flow(kFr, kBe, period(kBegin, kEnd, "PT15M", {{1, 100}, {5, 0}})), "b.xml"),
             other = named(flow(kFr, kBe, period(kBegin, kEnd, "PT60M", {{1, 100}, {2, 7}})), "c.xml");
  const auto joined = join_mixes({mix, a, same, back});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->front().exchanges[0].mw, (std::vector<double>{100, 0}));
  const auto wrong = join_mixes({mix, a, other, back});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(wrong.error().message,
            "a.xml and c.xml: the flow from FR to BE at 2026-01-01T01:00Z is 0 MW in one and 7 MW in the other; keep "
            "one of the files");
  const auto load = named(load_document({{1, 400}, {2, 400}}), "l.xml"),
             again = named(load_document({{1, 400}}), "m.xml"), less = named(load_document({{1, 300}}), "n.xml");
  const auto once = join_mixes({mix, load, again});
  ASSERT_TRUE(once) << once.error().message;
  EXPECT_TRUE(has_note(once->front().notes, "50.0 % of the load, over 2 steps"));  // not 3
  const auto quarters = named(load_document({{1, 400}, {2, 400}, {3, 400}, {4, 400}}, "PT15M"), "q.xml");
  const auto both = join_mixes({mix, load, quarters});
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_TRUE(has_note(both->front().notes, "50.0 % of the load, over 2 steps")) << both->front().notes.back();
  const auto doubled = join_mixes({mix, load, less});
  ASSERT_FALSE(doubled);
  EXPECT_NE(doubled.error().message.find("l.xml and n.xml: the load of BE"), std::string::npos)
      << doubled.error().message;
}

TEST(Mixes, RecognisedByTheirFirstLine) {
  for (const std::string_view text : {kTwoZones, kBalance, kInterchange, std::string_view("<?xml?><GL_MarketDocument>"),
                                      std::string_view("# said\n\ntime,WND,COL,NG\n")})
    EXPECT_TRUE(looks_like_mix(text)) << text;
  for (const std::string_view text :
       {"", "<html>", "time,carbon_intensity_g_per_kwh\n", "datetime_utc,FR,DE,NG\n", "{}"})
    EXPECT_FALSE(looks_like_mix(text)) << text;
}

TEST(Mixes, TheSampleOfTheService) {
  const auto path = shared_data("api/entsoe_production.xml");
  if (!path) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  const auto mix = read_one_mix(files, *path, {});
  ASSERT_TRUE(mix) << mix.error().message;
  EXPECT_EQ(mix->zone, "BE");
  EXPECT_EQ(mix->rows(), 2U);
  EXPECT_EQ(mix->find("nuclear")->fuel, Fuel::kNuclear);
  EXPECT_FALSE(read_one_mix(files, *path, {"FR", {}}));
}

}  // namespace
}  // namespace olivine
