#include "grid/store/series_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace olivine {
namespace {

constexpr std::int64_t kNs = 1'000'000'000;
constexpr std::int64_t kStart = 1'577'836'800;  // 2020-01-01T00:00Z

class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "olivine-store-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string store() const { return path_ + "/share/olivine/grid"; }

 private:
  std::string path_;
};

std::string encoded(const std::string& zone, double value, std::int64_t at_ns, std::int64_t begin_s = kStart,
                    const std::string& accounting = "production") {
  StoredSeries series;
  series.about.zone = zone;
  series.about.accounting = accounting;
  series.about.source = "test " + accounting;
  for (std::int64_t h = 0; h < 48; ++h) series.points.push_back({begin_s + h * 3600, 3600, false, value});
  return encode_series(series, {at_ns}).value();
}

IntensityQuery day_of(const std::string& zone, std::int64_t begin_s = kStart) {
  return {zone, {{begin_s * kNs}, {(begin_s + 86'400) * kNs}}, Signal::kAverage, Boundary::kLifecycle};
}

TEST(SeriesStore, AnEmptyStoreSaysHowToFillIt) {
  const Folder folder;
  RealFileSystem files;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  EXPECT_TRUE(store.datasets().empty());
  const auto answer = store.points(day_of("FR"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(answer.error().message.find("olivine grid import"), std::string::npos);
}

TEST(SeriesStore, TheNewestImportAnswersUnlessOneIsNamed) {
  const Folder folder;
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  const Dataset old = store.put(writer, encoded("FR", 50.0, 10)).value();
  const Dataset fresh = store.put(writer, encoded("FR", 60.0, 20, kStart, "consumption")).value();
  for (int again = 0; again < 2; ++again) {
    const IntensitySeries now = store.points(day_of("FR")).value();
    EXPECT_EQ(now.dataset, fresh.hash);
    EXPECT_EQ(now.points.size(), 24U);
    EXPECT_EQ(now.points[0].g_per_kwh, 60.0);
    EXPECT_EQ(now.accounting, "consumption");
    ASSERT_EQ(now.notes.size(), 1U);
    EXPECT_NE(now.notes[0].find(old.hash.substr(0, 12)), std::string::npos);
    const IntensitySeries replay = store.points_of(old.hash, day_of("FR")).value();
    EXPECT_EQ(replay.points[0].g_per_kwh, 50.0);
    EXPECT_EQ(replay.dataset, old.hash);
    store = SeriesStore::open(files, folder.store()).value();  // from the disk
    EXPECT_EQ(store.datasets().size(), 2U);
  }
  // The same content again becomes the newest.
  EXPECT_EQ(store.import_time({5}), WallTime{21});
  store.put(writer, encoded("FR", 50.0, store.import_time({5}).ns)).value();
  EXPECT_EQ(store.datasets().size(), 2U);
  EXPECT_EQ(store.points(day_of("FR"))->dataset, old.hash);
}

TEST(SeriesStore, AYearlyFileAnswersForItsOwnYear) {
  const Folder folder;
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  const std::int64_t later = kStart + 366 * 86'400;
  store.put(writer, encoded("ES", 1.0, 10, kStart)).value();
  store.put(writer, encoded("ES", 2.0, 20, later)).value();
  EXPECT_EQ(store.points(day_of("ES", kStart))->points[0].g_per_kwh, 1.0);
  EXPECT_EQ(store.points(day_of("ES", later))->points[0].g_per_kwh, 2.0);
  const auto between = store.points(day_of("ES", kStart + 100 * 86'400));
  ASSERT_FALSE(between);
  EXPECT_NE(between.error().message.find("held is 2021-01-01T00:00 to"), std::string::npos) << between.error().message;
}

TEST(SeriesStore, NeverAnswersForAnotherZoneSignalOrBoundary) {
  const Folder folder;
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  const Dataset set = store.put(writer, encoded("FR", 50.0, 10)).value();
  IntensityQuery marginal = day_of("FR"), direct = day_of("FR");
  marginal.signal = Signal::kMarginal;
  direct.boundary = Boundary::kDirect;
  for (const IntensityQuery& q : {day_of("DE"), marginal, direct}) {
    EXPECT_EQ(store.points(q).error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(store.points_of(set.hash, q).error().kind, ErrorKind::kInvalid);
  }
}

TEST(SeriesStore, RemovesByTheFirstDigits) {
  const Folder folder;
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  const Dataset set = store.put(writer, encoded("FR", 50.0, 10)).value();
  EXPECT_TRUE(store.points(day_of("FR")));
  EXPECT_EQ(store.remove(writer, "abc").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(store.remove(writer, set.hash.substr(0, 8)));
  EXPECT_FALSE(store.points(day_of("FR")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.store()));
}

TEST(SeriesStore, ADamagedOrHalfWrittenFileIsATroubleAndTheOthersServe) {
  const Folder folder;
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder.store()).value();
  store.put(writer, encoded("FR", 50.0, 10)).value();
  std::ofstream(folder.store() + "/DE.average.direct.unknown.00.series") << "OLVGRID1 and nothing more";
  std::ofstream(folder.store() + "/empty.series");
  std::ofstream(folder.store() + "/DE.series.part-123") << "killed while writing";
  store = SeriesStore::open(files, folder.store()).value();
  EXPECT_EQ(store.datasets().size(), 1U);
  EXPECT_EQ(store.troubles().size(), 2U);
  EXPECT_TRUE(store.points(day_of("FR")));
}

TEST(FileWriter, AFailedReplaceLeavesTheOldFile) {
  const Folder folder;
  RealFileWriter writer;
  const std::string path = folder.store() + "/a";
  ASSERT_TRUE(writer.replace(path, "old"));
  ASSERT_TRUE(writer.replace(path, "new"));
  RealFileSystem files;
  EXPECT_EQ(read_text(files, path).value(), "new");
  EXPECT_EQ(files.list(folder.store())->size(), 1U);
  EXPECT_FALSE(writer.replace(path + "/below", "x"));  // a file is no folder
  EXPECT_EQ(read_text(files, path).value(), "new");
  EXPECT_EQ(writer.remove(path + "-none").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace olivine
