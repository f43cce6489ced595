// What the tests of features share: random sources, random questions, a view with every transform that reads a source,
// and the oracle, which answers each question by looking at every row, straight from the definition.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/prng.h"
#include "grid/features/civil_time.h"
#include "grid/features/rows.h"
#include "grid/features/view.h"

namespace olivine::features::testing {

inline constexpr std::int64_t kHour = kNsPerHour;

inline Feature source_feature(std::string name, Transform transform, std::int64_t offset_ns, std::int64_t window_ns = 0,
                              std::int64_t min_count = 0, std::string column = "x") {
  Feature f;
  f.name = std::move(name);
  f.unit = "MW";
  f.transform = transform;
  f.column = std::move(column);
  f.offset_ns = offset_ns;
  f.window_ns = window_ns;
  f.min_count = min_count;
  return f;
}

inline FeatureView full_view() {
  FeatureView v;
  v.name = "load";
  v.entity = "zone";
  v.source = "load";
  v.event_time = "event_time";
  v.ingest_time = "ingest_time";
  v.ttl_ns = 3 * kHour;
  v.lineage = {"made by a test"};
  v.features = {source_feature("now", Transform::kLatest, 0),
                source_feature("before", Transform::kLag, 5 * kHour),
                source_feature("change", Transform::kDifference, 2 * kHour),
                source_feature("other", Transform::kLatest, 0, 0, 0, "y"),
                source_feature("mean", Transform::kRollingMean, 0, 6 * kHour),
                source_feature("sum", Transform::kRollingSum, 0, 6 * kHour, 3),
                source_feature("least", Transform::kRollingMin, 0, 6 * kHour),
                source_feature("most", Transform::kRollingMax, 3 * kHour, 9 * kHour),
                source_feature("spread", Transform::kRollingStd, 0, 6 * kHour),
                source_feature("count", Transform::kRollingCount, 3 * kHour, 9 * kHour, 0, "y")};
  return v;
}

// Rows and questions around days on which a European clock changes. Whole values, so that the oracle's sums are exact;
// late, doubled, taken back (null) and early rows; times that meet each other's edges.
inline Rows random_rows(Prng& random, std::size_t entities, std::size_t rows) {
  const std::int64_t begin =
      parse_timestamp(random.below(2) == 0 ? "2022-03-26T12:00:00Z" : "2022-10-29T12:00:00Z").value();
  Rows r;
  r.columns = {"x", "y"};
  r.values.resize(2);
  for (std::size_t e = 0; e < entities; ++e) r.entities.push_back("Z" + std::to_string(e));
  for (std::size_t i = 0; i < rows; ++i) {
    r.entity.push_back(static_cast<std::uint32_t>(random.below(entities)));
    const std::int64_t event = begin + static_cast<std::int64_t>(random.below(96)) * kHour / 2;
    const std::uint64_t kind = random.below(10);
    const std::int64_t late = kind < 5    ? 0
                              : kind < 8  ? static_cast<std::int64_t>(random.below(3)) * kHour / 2
                              : kind == 8 ? static_cast<std::int64_t>(random.below(40)) * kHour
                                          : -kHour;
    r.event_ns.push_back(event);
    r.ingest_ns.push_back(event + late);
    for (auto& column : r.values)
      column.push_back(random.below(12) == 0 ? kNull : std::floor(random.between(-1000, 1000)));
  }
  r.sort();
  return r;
}

inline Spine random_spine(Prng& random, const Rows& rows, std::size_t questions) {
  Spine s;
  s.entities = rows.entities;
  s.entities.push_back("nobody");
  for (std::size_t i = 0; i < questions; ++i) {
    s.entity.push_back(
        static_cast<std::uint32_t>(random.below(50) == 0 ? rows.entities.size() : random.below(rows.entities.size())));
    const std::int64_t edge =
        random.below(4) == 0 ? static_cast<std::int64_t>(random.below(3)) - 1 : 0;  // a nanosecond
    s.time_ns.push_back(rows.first_event_ns() - 2 * kHour + static_cast<std::int64_t>(random.below(120)) * kHour / 2 +
                        edge);
  }
  return s;
}

// The rows of one entity that may be seen at t: by event time, the one ingested last.
inline std::map<std::int64_t, double> visible(const Rows& rows, const std::string& entity, std::int64_t t,
                                              std::size_t column) {
  std::map<std::int64_t, std::pair<std::int64_t, double>> winner;
  const auto known = std::find(rows.entities.begin(), rows.entities.end(), entity);
  const auto id = static_cast<std::uint32_t>(known - rows.entities.begin());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.entity[i] != id || rows.event_ns[i] > t || rows.ingest_ns[i] > t) continue;
    auto [place, is_new] = winner.try_emplace(rows.event_ns[i], rows.ingest_ns[i], rows.values[column][i]);
    if (!is_new && rows.ingest_ns[i] >= place->second.first)
      place->second = {rows.ingest_ns[i], rows.values[column][i]};
  }
  std::map<std::int64_t, double> values;
  for (const auto& [event, cell] : winner) values[event] = cell.second;
  return values;
}

inline double oracle_newest(const std::map<std::int64_t, double>& seen, std::int64_t at, std::int64_t ttl_ns) {
  auto after = seen.upper_bound(at);
  if (after == seen.begin()) return kNull;
  --after;
  return at - after->first >= ttl_ns ? kNull : after->second;
}

inline double oracle_rolling(const Feature& f, const std::map<std::int64_t, double>& seen, std::int64_t t) {
  std::vector<double> in;
  for (const auto& [event, value] : seen)
    if (event > t - f.offset_ns - f.window_ns && event <= t - f.offset_ns && !std::isnan(value)) in.push_back(value);
  const auto n = static_cast<double>(in.size());
  if (f.transform == Transform::kRollingCount) return n;
  if (in.empty() || in.size() < static_cast<std::size_t>(f.min_count)) return kNull;
  double sum = 0.0, least = in[0], most = in[0];
  for (const double v : in) sum += v, least = std::min(least, v), most = std::max(most, v);
  if (f.transform == Transform::kRollingSum) return sum;
  if (f.transform == Transform::kRollingMean) return sum / n;
  if (f.transform == Transform::kRollingMin) return least;
  if (f.transform == Transform::kRollingMax) return most;
  if (in.size() < 2) return kNull;
  double squares = 0.0;  // whole numbers below 2^53: n sum(x^2) - sum(x)^2 is exact
  for (const double v : in) squares += v * v;
  return std::sqrt((n * squares - sum * sum) / (n * (n - 1.0)));
}

// `seen`: what visible() says of the feature's column.
inline double oracle(const FeatureView& view, const Feature& f, const std::map<std::int64_t, double>& seen,
                     std::int64_t t) {
  if (is_rolling(f.transform)) return oracle_rolling(f, seen, t);
  const double then = oracle_newest(seen, t - f.offset_ns, view.ttl_ns);
  return f.transform == Transform::kDifference ? oracle_newest(seen, t, view.ttl_ns) - then : then;
}

// Bit for bit, one kind of null.
inline bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace olivine::features::testing
