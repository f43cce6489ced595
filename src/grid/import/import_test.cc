#include "grid/import/import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/text.h"
#include "grid/import/daylight_saving.h"

namespace olivine {
namespace {

const std::string kFixtures = std::string(OLIVINE_SOURCE_DIR) + "/src/grid/import/fixtures/";

ImportOptions with(std::initializer_list<const char*> words) {
  ImportOptions o;
  for (auto word = words.begin(); word != words.end(); word += 2) {
    const std::string_view key = *word, value = *(word + 1);
    if (key == "zone") o.zone = value;
    if (key == "unit") o.unit = value;
    if (key == "signal") o.signal = signal_from(value).value();
    if (key == "boundary") o.boundary = boundary_from(value).value();
    if (key == "accounting") o.accounting = value;
    if (key == "format") o.format = value;
    if (key == "year") o.year = static_cast<int>(parse_i64(value).value());
  }
  return o;
}

const ImportOptions kFr = with({"zone", "FR", "signal", "average", "boundary", "lifecycle"});

Result<Imported> import_fixture(const std::string& name, ImportOptions options) {
  RealFileSystem files;
  options.file_name = name;
  auto source = open_input(files, kFixtures + name);
  if (!source) return tl::unexpected<Error>(source.error());
  return import_intensities(**source, options);
}

// "begin length value[e]; ..." of one series, times as hours and minutes.
std::string points_of(const Imported& imported, std::size_t index) {
  const StoredSeries series = imported.series(index).value();
  std::string text;
  for (const StoredPoint& p : series.points) {
    text += (text.empty() ? "" : " ") + format_utc({p.begin_s * 1'000'000'000}).substr(11, 5) + "/" +
            std::to_string(p.length_s / 60) + "=" + shortest(p.value) + (p.estimated ? "e" : "");
  }
  return text;
}

std::string all_notes(const Imported& imported) {
  std::string text;
  for (const std::string& note : imported.notes()) text += note + "|";
  return text;
}

TEST(Import, TheSameTableInEveryDress) {
  const std::string expected =
      "00:00/60=100.5 01:00/60=101.5 02:00/60=102.5 03:00/60=103.5 04:00/60=104.5 05:00/60=105.5";
  const std::pair<const char*, const char*> cases[] = {{"generic.csv", ""},
                                                       {"bom_crlf.csv", ""},
                                                       {"generic.csv.gz", ""},
                                                       {"no_line_end.csv", "no line end"},
                                                       {"duplicates_equal.csv", "1 rows repeated another"},
                                                       {"out_of_order.csv", "5 rows were out of order"}};
  for (const auto& [name, note] : cases) {
    const auto imported = import_fixture(name, kFr);
    ASSERT_TRUE(imported) << name << ": " << imported.error().message;
    EXPECT_EQ(points_of(*imported, 0), expected) << name;
    EXPECT_NE(all_notes(*imported).find(note), std::string::npos) << name << ": " << all_notes(*imported);
  }
}

TEST(Import, GapsStayGaps) {
  const Imported imported = import_fixture("nulls.csv", kFr).value();
  EXPECT_EQ(points_of(imported, 0), "00:00/60=1 04:00/60=5");
}

TEST(Import, AnAutumnDayWithOffsetsIsRightAndWithoutIsRefused) {
  EXPECT_EQ(points_of(import_fixture("dst_offsets.csv", kFr).value(), 0),
            "23:00/60=1 00:00/60=2 01:00/60=3 02:00/60=4");
  EXPECT_NE(import_fixture("duplicates_different.csv", kFr).error().message.find("convert them to UTC"),
            std::string::npos);
}

TEST(Import, ASpringDayThatLooksLocalIsNoted) {
  const StoredSeries local = import_fixture("dst_spring.csv", kFr)->series(0).value();
  ASSERT_EQ(local.about.notes.size(), 2U);
  EXPECT_NE(local.about.notes[1].find("2020-03-29T02:00 is missing, as it is in local time"), std::string::npos);
  EXPECT_TRUE(daylight_saving_note(import_fixture("nulls.csv", kFr)->series(0)->points).empty());
}

struct Fault {
  const char* file;
  ImportOptions options;
  const char* words;
};

TEST(Import, EveryFaultHasItsWords) {
  const Fault cases[] = {
      {"no_unit.csv", kFr, "column 'carbon_intensity' has no unit: add --unit"},
      {"generic.csv", with({"zone", "FR", "signal", "average", "boundary", "direct", "unit", "lb_per_mwh"}),
       "is g/kWh, but --unit says otherwise"},
      {"generic.csv", with({"signal", "average", "boundary", "direct"}), "add --zone"},
      {"generic.csv", with({"zone", "../x", "signal", "average", "boundary", "direct"}), "not a zone key"},
      {"generic.csv", with({"zone", "FR", "boundary", "direct"}), "add --signal"},
      {"generic.csv", with({"zone", "FR", "signal", "average"}), "add --boundary"},
      {"generic.csv", with({"zone", "FR"}),
       "does not say whether it is average or marginal nor whether upstream emissions are in it: add --signal average "
       "or --signal marginal, and --boundary direct"},
      {"generic.csv", with({"zone", "FR", "format", "avert"}), "is of format csv, not avert"},
      {"uk.json", with({"format", "csv"}), "is JSON, not of format csv"},
      {"duplicates_different.csv", kFr, "two rows for 2020-10-25T02:00Z differ in column 'g/kWh': 2 and 3"},
      {"negative.csv", kFr,
       "line 3: -3 in column 'carbon_intensity_g_per_kwh': an average intensity cannot be negative"},
      {"not_a_number.csv", kFr, "line 3: 3 columns where the header has 2"},
      {"word.csv", kFr, "line 2: 'low' in column"},
      {"bad_time.csv", kFr, "line 2: '01/03/2023 00:00' is not a time"},
      {"leap_second.csv", kFr, "leap second"},
      {"single_row.csv", kFr, "single row"},
      {"truncated.csv", kFr, "line 8: the file is cut off"},
      {"truncated.csv.gz", kFr, "gzip data are cut off"},
      {"page.html", kFr, "web page, not data"},
      {"nul.csv", kFr, "line 8 holds a NUL byte"},
      {"empty.csv", kFr, "the file is empty"},
      {"header_only.csv", kFr, "no rows"},
      {"open_quote.csv", kFr, "line 2: a quote is not closed"},
      {"strange_signal.csv", {}, "line 2: signal '?[31mred' is not one of"},
      {"wide.csv", with({"zone", "AU-NWS", "signal", "average", "boundary", "direct", "unit", "g/kWh"}),
       "did you mean AU-NSW?"},
      {"long.csv", with({"zone", "SE"}), "not SE"},
      {"portal_2022.csv", with({"zone", "FR"}), "the file is of zone ES, not FR"},
      {"portal_2022.csv", with({"signal", "marginal"}), "is average, but --signal says otherwise"},
      {"avert_g.csv", with({"unit", "g/kWh"}), "add --year"},
      {"avert_g.csv", with({"year", "2023"}), "column 'CA' has no unit"},
      {"avert_g.csv", with({"year", "2024", "unit", "g/kWh"}), "leap year"},
      {"fuel_mix.csv", kFr, "generation by fuel"},
      {"entsoe.xml", kFr, "generation per type"},
      {"entsoe_no_data.xml", kFr, "no data for this question"},
      {"uk_forecast.json", {}, "forecasts only"},
      {"uk_negative.json", {}, "row 2: -1 g/kWh"},
      {"uk_error.json", {}, "Please enter a valid date"},
      {"uk_truncated.json", {}, "cut off at byte"},
      {"uk.json", with({"zone", "FR"}), "is of zone GB, not FR"},
      {"other.json", {}, "form that is not known"},
  };
  for (const Fault& c : cases) {
    const auto imported = import_fixture(c.file, c.options);
    ASSERT_FALSE(imported) << c.file << ": " << c.words;
    EXPECT_NE(imported.error().message.find(c.words), std::string::npos) << c.file << ": " << imported.error().message;
    EXPECT_TRUE(imported.error().message.starts_with(c.file)) << imported.error().message;
    EXPECT_EQ(imported.error().message, printable(imported.error().message));
  }
}

TEST(Import, UnitsAreKeptAndKnown) {
  const Imported watttime = import_fixture("watttime.csv", with({"zone", "US-CAL-CISO", "boundary", "direct"})).value();
  const StoredSeries series = watttime.series(0).value();
  EXPECT_EQ(series.about.unit, "lb_per_mwh");
  EXPECT_EQ(series.about.signal, Signal::kMarginal);
  EXPECT_EQ(points_of(watttime, 0), "00:00/5=870 00:05/5=-12.5 00:10/5=901");  // a marginal rate may be negative
  const Imported semicolons = import_fixture("semicolons.csv", kFr).value();
  EXPECT_EQ(semicolons.series(0)->about.unit, "kg_per_mwh");
  EXPECT_NE(all_notes(semicolons).find("read as UTC"), std::string::npos);
}

TEST(Import, ALongTableBecomesASeriesEach) {
  const Imported all = import_fixture("long.csv", {}).value();
  std::map<std::string, std::string> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const StoredSeries s = all.series(i).value();
    found[s.about.zone + " " + std::string(name_of(s.about.signal)) + " " + std::string(name_of(s.about.boundary))] =
        points_of(all, i);
  }
  const std::map<std::string, std::string> expected{{"FR average direct", "00:00/60=50 01:00/60=51e 02:00/60=52"},
                                                    {"FR marginal direct", "00:00/60=-1 01:00/60=0e 02:00/60=1"},
                                                    {"DE average direct", "00:00/60=400 01:00/60=401e 02:00/60=402"}};
  EXPECT_EQ(found, expected);
  EXPECT_EQ(import_fixture("long.csv", with({"zone", "DE"}))->size(), 1U);
}

TEST(Import, AWideTableHasAZoneAColumn) {
  const ImportOptions said = with({"signal", "average", "boundary", "lifecycle", "unit", "g_per_kwh"});
  const Imported all = import_fixture("wide.csv", said).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all.series(1)->about.zone, "AU-NSW");
  EXPECT_EQ(points_of(all, 1), "00:00/60=376.54 02:00/60=370.1");
  const Imported grid = import_fixture("eia930.csv", with({"unit", "g_per_kwh"})).value();
  ASSERT_EQ(grid.size(), 4U);
  EXPECT_EQ(grid.format(), "eia930");
  EXPECT_EQ(grid.series(3)->about.zone, "US-MIDA-PJM");
  EXPECT_EQ(grid.series(3)->about.boundary, Boundary::kLifecycle);
  EXPECT_EQ(points_of(grid, 3), "00:00/60=333.91 01:00/60=321.18");
  EXPECT_EQ(import_fixture("eia930.csv", with({"unit", "g_per_kwh", "boundary", "direct"}))->size(), 2U);
}

TEST(Import, ElectricityMapsGivesBothBoundaries) {
  const Imported old = import_fixture("portal_2022.csv", {}).value();
  ASSERT_EQ(old.size(), 2U);
  EXPECT_EQ(old.format(), "electricity-maps");
  EXPECT_EQ(old.series(0)->about.zone, "ES");
  EXPECT_EQ(old.series(0)->about.boundary, Boundary::kDirect);
  EXPECT_EQ(old.series(0)->about.accounting, "consumption");
  EXPECT_EQ(old.series(0)->about.gases, "co2e");
  EXPECT_EQ(points_of(old, 0), "00:00/60=120.1 02:00/60=119.9");
  EXPECT_EQ(points_of(old, 1), "00:00/60=158.37 01:00/60=160.5e 02:00/60=157");
  const Imported fresh = import_fixture("portal_2025.csv", with({"boundary", "lifecycle"})).value();
  ASSERT_EQ(fresh.size(), 1U);
  EXPECT_EQ(points_of(fresh, 0), "00:00/60=38.37 01:00/60=39.5");
}

TEST(Import, AvertHoursAreTheRegionsStandardTime) {
  const Imported grams = import_fixture("avert_g.csv", with({"unit", "g_per_kwh", "year", "2023"})).value();
  ASSERT_EQ(grams.size(), 17U);
  EXPECT_EQ(grams.series(0)->about.zone, "AVERT-CA");
  EXPECT_EQ(grams.series(0)->about.signal, Signal::kMarginal);
  EXPECT_EQ(points_of(grams, 0), "08:00/60=-12.3 09:00/60=-12.3 10:00/60=-12.3");  // midnight in UTC-8
  EXPECT_EQ(points_of(grams, 6), "05:00/60=500.5 06:00/60=501.5 07:00/60=502.5");
  const Imported pounds =
      import_fixture("avert_lb.csv", with({"unit", "lb_per_kwh", "year", "2022", "zone", "AVERT-TE"})).value();
  ASSERT_EQ(pounds.size(), 1U);
  EXPECT_EQ(pounds.series(0)->points[0].value, 0.954);
}

TEST(Import, UkHalfHours) {
  const Imported uk = import_fixture("uk.json", {}).value();
  EXPECT_EQ(points_of(uk, 0), "12:00/30=263 12:30/30=264.5 13:30/30=261");
  EXPECT_EQ(uk.series(0)->about.zone, "GB");
  EXPECT_EQ(uk.series(0)->about.boundary, Boundary::kDirect);
  EXPECT_NE(all_notes(uk).find("1 half hours hold a forecast only"), std::string::npos);
}

TEST(Import, AMeanThatNoGridHasIsNoted) {
  const Imported wrong =
      import_fixture("no_unit.csv",
                     with({"zone", "FR", "signal", "average", "boundary", "direct", "unit", "t_per_mwh"}))
          .value();
  EXPECT_EQ(wrong.series(0)->about.notes.size(), 0U);  // 1,500 g/kWh: bad, not impossible
  const Imported tiny =
      import_fixture("no_unit.csv",
                     with({"zone", "FR", "signal", "average", "boundary", "direct", "unit", "g_per_kwh"}))
          .value();
  ASSERT_EQ(tiny.series(0)->about.notes.size(), 1U);
  EXPECT_NE(tiny.series(0)->about.notes[0].find("check the unit"), std::string::npos);
}

TEST(Import, AnEndlessColumnNameMakesNoEndlessMessage) {
  const std::string text = "time_utc,g/kWh " + std::string(3000, 'K') + "\n2023-03-01T00:00Z,1\n";
  TextSource source(text);
  const auto imported = import_intensities(source, with({"zone", "FR"}));
  ASSERT_FALSE(imported);
  EXPECT_LT(imported.error().message.size(), 300U);
}

std::vector<std::int64_t> times_of(std::initializer_list<std::pair<int, int>> runs) {  // (count, minutes apart)
  std::vector<std::int64_t> times{0};
  for (const auto& [count, minutes] : runs)
    for (int i = 0; i < count; ++i) times.push_back(times.back() + minutes * 60);
  return times;
}

TEST(StepLengths, ARowLastsAStepAndTheRestIsAGap) {
  // 30 minutes, then 15, then a missing step, then 15: the worked example of row_table.h.
  const auto mixed = step_lengths(times_of({{19, 30}, {1, 15}, {10, 15}, {1, 30}, {1, 15}})).value();
  EXPECT_EQ(mixed.front(), 1800U);
  EXPECT_EQ(mixed[18], 1800U);
  EXPECT_EQ(mixed[19], 900U);
  EXPECT_EQ(mixed[30], 900U);  // 30 minutes to the next row, 15 of them a gap
  EXPECT_EQ(mixed.back(), 900U);
  EXPECT_EQ(step_lengths(times_of({{3, 60}, {1, 180}, {2, 60}})).value(), std::vector<std::uint32_t>(7, 3600));
  EXPECT_EQ(step_lengths(times_of({{1, 60}})).value(), std::vector<std::uint32_t>(2, 3600));
  EXPECT_FALSE(step_lengths(times_of({})));
  EXPECT_FALSE(step_lengths(times_of({{20, 60}, {1, 7}, {20, 60}})));  // no grid
  EXPECT_FALSE(step_lengths(times_of({{20, 60 * 24 * 7}})));           // weeks
}

}  // namespace
}  // namespace olivine
