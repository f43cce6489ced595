// The series store and the importers beside their floors: parse speed against memchr and memcpy over the same text, a year's
// answer against copying its points, bytes a point of usual numbers.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/prng.h"
#include "grid/import/import.h"
#include "grid/mixes/mix_file.h"
#include "grid/store/series_store.h"

namespace {

using namespace olivine;

constexpr std::int64_t kNs = 1'000'000'000;
constexpr std::int64_t kStart = 1'640'995'200;  // 2022-01-01T00:00Z

std::string iso(std::int64_t utc_s) { return format_utc({utc_s * kNs}).substr(0, 16) + "Z"; }

// A year of hours of `zones` zones: random walks with two decimals, as published ones are.
std::string wide_text(std::size_t zones) {
  Prng prng(1);
  std::vector<double> level(zones, 300.0);
  std::string text = "datetime_utc";
  for (std::size_t z = 0; z < zones; ++z) text += fmt::format(",AA-{}", z);
  for (std::int64_t h = 0; h < 8760; ++h) {
    text += "\n" + iso(kStart + h * 3600);
    for (double& v : level) text += fmt::format(",{:.2f}", v = std::abs(v + prng.between(-20.0, 20.0)));
  }
  return text + "\n";
}

const std::string& wide() {
  static const std::string text = wide_text(123);
  return text;
}

ImportOptions said() {
  ImportOptions options;
  options.signal = Signal::kAverage;
  options.boundary = Boundary::kLifecycle;
  options.unit = "g_per_kwh";
  return options;
}

StoredSeries year() {
  TextSource source(wide());
  ImportOptions options = said();
  options.zone = "AA-0";
  return import_intensities(source, options).value().series(0).value();
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void floor_memcpy(benchmark::State& state) {
  std::string copy(wide().size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), wide().data(), wide().size());
    benchmark::DoNotOptimize(copy.data());
  }
  set_bytes(state, wide().size());
}
BENCHMARK(floor_memcpy)->Unit(benchmark::kMillisecond);

// Finding every comma and line end is what any parser has to do.
void floor_memchr(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t fields = 0;
    const char* at = wide().data();
    const char* const end = at + wide().size();
    while (at != nullptr && at < end) {
      at = static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      ++at;
      ++fields;
    }
    benchmark::DoNotOptimize(fields);
  }
  set_bytes(state, wide().size());
}
BENCHMARK(floor_memchr)->Unit(benchmark::kMillisecond);

void import_wide_csv(benchmark::State& state) {
  for (auto _ : state) {
    TextSource source(wide());
    benchmark::DoNotOptimize(import_intensities(source, said())->size());
  }
  set_bytes(state, wide().size());
}
BENCHMARK(import_wide_csv)->Unit(benchmark::kMillisecond);

// Files of generation: the floor is finding every comma (of XML every tag) of the same text.
std::string mix_table() {
  std::string text = "time,zone,coal,gas,wind,exchange:Z1\n";
  for (std::int64_t h = 0; h < 2000; ++h)
    for (int z = 2; z < 52; ++z)
      text += fmt::format("{},Z{},{},{},{}.25,{}\n", iso(kStart + h * 3600), z, 900 + h % 97, 400 + z, h % 50, z - 20);
  return text;
}
std::string eia930_balance() {
  std::string text = "Balancing Authority,UTC Time at End of Hour";
  for (const char* fuel : {"Coal", "Natural Gas", "Nuclear", "Wind", "Solar", "Hydropower"})
    text += fmt::format(",Net Generation (MW) from {}", fuel);
  for (std::int64_t h = 0; h < 1400; ++h)
    for (int z = 0; z < 65; ++z)
      text += fmt::format("\nB{},01/{:02}/{} {}:00,{},{},300,{},0,{}", z, 1 + h / 24 % 28, 2020 + h / 672, h % 24,
                          900 + h % 97, 400 + z, h % 50, z + 20);
  return text + "\n";
}
std::string entsoe_generation() {
  std::string text = "<GL_MarketDocument><type>A75</type>";
  for (int kind = 1; kind <= 12; ++kind) {
    text += fmt::format(
        "<TimeSeries><inBiddingZone_Domain.mRID>10YBE----------2</"
        "inBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW"
        "</quantity_Measure_Unit.name><curveType>A01</curveType><MktPSRType><psrType>B{:02}</psrType></"
        "MktPSRType><Period>"
        "<timeInterval><start>2022-01-01T00:00Z</start><end>2022-07-02T00:00Z</end></timeInterval>"
        "<resolution>PT60M</resolution>",
        kind);
    for (int i = 1; i <= 182 * 24; ++i)
      text += fmt::format("<Point>\n<position>{}</position>\n<quantity>{}</quantity>\n</Point>\n", i, 100 + i % 900);
    text += "</Period></TimeSeries>";
  }
  return text + "</GL_MarketDocument>";
}

void read_mix(benchmark::State& state, const std::string& text, char mark) {
  std::size_t found = 0;
  for (auto _ : state) {
    auto file = read_mix_file(std::make_unique<TextSource>(text), "f", {});
    if (!file) state.SkipWithError(file.error().message.c_str());
    benchmark::DoNotOptimize(file->mixes.size());
  }
  set_bytes(state, text.size());
  for (const char c : text) found += c == mark ? 1U : 0U;
  state.counters["fields"] = static_cast<double>(found);
}
void find_marks(benchmark::State& state, const std::string& text, char mark) {
  for (auto _ : state) {
    std::size_t found = 0;
    for (const char* at = text.data();
         (at = static_cast<const char*>(
              std::memchr(at, mark, static_cast<std::size_t>(text.data() + text.size() - at)))) != nullptr;
         ++at)
      ++found;
    benchmark::DoNotOptimize(found);
  }
  set_bytes(state, text.size());
}
BENCHMARK_CAPTURE(read_mix, table, mix_table(), ',')->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_marks, table, mix_table(), ',')->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_mix, eia930, eia930_balance(), ',')->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_marks, eia930, eia930_balance(), ',')->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_mix, entsoe, entsoe_generation(), '<')->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find_marks, entsoe, entsoe_generation(), '<')->Unit(benchmark::kMillisecond);

void encode_year(benchmark::State& state) {
  const StoredSeries series = year();
  std::size_t bytes = 0;
  for (auto _ : state) bytes = encode_series(series, {0})->size();
  state.counters["bytes_per_point"] = static_cast<double>(bytes) / static_cast<double>(series.points.size());
}
BENCHMARK(encode_year)->Unit(benchmark::kMicrosecond);

void floor_copy_points(benchmark::State& state) {
  const std::string bytes = encode_series(year(), {0}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  const auto points = file.points({file.dataset().begin, file.dataset().end}).value();
  for (auto _ : state) {
    const std::vector<IntensityPoint> copy(points);
    benchmark::DoNotOptimize(copy.data());
  }
}
BENCHMARK(floor_copy_points)->Unit(benchmark::kMicrosecond);

void query_year(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "olivine-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) std::abort();
  RealFileSystem files;
  RealFileWriter writer;
  SeriesStore store = SeriesStore::open(files, folder).value();
  store.put(writer, encode_series(year(), {0}).value()).value();
  const IntensityQuery query{
      "AA-0", {{kStart * kNs}, {(kStart + 8760 * 3600) * kNs}}, Signal::kAverage, Boundary::kLifecycle};
  for (auto _ : state) benchmark::DoNotOptimize(store.points(query)->points.size());
  std::filesystem::remove_all(folder);
}
BENCHMARK(query_year)->Unit(benchmark::kMicrosecond);

void query_day(benchmark::State& state) {
  const std::string bytes = encode_series(year(), {0}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  const WallInterval day{{(kStart + 86'400 * 100) * kNs}, {(kStart + 86'400 * 101) * kNs}};
  for (auto _ : state) benchmark::DoNotOptimize(file.points(day)->size());
}
BENCHMARK(query_day)->Unit(benchmark::kMicrosecond);

}  // namespace
