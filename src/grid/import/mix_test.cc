#include <gtest/gtest.h>

#include <cmath>

#include "grid/import/entsoe_xml.h"
#include "grid/import/mix_csv.h"
#include "grid/import/row_table.h"

namespace olivine {
namespace {

const std::string kFixtures = std::string(OLIVINE_SOURCE_DIR) + "/src/grid/import/fixtures/";

template <class Parse>
Result<MixTable> parse_file(const std::string& name, Parse parse) {
  RealFileSystem files;
  auto source = open_input(files, kFixtures + name);
  if (!source) return tl::unexpected<Error>(source.error());
  return parse(**source);
}

std::string row_text(const MixTable& mix, std::size_t row) {
  std::string text;
  for (std::size_t c = 0; c < mix.columns.size(); ++c) {
    char number[32];
    std::snprintf(number, sizeof number, "%g", mix.mw[c][row]);
    text += (text.empty() ? "" : " ") + mix.columns[c] + "=" + (std::isnan(mix.mw[c][row]) ? "?" : number);
  }
  return text;
}

TEST(MixCsv, ColumnsOfFuelsAndNothingElse) {
  const MixTable mix = parse_file("fuel_mix.csv", parse_mix_csv).value();
  EXPECT_EQ(mix.begin_s.size(), 3U);
  EXPECT_EQ(mix.length_s, std::vector<std::uint32_t>(3, 3600));
  EXPECT_EQ(row_text(mix, 1), "WND=18425 SUN=0 WAT=8 OIL=? NG=13522 COL=9141 NUC=5100 OTH=58");
  EXPECT_EQ(row_text(mix, 2), "WND=18425 SUN=-3 WAT=8 OIL=1 NG=13522 COL=9141 NUC=5100 OTH=58");
  ASSERT_EQ(mix.notes.size(), 1U);
  EXPECT_NE(mix.notes[0].find("avg_CI"), std::string::npos);
  EXPECT_FALSE(parse_file("generic.csv", parse_mix_csv));
  EXPECT_FALSE(parse_file("empty.csv", parse_mix_csv));
}

// By hand: B04 is A03, so hour 3 repeats hour 2; B10 generates 5 MW in hour 1 and pumps 100 and 50 MW in hours 2 and 3 (hour 4
// has generation 0 and no consumption point); B16 has quarters, 0 to 15 MW.
TEST(Entsoe, RepeatsConsumptionAndQuarters) {
  const MixTable mix = parse_file("entsoe.xml", parse_entsoe_generation).value();
  EXPECT_EQ(mix.domain, "10YBE----------2");
  ASSERT_EQ(mix.begin_s.size(), 16U);
  EXPECT_EQ(mix.length_s[0], 900U);
  EXPECT_EQ(mix.begin_s[0], 1'760'958'000);  // 2025-10-20T11:00Z
  EXPECT_EQ(row_text(mix, 0), "B04=700 B10=5 B16=0");
  EXPECT_EQ(row_text(mix, 5), "B04=650.5 B10=-100 B16=5");
  EXPECT_EQ(row_text(mix, 11), "B04=650.5 B10=-50 B16=11");
  EXPECT_EQ(row_text(mix, 15), "B04=0 B10=0 B16=15");
}

TEST(Entsoe, FaultsHaveTheirWords) {
  const auto words = [](const char* name) {
    const auto mix = parse_file(name, parse_entsoe_generation);
    return mix ? "accepted" : mix.error().message;
  };
  EXPECT_NE(words("entsoe_no_data.xml").find("No matching data found"), std::string::npos);
  EXPECT_NE(words("entsoe_truncated.xml").find("cut off"), std::string::npos);
  EXPECT_NE(words("entsoe_doctype.xml").find("DOCTYPE"), std::string::npos);
  EXPECT_NE(words("entsoe_overlap.xml").find("overlap"), std::string::npos);
  EXPECT_NE(words("page.html").find("XML:"), std::string::npos);
  EXPECT_NE(words("generic.csv").find("no TimeSeries"), std::string::npos);
}

// A document of one element that claims a million steps, and one nested without end: errors, quickly.
TEST(Entsoe, ClaimsAreBounded) {
  const std::string period =
      "<TimeSeries><MktPSRType><psrType>B04</psrType></MktPSRType><curveType>A03</curveType><Period><timeInterval>"
      "<start>1901-01-01T00:00Z</start><end>2199-01-01T00:00Z</end></timeInterval><resolution>PT15M</resolution>"
      "<Point><position>1</position><quantity>1</quantity></Point></Period></TimeSeries>";
  TextSource claim(period);
  EXPECT_FALSE(parse_entsoe_generation(claim));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  TextSource nested(deep);
  EXPECT_FALSE(parse_entsoe_generation(nested));
  const std::string text = "<a>" + std::string(1 << 20, 'x');
  TextSource endless(text);
  EXPECT_FALSE(parse_entsoe_generation(endless));
}

}  // namespace
}  // namespace olivine
