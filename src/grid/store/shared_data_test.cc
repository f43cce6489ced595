// The handed data through importer and store: counts, gaps, means, digits, size and time. Skips without ../shared/data.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/text.h"
#include "grid/import/import.h"
#include "grid/import/line_reader.h"
#include "grid/store/series_store.h"

namespace olivine {
namespace {

std::string shared_data() {
  const char* set = std::getenv("OLIVINE_SHARED_DATA");
  return set != nullptr ? set : std::string(OLIVINE_SOURCE_DIR) + "/../shared/data";
}

#define NEEDS(path)                                       \
  const std::string path_ = shared_data() + "/" + (path); \
  if (!std::filesystem::exists(path_)) GTEST_SKIP() << path_ << " is not on this machine"

Imported import_file(const std::string& path, const ImportOptions& options) {
  RealFileSystem files;
  auto source = open_input(files, path);
  EXPECT_TRUE(source);
  auto imported = import_intensities(**source, options);
  EXPECT_TRUE(imported) << imported.error().message;
  return *std::move(imported);
}

ImportOptions average_lifecycle(std::optional<std::string> zone = std::nullopt) {
  ImportOptions options;
  options.zone = std::move(zone);
  options.signal = Signal::kAverage;
  options.boundary = Boundary::kLifecycle;
  options.unit = "g_per_kwh";
  return options;
}

// The file's own text, cell by cell, read in another way: column name -> numbers as written.
std::map<std::string, std::vector<std::string>> columns_of(const std::string& path) {
  RealFileSystem files;
  auto source = open_input(files, path).value();
  LineReader lines(*source);
  std::map<std::string, std::vector<std::string>> columns;
  std::vector<std::string> names;
  std::string_view line;
  while (lines.next(line).value()) {
    const auto fields = split(line, ',');
    if (names.empty()) {
      for (const auto field : fields) names.emplace_back(field);
      continue;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) columns[names[i]].emplace_back(fields[i]);
  }
  return columns;
}

// Through the file format and back: every number prints as in the source ("274.0" and "274" are one number).
void expect_digits(const StoredSeries& series, const std::vector<std::string>& texts,
                   double* bytes_per_point = nullptr) {
  const std::string bytes = encode_series(series, {0}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  const auto back = file.stored().value();
  ASSERT_EQ(back.size(), texts.size());
  double sum = 0.0, expected = 0.0;
  for (std::size_t i = 0; i < back.size(); ++i) {
    ASSERT_EQ(back[i].value, parse_double(texts[i]).value()) << series.about.zone << " " << i;
    sum += back[i].value;
    expected += parse_double(texts[i]).value();
  }
  EXPECT_EQ(sum / static_cast<double>(back.size()), expected / static_cast<double>(texts.size()));
  if (bytes_per_point != nullptr)
    *bytes_per_point = static_cast<double>(bytes.size()) / static_cast<double>(back.size());
}

TEST(SharedData, The123ZonesOfElectricityMaps) {
  NEEDS("grid/emaps_2022_123zones_gco2_per_kwh.csv.gz");
  const Imported all = import_file(path_, average_lifecycle());
  EXPECT_EQ(all.format(), "wide");
  ASSERT_EQ(all.size(), 123U);
  const auto texts = columns_of(path_);
  double total = 0.0, worst = 0.0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const StoredSeries series = all.series(i).value();
    ASSERT_EQ(series.points.size(), 8760U) << series.about.zone;
    EXPECT_EQ(series.points.front().begin_s, 1'640'995'200);  // 2022-01-01T00:00Z
    EXPECT_EQ(series.points.back().begin_s + series.points.back().length_s, 1'672'531'200);
    double bytes_per_point = 0.0;
    expect_digits(series, texts.at(series.about.zone), &bytes_per_point);
    EXPECT_LE(bytes_per_point, 2.0) << series.about.zone;
    total += bytes_per_point / 123.0;
    worst = std::max(worst, bytes_per_point);
  }
  RecordProperty("bytes_per_point_mean", shortest(total));
  RecordProperty("bytes_per_point_worst", shortest(worst));
  std::printf("123 zones: %.3f bytes a point on average, %.3f at worst\n", total, worst);
}

TEST(SharedData, Eia930OfSixBalancingAuthorities) {
  NEEDS("grid/eia930_6ba_2019_2022.csv.gz");
  ImportOptions options;
  options.unit = "g_per_kwh";
  const Imported all = import_file(path_, options);
  EXPECT_EQ(all.format(), "eia930");
  ASSERT_EQ(all.size(), 12U);
  const auto texts = columns_of(path_);
  const std::map<std::string, std::string> names{{"US-CAL-CISO", "CISO"},  {"US-SW-EPE", "EPE"},
                                                 {"US-TEX-ERCO", "ERCO"},  {"US-NE-ISNE", "ISNE"},
                                                 {"US-MIDW-MISO", "MISO"}, {"US-MIDA-PJM", "PJM"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const StoredSeries series = all.series(i).value();
    EXPECT_EQ(series.points.size(), 35'136U);
    double bytes_per_point = 0.0;
    expect_digits(series, texts.at(names.at(series.about.zone) + "_" + std::string(name_of(series.about.boundary))),
                  &bytes_per_point);
    EXPECT_LE(bytes_per_point, 2.0) << series.about.zone;
  }
}

TEST(SharedData, AvertOfTwoYears) {
  NEEDS("grid/avert_2023_marginal_gco2_per_kwh.csv.gz");
  ImportOptions options;
  options.unit = "g_per_kwh";
  options.year = 2023;
  const Imported grams = import_file(path_, options);
  const auto texts = columns_of(path_);
  ASSERT_EQ(grams.size(), 17U);
  std::size_t not_positive = 0;
  for (std::size_t i = 0; i < grams.size(); ++i) {
    const StoredSeries series = grams.series(i).value();
    ASSERT_EQ(series.points.size(), 8760U);
    double bytes_per_point = 0.0;
    expect_digits(series, texts.at(series.about.zone.substr(6)), &bytes_per_point);
    EXPECT_LE(bytes_per_point, 2.0) << series.about.zone;
    for (const StoredPoint& p : series.points) not_positive += p.value <= 0.0 ? 1 : 0;
  }
  EXPECT_EQ(not_positive, 856U);  // as the data's README counts
  options.unit = "lb_per_kwh";
  options.year = 2022;
  const Imported pounds = import_file(shared_data() + "/grid/avert_2022_marginal_lb_per_kwh.csv.gz", options);
  ASSERT_EQ(pounds.size(), 17U);
  const std::string bytes = encode_series(pounds.series(0).value(), {0}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  EXPECT_LE(static_cast<double>(bytes.size()) / 8760.0, 2.0);
  const auto first = file.points({file.dataset().begin, {file.dataset().begin.ns + 1}}).value();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_DOUBLE_EQ(first[0].g_per_kwh, 0.954 * 453.59237);
  EXPECT_EQ(format_utc(first[0].begin), "2022-01-01T08:00:00.000Z");  // midnight in California
}

TEST(SharedData, BritainAndGermanyOf2020) {
  NEEDS("grid/lets-wait-awhile/ger_ci.csv.gz");
  const Imported german = import_file(path_, average_lifecycle("DE"));
  EXPECT_EQ(german.format(), "lets-wait-awhile");
  const StoredSeries de = german.series(0).value();
  expect_digits(de, columns_of(path_).at("Carbon Intensity"));
  const std::string german_bytes = encode_series(de, {0}).value();
  const Dataset set = SeriesFile::open(german_bytes).value().dataset();
  EXPECT_EQ(set.points, 37'147U);
  EXPECT_EQ(set.missing, 2U);
  EXPECT_EQ(set.steps_s, std::vector<std::int64_t>{900});
  const std::string path = shared_data() + "/grid/lets-wait-awhile/gb_ci.csv.gz";
  const StoredSeries gb = import_file(path, average_lifecycle("GB")).series(0).value();
  expect_digits(gb, columns_of(path).at("Carbon Intensity"));
  EXPECT_EQ(gb.points.size(), 21'980U);
  // Half hours until 30 October, quarters of an hour after that: both are kept as they are.
  const std::string british_bytes = encode_series(gb, {0}).value();
  EXPECT_EQ(SeriesFile::open(british_bytes).value().dataset().steps_s, (std::vector<std::int64_t>{1800, 900}));
  std::printf("full-precision numbers: %.2f bytes a point\n",
              static_cast<double>(set.file_bytes) / static_cast<double>(set.points));
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

TEST(SharedData, AYearIsAnsweredWithinTwoMilliseconds) {
  NEEDS("grid/emaps_2022_123zones_gco2_per_kwh.csv.gz");
  std::string folder = (std::filesystem::temp_directory_path() / "olivine-year-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder).value();
  const StoredSeries series = import_file(path_, average_lifecycle("US-CAL-CISO")).series(0).value();
  const std::string bytes = encode_series(series, {1}).value();
  ASSERT_TRUE(store.put(writer, bytes));
  const IntensityQuery year{"US-CAL-CISO",
                            {{1'640'995'200'000'000'000}, {1'672'531'200'000'000'000}},
                            Signal::kAverage,
                            Boundary::kLifecycle};
  const double before = cpu_seconds();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(store.points(year)->points.size(), 8760U);
  const double each_ms = cpu_seconds() - before;  // s a thousand = ms each
  std::printf("a year's range query: %.3f ms of CPU time\n", each_ms);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  EXPECT_LE(each_ms, 20.0);  // the sanitizers' own work
#else
  EXPECT_LE(each_ms, 2.0);
#endif
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace olivine
