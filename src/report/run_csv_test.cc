#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/prng.h"
#include "report/record_fixture.h"
#include "report/render.h"

namespace olivine {
namespace {
using namespace report_test;

// A plain RFC 4180 reader: the rows of a text.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '"' && i + 1 < text.size() && text[i + 1] == '"')
      rows.back().back() += text[++i];
    else if (c == '"')
      inside = !inside;
    else if (!inside && c == ',')
      rows.back().emplace_back();
    else if (!inside && c == '\n')
      rows.push_back({""});
    else
      rows.back().back() += c;
  }
  rows.pop_back();
  return rows;
}

std::string cell(const std::vector<std::vector<std::string>>& rows, const std::string& column) {
  for (std::size_t i = 0; i < rows[0].size(); ++i)
    if (rows[0][i] == column) return rows[1][i];
  return "no such column";
}

TEST(Csv, ColumnsAreConstantWhateverIsMissing) {
  for (const RunRecord& r : {usual_record(), partly_unknown_record(), empty_record(), hostile_record()}) {
    const auto rows = parse_csv(render_csv_header() + render_csv_row(r));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].size(), rows[1].size());
    EXPECT_EQ(cell(rows, "schema"), "olivine.csv/1");
  }
}

TEST(Csv, ValuesAndUnknowns) {
  const auto usual = parse_csv(render_csv_header() + render_csv_row(usual_record()));
  EXPECT_EQ(cell(usual, "energy_total_j"), "1476");
  EXPECT_EQ(cell(usual, "energy_total_lower_j"), "1044");
  EXPECT_EQ(cell(usual, "energy_total_basis"), "modelled");
  EXPECT_EQ(cell(usual, "hostname"), "node1");
  EXPECT_EQ(cell(usual, "exit_code"), "0");
  EXPECT_EQ(cell(usual, "command"), "python train.py --note 'it'\\''s fine'");
  const auto unknown = parse_csv(render_csv_header() + render_csv_row(partly_unknown_record()));
  EXPECT_EQ(cell(unknown, "energy_total_j"), "");
  EXPECT_EQ(cell(unknown, "energy_total_lower_j"), "432");
  EXPECT_EQ(cell(unknown, "exit_code"), "");
  EXPECT_EQ(cell(unknown, "exit_signal"), "9");
  expect_golden("runs.csv",
                render_csv_header() + render_csv_row(usual_record()) + render_csv_row(partly_unknown_record()));
}

// Any text of awkward characters in any field, any figure missing: the number of columns never changes, and what was
// written is read back.
TEST(Csv, RandomRecordsKeepTheirColumns) {
  Prng random(20261124);
  const std::string alphabet = "ab,\"\n\r\t=+-@;' \xc3\xa9\x1b";
  const auto text = [&] {
    std::string t;
    for (std::uint64_t n = random.next() % 12; n > 0; --n) t += alphabet[random.next() % alphabet.size()];
    return t;
  };
  const std::size_t columns = parse_csv(render_csv_header())[0].size();
  for (int i = 0; i < 500; ++i) {
    RunRecord r = random.next() % 2 == 0 ? usual_record() : partly_unknown_record();
    r.name = text();
    r.project = text();
    r.command = {text(), text()};
    r.intensity.source = text();
    r.not_counted = {text()};
    if (random.next() % 2 == 0) r.energy.others = Figure<Energy>::unknown(text());
    if (random.next() % 2 == 0) r.water = Figure<Water>::unknown(text());
    const auto rows = parse_csv(render_csv_header() + render_csv_row(r));
    ASSERT_EQ(rows.size(), 2u) << i;
    ASSERT_EQ(rows[1].size(), columns) << i;
    const std::string name = cell(rows, "name");
    const bool guarded = !r.name.empty() && std::string("=+-@\t\r").find(r.name[0]) != std::string::npos;
    ASSERT_EQ(name, guarded ? "'" + r.name : r.name) << i;
    ASSERT_TRUE(nlohmann::json::accept(render_json(r))) << i;
  }
}

TEST(Csv, TextIsNoFormulaAndNumbersStayNumbers) {
  const auto rows = parse_csv(render_csv_header() + render_csv_row(hostile_record()));
  EXPECT_EQ(cell(rows, "name"), "'" + hostile_record().name);
  EXPECT_EQ(cell(rows, "cost"), "-1.5");
  for (const std::string start : {"=", "+", "-", "@", "\t", "\r"}) {
    RunRecord r = usual_record();
    r.name = start + "1+1";
    EXPECT_EQ(cell(parse_csv(render_csv_header() + render_csv_row(r)), "name"), "'" + start + "1+1");
  }
}

}  // namespace
}  // namespace olivine
