#include "grid/signals/mix_csv.h"

#include <gtest/gtest.h>

#include <cmath>

#include "grid/import/byte_source.h"
#include "grid/mixes/mix_file.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

constexpr std::int64_t kJan2022Ns = 1'640'995'200'000'000'000;

Result<GenerationMix> parse_mix_csv(std::string_view file, std::string_view text, const MixCsvOptions& options = {}) {
  auto mixes = parse_mix_table(file, text, options);
  return mixes ? only_mix(file, std::move(*mixes)) : tl::unexpected<Error>(mixes.error());
}

TEST(UtcTime, ReadsTheCommonForms) {
  const struct {
    std::string_view text;
    std::int64_t seconds;
    bool stated;
  } rows[] = {
      {"2022-01-01 00:00:00+00:00", 0, true},  {"2022-01-01T00:00Z", 0, true},
      {"2022-01-01 00:00", 0, false},          {"2022-01-01T01:30:00+01:00", 1800, true},
      {"2022-01-01T00:00:00.000Z", 0, true},   {"2021-12-31T19:00-0500", 0, true},
      {"2022-03-01T00:00Z", 59 * 86400, true},
  };
  for (const auto& row : rows) {
    const auto time = parse_utc_time(row.text);
    ASSERT_TRUE(time) << row.text;
    EXPECT_EQ(time->time.ns, kJan2022Ns + row.seconds * 1'000'000'000) << row.text;
    EXPECT_EQ(time->offset_stated, row.stated) << row.text;
  }
  for (const std::string_view text :
       {"", "2022", "2022-02-30T00:00Z", "2022-01-01", "2022-01-01T24:00Z", "2022-01-01T00:60Z", "2022-01-01T00:00:61Z",
        "2022-01-01T00:00 CET", "01/02/2022 00:00", "2022-01-01T00:00+99:00", "2022-01-01T00:00:00.5Z",
        "0000-01-01T00:00Z", "NaN"})
    EXPECT_FALSE(parse_utc_time(text)) << text;
}

TEST(MixCsv, ReadsFuelsExchangesAndMissing) {
  const auto mix = parse_mix_csv("m.csv",
                                 "\xef\xbb\xbftimestamp,COL,Natural Gas,\"wind onshore\",avg_CI,exchange:FR,PEAT\r\n"
                                 "# a remark\r\n"
                                 "2022-01-01 00:00:00+00:00,100,NaN,3.5,400,-20,1\r\n"
                                 "\r\n"
                                 "2022-01-01 01:00:00+00:00,,0,null,,5,2\r\n",
                                 {"DE", {"peat"}});
  ASSERT_TRUE(mix) << mix.error().message;
  ASSERT_EQ(mix->rows(), 2U);
  EXPECT_EQ(mix->zone, "DE");
  EXPECT_EQ(mix->step, hours(1));
  ASSERT_EQ(mix->fuels.size(), 4U);
  EXPECT_EQ(mix->fuels[1].fuel, Fuel::kGas);
  EXPECT_EQ(mix->fuels[2].fuel, Fuel::kWind);
  EXPECT_EQ(mix->fuels[3].name, "PEAT");
  EXPECT_FALSE(mix->fuels[3].known_fuel);
  EXPECT_EQ(mix->fuels[0].mw[0], 100.0);
  EXPECT_TRUE(std::isnan(mix->fuels[0].mw[1]));  // not 0
  EXPECT_TRUE(std::isnan(mix->fuels[1].mw[0]));
  EXPECT_EQ(mix->fuels[1].mw[1], 0.0);
  EXPECT_TRUE(std::isnan(mix->fuels[2].mw[1]));
  ASSERT_EQ(mix->exchanges.size(), 1U);
  EXPECT_EQ(mix->exchanges[0].neighbour, "FR");
  EXPECT_EQ(mix->exchanges[0].mw[0], -20.0);
  ASSERT_EQ(mix->notes.size(), 1U);
  EXPECT_NE(mix->notes[0].find("avg_CI"), std::string::npos);
}

TEST(MixCsv, TimesWithoutOffsetAreUtcAndSaid) {
  const auto mix = parse_mix_csv(
      "m.csv", "time,NG\n2022-01-01 00:00,1\n2022-01-01 00:15,1\n2022-01-01 00:30,1\n2022-01-01 02:00,1\n");
  ASSERT_TRUE(mix);
  EXPECT_EQ(mix->step, seconds(900));
  EXPECT_EQ(mix->begin[0].ns, kJan2022Ns);
  EXPECT_EQ(mix->notes, std::vector<std::string>{"times without an offset are read as UTC"});
}

TEST(MixCsv, WrongInputNamesFileLineValueAndFix) {
  const std::string head = "time,COL,NG\n2022-01-01T00:00Z,1,2\n";
  const struct {
    std::string text;
    std::vector<std::string> words;
  } rows[] = {
      {"", {"m.csv", "empty"}},
      {"<html><body>moved</body></html>\n", {"m.csv, line 1", "names no fuel", "time,COL"}},
      {"time;COL;NG\n", {"line 1", "';'", "','"}},
      {"time,foo\n", {"line 1", "names no fuel"}},
      {"time,COL,col\n", {"line 1", "'col' occurs twice"}},
      {head, {"m.csv", "1 rows"}},
      {head + "2022-01-01T01:00Z,1\n", {"line 3", "2 fields", "3"}},
      {head + "2022-01-01T01:00Z,1,2,3\n", {"line 3", "4 fields"}},
      {head + "2022-01-01T01:00Z,1,twelve\n", {"line 3", "'twelve'", "NG", "leave it empty"}},
      {head + "2022-01-01T01:00Z,1,1e999\n", {"line 3", "'1e999'"}},
      {head + "2022-01-01T01:00Z,1,1e10\n", {"line 3", "'1e10'", "beyond"}},
      {head + "2022-01-01T01:00Z,1,inf\n", {"line 3", "'inf'"}},
      {head + "yesterday,1,2\n", {"line 3", "'yesterday'", "2022-01-31T13:00Z"}},
      {head + "2022-01-01T00:00Z,1,2\n", {"line 3", "not after"}},
      {head + "2021-12-31T23:00Z,1,2\n", {"line 3", "not after", "sort"}},
      {head + "2022-01-01T01:00Z,1,2\n2022-01-01T02:00Z,1,2\n2022-01-01T02:30Z,1,2\n", {"line 5", "sooner"}},
      {head + "2022-01-01T01:00Z,1,\x1b[31m\n", {"line 3", "'?[31m'"}},
      {"time" + std::string(2000, ','), {"line 1", "1000 columns"}},
  };
  for (const auto& row : rows) {
    const auto mix = parse_mix_csv("m.csv", row.text);
    ASSERT_FALSE(mix) << row.text;
    EXPECT_EQ(mix.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(mix.error().message.find('\n'), std::string::npos);
    for (const std::string& word : row.words)
      EXPECT_NE(mix.error().message.find(word), std::string::npos) << word << " in: " << mix.error().message;
  }
}

TEST(MixCsv, TooMuchIsRefused) {
  std::string text = "time,COL,NG\n";
  text.resize((24U << 20U) + 1, '\n');
  ASSERT_FALSE(parse_mix_csv("m.csv", text));
}

// "time,COL,NG\n2022-01-01T00:00Z,1,2\n2022-01-01T01:00Z,3,4\n" by Python's gzip.
const std::string kGzip(
    "\037\213\010\000\000\000\000\000\002\003\053\311\314\115\325\161\366\367\321\361"
    "\163\347\062\062\060\062\322\065\060\004\242\020\003\003\053\003\203\050\035\103"
    "\035\043\024\121\103\260\250\261\216\011\027\000\241\021\374\137\070\000\000\000",
    60);

TEST(MixCsv, ReadsGzip) {
  MemoryFileSystem files;
  files.write("/m.csv.gz", kGzip);
  const auto mix = read_one_mix(files, "/m.csv.gz", {});
  ASSERT_TRUE(mix) << mix.error().message;
  EXPECT_EQ(mix->fuels[1].mw[1], 4.0);
  files.write("/two.gz", kGzip + kGzip);  // members follow each other: the second header is a bad row
  const auto two = read_one_mix(files, "/two.gz", {});
  ASSERT_FALSE(two);
  EXPECT_NE(two.error().message.find("line 4"), std::string::npos) << two.error().message;
  EXPECT_FALSE(read_one_mix(files, "/none.csv", {}));
}

TEST(ReadInput, CutDamagedAndTooLargeAreErrors) {
  MemoryFileSystem files;
  const auto read = [&](const std::string& bytes, std::size_t most) {
    files.write("/f", bytes);
    return read_input(files, "/f", most);
  };
  for (std::size_t cut = 2; cut < kGzip.size(); ++cut) {
    const auto text = read(kGzip.substr(0, cut), 1000);
    ASSERT_FALSE(text) << cut;
    EXPECT_EQ(text.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(text.error().message.find("/f"), std::string::npos) << text.error().message;
  }
  std::string damaged = kGzip;
  damaged[20] = static_cast<char>(damaged[20] ^ 0x55);
  EXPECT_FALSE(read(damaged, 1000));
  EXPECT_EQ(read("plain", 1000).value(), "plain");
  EXPECT_FALSE(read(kGzip, 50));
  EXPECT_EQ(read(kGzip, 1000).value().size(), 56U);
  EXPECT_EQ(read(kGzip + kGzip, 1000).value().size(), 112U);
  EXPECT_FALSE(read(kGzip + "rest", 1000));
}

TEST(MixCsv, RowsOfManyZones) {
  const std::string_view text =
      "time,zone,hydro,coal,exchange:A,exchange:B\n"
      "2026-01-01T00:00Z,A,100,,,-50\n2026-01-01T00:00Z,B,,50,50,\n"
      "2026-01-01T01:00Z,B,,60,40,\n2026-01-01T01:00Z,A,90,,,-40\n";
  const auto mixes = parse_mix_table("m.csv", text);
  ASSERT_TRUE(mixes) << mixes.error().message;
  ASSERT_EQ(mixes->size(), 2U);
  const GenerationMix& a = mixes->front();
  EXPECT_EQ(a.zone, "A");
  ASSERT_EQ(a.fuels.size(), 1U);  // coal is never given: A has none
  EXPECT_EQ(a.fuels[0].mw, (std::vector<double>{100, 90}));
  ASSERT_EQ(a.exchanges.size(), 1U);
  EXPECT_EQ(a.exchanges[0].neighbour, "B");
  EXPECT_EQ(a.exchanges[0].mw, (std::vector<double>{-50, -40}));
  const auto one = parse_mix_csv("m.csv", text, {"B", {}, true});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->fuels[0].name, "coal");
  for (const MixCsvOptions& options : {MixCsvOptions{}, MixCsvOptions{"C", {}, true}})
    EXPECT_EQ(parse_mix_csv("m.csv", text, options).error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(parse_mix_table("m.csv", "time,zone,coal\n2026-01-01T00:00Z,a/b,1\n2026-01-01T01:00Z,a/b,1\n"));
}

}  // namespace
}  // namespace olivine
