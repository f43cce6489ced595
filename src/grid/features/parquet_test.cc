// Parquet through DuckDB where OLIVINE_DUCKDB names its library; else what is said without it.
#include "grid/features/parquet.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "grid/features/oracle_fixture.h"

namespace olivine::features {
namespace {

TEST(features_parquet, says_where_the_library_comes_from) {
  const auto duck = DuckDb::load("/nowhere/libduckdb.so");
  ASSERT_FALSE(duck);
  EXPECT_EQ(duck.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(duck.error().message.find("npm install @duckdb/node-bindings-linux-x64"), std::string::npos)
      << duck.error().message;
  const auto another = DuckDb::load("libm.so.6");
  ASSERT_FALSE(another);
  EXPECT_NE(another.error().message.find("does not have DuckDB's C API"), std::string::npos) << another.error().message;
  EXPECT_TRUE(is_parquet("a.parquet"));
  EXPECT_FALSE(is_parquet("a.csv"));
}

TEST(features_parquet, every_bit_comes_back) {
  const char* library = std::getenv("OLIVINE_DUCKDB");
  if (library == nullptr) GTEST_SKIP() << "OLIVINE_DUCKDB does not name DuckDB's library";
  auto duck = DuckDb::load(library);
  ASSERT_TRUE(duck) << duck.error().message;
  Prng random(3);
  Spine spine{{"A, west", "B"}, {}, {}};
  Frame frame{{"x", "y"}, {{}, {}}};
  for (int i = 0; i < 3000; ++i) {
    spine.entity.push_back(static_cast<std::uint32_t>(random.below(2)));
    spine.time_ns.push_back(static_cast<std::int64_t>(random.below(1'700'000'000'000'000)) * 1000);
    frame.columns[0].push_back(
        random.below(9) == 0 ? kNull : std::ldexp(random.between(-1, 1), static_cast<int>(random.below(400)) - 200));
    frame.columns[1].push_back(static_cast<double>(i));
  }
  const std::string csv = csv_from_frame(spine, frame, "zone");
  const std::string path =
      (std::filesystem::temp_directory_path() / ("olivine-it's-" + std::to_string(::getpid()) + ".parquet")).string();
  const Status written = parquet_from_csv(**duck, csv, path);
  ASSERT_TRUE(written) << written.error().message;
  FeatureView view = testing::full_view();
  view.event_time = view.ingest_time = "time";
  const auto back = csv_from_parquet(**duck, path, {"zone", "time"}, {"x", "y"});
  std::filesystem::remove(path);
  ASSERT_TRUE(back) << back.error().message;
  const Rows before = rows_from_csv(csv, "before", view).value(), after = rows_from_csv(*back, "after", view).value();
  EXPECT_EQ(after.size(), 3000U);
  EXPECT_EQ(hash_of(before), hash_of(after));
  EXPECT_FALSE(csv_from_parquet(**duck, "/nowhere.parquet", {"zone"}, {}));
}

}  // namespace
}  // namespace olivine::features
