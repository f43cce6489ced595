// One point-in-time join over arrays in a folder, for comparison with other programs on the same bytes.
//   features_join FOLDER TIMES
// FOLDER has entity.u32 event.i64 ingest.i64 value.f64 (rows) and q_entity.u32 q_time.i64 (questions), as they lie in memory.
// Prints JSON: least CPU seconds of sorting and joining; writes answer.f64.
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "grid/features/compute.h"

namespace {

using namespace olivine::features;

template <class T>
std::vector<T> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<T> values(static_cast<std::size_t>(in.tellg()) / sizeof(T));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!in) std::exit(2);
  return values;
}

double cpu_s() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string folder = argv[1];
  Rows source;
  source.entity = read<std::uint32_t>(folder + "/entity.u32");
  source.event_ns = read<std::int64_t>(folder + "/event.i64");
  source.ingest_ns = read<std::int64_t>(folder + "/ingest.i64");
  source.columns = {"x"};
  source.values = {read<double>(folder + "/value.f64")};
  Spine spine;
  spine.entity = read<std::uint32_t>(folder + "/q_entity.u32");
  spine.time_ns = read<std::int64_t>(folder + "/q_time.i64");
  const std::uint32_t entities = 1 + std::max(*std::max_element(source.entity.begin(), source.entity.end()),
                                              *std::max_element(spine.entity.begin(), spine.entity.end()));
  for (std::uint32_t e = 0; e < entities; ++e) source.entities.push_back(fmt::format("E{}", e));
  spine.entities = source.entities;

  FeatureView view;
  view.name = "x";
  view.ttl_ns = std::int64_t{1} << 60;
  Feature latest;
  latest.name = "x", latest.column = "x";
  view.features = {latest};

  double sort_s = 1e9, join_s = 1e9;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    Rows rows = source;
    const double begin = cpu_s();
    rows.sort();
    const double sorted = cpu_s();
    const auto frame = compute(view, rows, spine);
    const double end = cpu_s();
    if (!frame) return 1;
    sort_s = std::min(sort_s, sorted - begin), join_s = std::min(join_s, end - sorted);
    std::ofstream(folder + "/answer.f64", std::ios::binary)
        .write(reinterpret_cast<const char*>(frame->columns[0].data()),
               static_cast<std::streamsize>(spine.size() * sizeof(double)));
  }
  fmt::print("{{\"sort_s\": {}, \"join_s\": {}}}\n", sort_s, join_s);
}
