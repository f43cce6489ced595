#include "provenance/table.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace olivine {
namespace {

CsvTable parsed(std::string_view csv) {
  Result<CsvTable> table = CsvTable::parse("t", csv);
  EXPECT_TRUE(table) << (table ? "" : table.error().message);
  return table ? *std::move(table) : *CsvTable::parse("t", "empty\n");
}

TEST(CsvTable, ReadsCommentsHeaderAndRows) {
  const CsvTable table =
      parsed("# source: a, b \"c\nzone,name,g_per_kwh\nFR,France,56\n# between\n\nDE,Germany,381.5\r\n");
  EXPECT_EQ(table.name(), "t");
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"zone", "name", "g_per_kwh"}));
  EXPECT_EQ(table.column("g_per_kwh").value(), 2U);
  EXPECT_EQ(table.cell(0, 1), "France");
  EXPECT_EQ(table.cell(1, "zone"), "DE");
  EXPECT_DOUBLE_EQ(table.number(1, "g_per_kwh").value(), 381.5);
}

TEST(CsvTable, ReadsQuotedFields) {
  const CsvTable table = parsed("a,b,c\n\"x, y\",\"say \"\"hi\"\"\",\"two\nlines\"\nplain,,\"\"\n");
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.cell(0, 0), "x, y");
  EXPECT_EQ(table.cell(0, 1), "say \"hi\"");
  EXPECT_EQ(table.cell(0, 2), "two\nlines");
  EXPECT_EQ(table.cell(1, 1), "");
  EXPECT_EQ(table.cell(1, 2), "");
}

TEST(CsvTable, UnknownIsNotZero) {
  const CsvTable table = parsed("a,b\n,x\n7\n");
  EXPECT_EQ(table.maybe_number(0, "a"), std::nullopt);
  EXPECT_EQ(table.maybe_number(0, "b"), std::nullopt);
  EXPECT_EQ(table.maybe_number(0, "none"), std::nullopt);
  EXPECT_EQ(table.maybe_number(1, "a"), 7.0);
  EXPECT_EQ(table.cell(1, "b"), "") << "a short row";
  EXPECT_EQ(table.cell(99, 0), "");
  EXPECT_EQ(table.cell(0, 99), "");
  EXPECT_EQ(table.number(0, "b").error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(table.number(0, "b").error().message, "table t, row 1, column b: \"x\" is no number");
  EXPECT_EQ(table.number(0, "none").error().kind, ErrorKind::kNotFound);
}

// A user's file: nothing is lost in silence.
TEST(CsvTable, AUsersFile) {
  const auto table =
      CsvTable::parse_file("f.csv", "\xef\xbb\xbf# one\n\n# two\nname,n\n#12,1\r\n\n\"b\nc\",2,,\n  d\n");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns(), (std::vector<std::string>{"name", "n"}));
  ASSERT_EQ(table->rows(), 3U);
  EXPECT_EQ(table->cell(0, "name"), "#12");
  EXPECT_EQ(table->cell(2, "n"), "");
  EXPECT_EQ(table->header_line(), 4U);
  EXPECT_EQ(table->line_of(0), 5U);
  EXPECT_EQ(table->line_of(1), 7U);
  EXPECT_EQ(table->line_of(2), 9U);
  EXPECT_EQ(parsed("\xef\xbb\xbf# c\na\n1\n# c\n").rows(), 1U) << "a table of ours has its comments anywhere";
  using namespace std::string_view_literals;
  for (const auto& [text, said] :
       {std::pair{"a,b\n1,2\n1,2,x\n"sv,
                  "f.csv, line 3: 3 cells, but the header names 2 columns; is a comma within a cell? "
                  "put it in quotes"sv},
        {"a,b\n# note\n1,2\n"sv,
         "f.csv, line 2: a comment below the header is not told from a row; move it above the "
         "header, or take it out"sv},
        {"a,b\n1,\0\n"sv, "f.csv, line 2: holds a NUL byte: this is no text (UTF-16? save it as UTF-8)"sv},
        {"a,a\n"sv, "f.csv: two columns are named a"sv},
        {"a\n\"x\n"sv, "f.csv: the quote in line 2 is never closed"sv},
        {""sv, "f.csv: no line names the columns"sv}}) {
    const auto refused = CsvTable::parse_file("f.csv", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(refused.error().message, said);
  }
}

TEST(CsvTable, RefusesWhatIsNoTable) {
  for (const char* text : {"", "# only comments\n", "\n\n", "a,,c\n1,2,3\n", "a,a\n1,2\n", "a,b\n1,\"open\n2,3\n"}) {
    const Result<CsvTable> table = CsvTable::parse("t", text);
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().kind, ErrorKind::kCorrupt);
    EXPECT_NE(table.error().message.find("table t"), std::string::npos);
  }
  EXPECT_NE(CsvTable::parse("t", "a\n1\n\"x\n").error().message.find("line 3"), std::string::npos);
}

// Every key of the largest built-in table, and keys that are not there, as a parse of the whole finds them.
TEST(CsvTable, OneRowOfASortedTableIsTheOneOfTheWhole) {
  const Result<const CsvTable*> parsed = fact_table("cpus");
  ASSERT_TRUE(parsed);
  const CsvTable* whole = *parsed;
  for (std::size_t row = 0; row < whole->rows(); ++row) {
    const std::string key(whole->cell(row, 0));
    const Result<CsvTable> one = fact_table_row("cpus", key);
    ASSERT_TRUE(one);
    ASSERT_EQ(one->rows(), 1U) << key;
    ASSERT_EQ(one->cell(0, "tdp_w"), whole->cell(row, "tdp_w")) << key;
    ASSERT_EQ(fact_table_row("cpus", key + "~")->rows(), 0U) << key;
  }
  for (const char* text : {"", "key", "key\n", "# c\nkey,x\n", "# only a comment"})
    for (const char* key : {"", "a", "zz"}) {
      const Result<CsvTable> one = CsvTable::parse_row("t", text, key);
      EXPECT_TRUE(!one || one->rows() == 0) << text << "|" << key;
    }
  EXPECT_EQ(CsvTable::parse_row("t", "key,x\na,1", "a")->cell(0, "x"), "1");
  // A key of several rows: all of them, in order.
  for (const char* text :
       {"key,x\nb,1\nb,2\nb,3", "key,x\na,0\nb,1\nb,2\nb,3\nc,4\n", "# c\nkey,x\na,0\na,0\nb,1\nb,2\nb,3\n"}) {
    const Result<CsvTable> rows = CsvTable::parse_row("t", text, "b");
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->rows(), 3U) << text;
    for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(rows->cell(row, "x"), std::to_string(row + 1)) << text;
  }
  const Result<const CsvTable*> profiles = fact_table("profiles_average");
  ASSERT_TRUE(profiles);
  EXPECT_EQ(fact_table_row("profiles_average", "FR")->rows(), 12U);
  EXPECT_EQ((*profiles)->only("FR").rows(), 12U);
  EXPECT_EQ((*profiles)->only("FR").cell(3, "month"), fact_table_row("profiles_average", "FR")->cell(3, "month"));
}

TEST(CsvTable, SurvivesAnyBytes) {
  Prng random(7);
  const std::string letters = "a,\"\n#\r1.\0\xff";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto length = random.next() % 60;
    for (std::uint64_t i = 0; i < length; ++i) text += letters[random.next() % letters.size()];
    const Result<CsvTable> table = CsvTable::parse("t", text);
    if (!table) continue;
    for (std::size_t row = 0; row < table->rows(); ++row) {
      for (std::size_t column = 0; column < table->columns().size(); ++column) (void)table->cell(row, column).size();
    }
  }
}

TEST(FactTable, GivesTheBuiltInTables) {
  for (const char* name : {"zones", "defaults", "cpus", "gpus", "cpu_model", "cloud_regions"}) {
    const Result<const CsvTable*> table = fact_table(name);
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_GT((*table)->rows(), 10U);
    EXPECT_EQ(*fact_table(name), *table) << "parsed once";
  }
  EXPECT_EQ(fact_table("nothing").error().kind, ErrorKind::kNotFound);
}

TEST(FactRow, NamesFileKeyAndSource) {
  const CsvTable table = parsed("zone,year,source,licence\nFR,2023,Ember,CC BY 4.0\nDE,2024,report 2024,\n");
  EXPECT_EQ(table.fact(0, "zone").text(), "data/t.csv, FR, 2023, Ember, CC BY 4.0");
  EXPECT_EQ(table.fact(1, "zone").text(), "data/t.csv, DE, report 2024") << "the year stands in the source already";
  EXPECT_EQ((FactRow{"data/t.csv", "", ""}).text(), "data/t.csv");
}

}  // namespace
}  // namespace olivine
