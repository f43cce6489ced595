#include "grid/features/compute.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <unordered_map>

#include "grid/features/civil_time.h"
#include "grid/features/holidays.h"
#include "grid/features/solar.h"

namespace olivine::features {
namespace {

// One entity's rows and questions.
struct Slice {
  std::size_t begin, end;  // rows
  std::span<const Question> questions;
};

std::int64_t enters_at(std::int64_t event_ns, std::int64_t ingest_ns, std::int64_t offset_ns) {
  return std::max(event_ns + offset_ns, ingest_ns);
}

bool in_order(std::span<const std::int64_t> event_ns, std::span<const std::int64_t> ingest_ns, std::int64_t offset_ns) {
  bool good = true;
  for (std::size_t i = 1; i < event_ns.size(); ++i)
    good &= enters_at(event_ns[i - 1], ingest_ns[i - 1], offset_ns) <= enters_at(event_ns[i], ingest_ns[i], offset_ns);
  return good;
}

// Row numbers by the time at which they enter; rows that enter together stay by event and ingest time.
std::vector<std::uint32_t> order_of_entry(std::span<const std::int64_t> event_ns,
                                          std::span<const std::int64_t> ingest_ns, std::int64_t offset_ns) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> keyed(event_ns.size());
  for (std::size_t i = 0; i < keyed.size(); ++i)
    keyed[i] = {enters_at(event_ns[i], ingest_ns[i], offset_ns), static_cast<std::uint32_t>(i)};
  if (!std::is_sorted(keyed.begin(), keyed.end())) std::sort(keyed.begin(), keyed.end());
  std::vector<std::uint32_t> order(keyed.size());
  std::transform(keyed.begin(), keyed.end(), order.begin(), [](const auto& k) { return k.second; });
  return order;
}

void fill_newest(const FeatureView& view, const Rows& rows, const Slice& slice, std::size_t column,
                 const Feature& feature, std::vector<std::uint32_t>& found, std::vector<double>& out) {
  const std::size_t n = slice.end - slice.begin;
  const std::span event(rows.event_ns.data() + slice.begin, n), ingest(rows.ingest_ns.data() + slice.begin, n);
  const double* values = rows.values[column].data() + slice.begin;
  const bool difference = feature.transform == Transform::kDifference;
  newest_rows(event, ingest, {feature.offset_ns, view.ttl_ns}, slice.questions, found);
  for (std::size_t q = 0; q < found.size(); ++q)
    out[slice.questions[q].place] = found[q] == kNoRow ? kNull : values[found[q]];
  if (!difference) return;
  newest_rows(event, ingest, {0, view.ttl_ns}, slice.questions, found);
  for (std::size_t q = 0; q < found.size(); ++q) {
    double& cell = out[slice.questions[q].place];
    const double change = found[q] == kNoRow ? kNull : values[found[q]] - cell;
    cell = std::isnan(change) ? kNull : change;
  }
}

// All rolling features of one column, window and offset in one sweep.
void fill_rolling(const Rows& rows, const Slice& slice, std::size_t column, const std::vector<std::size_t>& members,
                  const FeatureView& view, Frame& frame) {
  const std::size_t n = slice.end - slice.begin;
  const std::span event(rows.event_ns.data() + slice.begin, n), ingest(rows.ingest_ns.data() + slice.begin, n);
  const Feature& first = view.features[members.front()];
  const auto order = order_of_entry(event, ingest, first.offset_ns);
  RollingWindow window(first.window_ns, first.offset_ns);
  std::size_t at = 0;
  for (const Question& question : slice.questions) {
    for (; at < n; ++at) {
      const std::uint32_t row = order[at];
      if (enters_at(event[row], ingest[row], first.offset_ns) > question.time_ns) break;
      window.arrive({event[row], ingest[row], row, rows.values[column][slice.begin + row]});
    }
    window.advance(question.time_ns);
    for (const std::size_t m : members) frame.columns[m][question.place] = rolling_value(view.features[m], window);
  }
}

// Rolling features that share a window, named by the first of them.
std::vector<std::vector<std::size_t>> rolling_groups(const FeatureView& view) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < view.features.size(); ++i) {
    const Feature& f = view.features[i];
    if (!is_rolling(f.transform)) continue;
    const auto same = [&](const std::vector<std::size_t>& group) {
      const Feature& g = view.features[group.front()];
      return g.column == f.column && g.window_ns == f.window_ns && g.offset_ns == f.offset_ns;
    };
    const auto found = std::find_if(groups.begin(), groups.end(), same);
    found == groups.end() ? groups.push_back({i}) : found->push_back(i);
  }
  return groups;
}

Result<std::vector<std::size_t>> column_places(const FeatureView& view, const Rows& rows) {
  std::vector<std::size_t> places(view.features.size(), 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!reads_source(view.features[i].transform)) continue;
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), view.features[i].column);
    if (found == rows.columns.end())
      return fail(ErrorKind::kInvalid, fmt::format("view {} reads column {}, which the rows do not have", view.id(),
                                                   view.features[i].column));
    places[i] = static_cast<std::size_t>(found - rows.columns.begin());
  }
  return places;
}

double calendar_value(const Feature& feature, std::int64_t time_ns) {
  const auto local = local_time(feature.zone, time_ns);
  if (!local) return kNull;
  constexpr double turn = 2.0 * std::numbers::pi;
  const auto year_part = [&local] {
    const bool leap = day_of_year({local->date.year, 12, 31}) == 366;
    return (day_of_year(local->date) - 1 + local->hour / 24.0) / (leap ? 366.0 : 365.0);
  };
  switch (feature.transform) {
    case Transform::kHour: return local->hour;
    case Transform::kWeekday: return local->weekday;
    case Transform::kWeekend: return local->weekday >= 6 ? 1.0 : 0.0;
    case Transform::kMonth: return local->date.month;
    case Transform::kDayOfYear: return day_of_year(local->date);
    case Transform::kHoursInDay: return local->hours_in_day;
    case Transform::kUtcOffset: return local->offset_s / 3600.0;
    case Transform::kHourSin: return std::sin(turn * local->hour / 24.0);
    case Transform::kHourCos: return std::cos(turn * local->hour / 24.0);
    case Transform::kYearSin: return std::sin(turn * year_part());
    case Transform::kYearCos: return std::cos(turn * year_part());
    default: break;
  }
  const auto holiday = is_holiday(feature.country, local->date);
  return !holiday ? kNull : *holiday ? 1.0 : 0.0;
}

}  // namespace

double known_value(const Feature& feature, std::int64_t time_ns) {
  const std::int64_t at_ns = time_ns + feature.ahead_ns;
  if (feature.transform != Transform::kSunElevation && feature.transform != Transform::kSunAzimuth)
    return calendar_value(feature, at_ns);
  const auto sun = solar_position(at_ns, feature.latitude, feature.longitude);
  if (!sun) return kNull;
  return feature.transform == Transform::kSunElevation ? sun->elevation_deg : sun->azimuth_deg;
}

double rolling_value(const Feature& feature, RollingWindow& window) {
  const std::int64_t count = window.count();
  if (feature.transform == Transform::kRollingCount) return static_cast<double>(count);
  const std::int64_t least = feature.transform == Transform::kRollingStd ? 2 : 1;
  if (count < std::max(least, feature.min_count)) return kNull;
  switch (feature.transform) {
    case Transform::kRollingMean: return window.mean();
    case Transform::kRollingSum: return window.sum();
    case Transform::kRollingMin: return window.lowest();
    case Transform::kRollingMax: return window.highest();
    default: return window.deviation();
  }
}

void newest_rows(std::span<const std::int64_t> event_ns, std::span<const std::int64_t> ingest_ns, const AsOf& as_of,
                 std::span<const Question> questions, std::vector<std::uint32_t>& rows) {
  rows.resize(questions.size());
  const std::size_t n = event_ns.size();
  const auto put = [&](std::size_t q, std::uint32_t best) {
    const bool none = best == kNoRow || expired(event_ns[best], as_of.offset_ns, as_of.ttl_ns, questions[q].time_ns);
    rows[q] = none ? kNoRow : best;
  };
  if (in_order(event_ns, ingest_ns, as_of.offset_ns)) {  // the usual case: the last that entered is the newest
    std::size_t at = 0;
    for (std::size_t q = 0; q < questions.size(); ++q) {
      while (at < n && enters_at(event_ns[at], ingest_ns[at], as_of.offset_ns) <= questions[q].time_ns) ++at;
      put(q, static_cast<std::uint32_t>(at) - 1);
    }
    return;
  }
  // Rows are numbered by event and ingest time, so the newest that entered is the highest number.
  const auto order = order_of_entry(event_ns, ingest_ns, as_of.offset_ns);
  std::size_t at = 0;
  std::uint32_t best = kNoRow;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    for (; at < n && enters_at(event_ns[order[at]], ingest_ns[order[at]], as_of.offset_ns) <= questions[q].time_ns;
         ++at)
      best = best == kNoRow ? order[at] : std::max(best, order[at]);
    put(q, best);
  }
}

SortedSpine sort_spine(const Rows& rows, const Spine& spine) {
  std::unordered_map<std::string, std::uint32_t> ids;
  for (std::size_t i = 0; i < rows.entities.size(); ++i) ids.emplace(rows.entities[i], static_cast<std::uint32_t>(i));
  std::vector<std::uint32_t> id(spine.entities.size(), kNoRow);
  for (std::size_t i = 0; i < id.size(); ++i)
    if (const auto found = ids.find(spine.entities[i]); found != ids.end()) id[i] = found->second;
  SortedSpine sorted;
  sorted.begin.assign(rows.entities.size() + 1, 0);
  for (const std::uint32_t e : spine.entity)
    if (id[e] != kNoRow) ++sorted.begin[id[e] + 1];
  std::partial_sum(sorted.begin.begin(), sorted.begin.end(), sorted.begin.begin());
  sorted.questions.resize(sorted.begin.back());
  std::vector<std::size_t> next(sorted.begin.begin(), sorted.begin.end() - 1);
  for (std::size_t i = 0; i < spine.size(); ++i)
    if (const std::uint32_t e = id[spine.entity[i]]; e != kNoRow)
      sorted.questions[next[e]++] = {spine.time_ns[i], static_cast<std::uint32_t>(i)};
  const auto earlier = [](const Question& a, const Question& b) { return a.time_ns < b.time_ns; };
  for (std::size_t e = 0; e + 1 < sorted.begin.size(); ++e) {
    const auto begin = sorted.questions.begin() + static_cast<std::ptrdiff_t>(sorted.begin[e]);
    const auto end = sorted.questions.begin() + static_cast<std::ptrdiff_t>(sorted.begin[e + 1]);
    if (!std::is_sorted(begin, end, earlier)) std::sort(begin, end, earlier);
  }
  return sorted;
}

Result<Frame> compute(const FeatureView& view, const Rows& rows, const Spine& spine) {
  OLIVINE_TRY(const auto places, column_places(view, rows));
  Frame frame;
  for (const Feature& f : view.features) {
    frame.names.push_back(f.name);
    // A window without rows counts none; everything else about an unknown entity is unknown.
    frame.columns.emplace_back(spine.size(), f.transform == Transform::kRollingCount ? 0.0 : kNull);
  }
  for (std::size_t i = 0; i < view.features.size(); ++i)
    if (!reads_source(view.features[i].transform))
      for (std::size_t row = 0; row < spine.size(); ++row)
        frame.columns[i][row] = known_value(view.features[i], spine.time_ns[row]);

  const SortedSpine sorted = sort_spine(rows, spine);
  const auto groups = rolling_groups(view);
  std::vector<std::uint32_t> found;
  std::size_t begin = 0;
  for (std::size_t e = 0; e < rows.entities.size(); ++e) {
    std::size_t end = begin;
    while (end < rows.size() && rows.entity[end] == e) ++end;
    const Slice slice{begin, end,
                      std::span(sorted.questions).subspan(sorted.begin[e], sorted.begin[e + 1] - sorted.begin[e])};
    begin = end;
    if (slice.questions.empty()) continue;
    for (std::size_t i = 0; i < view.features.size(); ++i)
      if (view.features[i].transform <= Transform::kDifference)
        fill_newest(view, rows, slice, places[i], view.features[i], found, frame.columns[i]);
    for (const auto& group : groups) fill_rolling(rows, slice, places[group.front()], group, view, frame);
  }
  return frame;
}

}  // namespace olivine::features
