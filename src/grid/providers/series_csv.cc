#include "grid/providers/series_csv.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

using Key = std::tuple<std::string, Signal, Boundary>;

Result<IntensityPoint> read_point(const std::vector<std::string_view>& fields) {
  OLIVINE_TRY(const WallTime time, parse_utc(fields[0]));
  const auto value = parse_double(fields[1]);
  if (!value || *value < 0)
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is no intensity in g/kWh; leave unknown times out",
                                                 printable(fields[1].substr(0, 40))));
  if (fields[5] != "true" && fields[5] != "false") return fail(ErrorKind::kInvalid, "estimated is true or false");
  return exact_point(time, time, *value, fields[5] == "true");
}

Status set_ends(IntensitySeries& series) {
  Duration least = hours(1);
  for (std::size_t i = 1; i < series.points.size(); ++i) {
    if (series.points[i].begin <= series.points[i - 1].begin)
      return fail(ErrorKind::kInvalid, fmt::format("{} {}: {} is out of order or twice", series.zone,
                                                   name_of(series.signal), format_second(series.points[i].begin)));
    least = std::min(least, series.points[i].begin - series.points[i - 1].begin);
  }
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const bool next_is_near =
        i + 1 < series.points.size() && series.points[i + 1].begin - series.points[i].begin <= hours(1);
    series.points[i].end = next_is_near ? series.points[i + 1].begin : series.points[i].begin + least;
  }
  return check(series);
}

}  // namespace

std::string series_csv(const IntensitySeries& series) {
  std::string text = std::string(kSeriesCsvHeader) + "\n";
  for (const IntensityPoint& p : series.points)
    text += fmt::format("{},{},{},{},{},{}\n", format_second(p.begin), shortest(p.g_per_kwh), series.zone,
                        name_of(series.signal), name_of(series.boundary), p.estimated);
  return text;
}

Result<std::vector<IntensitySeries>> parse_series_csv(std::string_view text, const std::string& name) {
  std::map<Key, IntensitySeries> found;
  std::size_t number = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line != kSeriesCsvHeader)
      return fail(ErrorKind::kInvalid, fmt::format("{}:1: the header must be {}", name, kSeriesCsvHeader));
    if (number == 1 || line.empty()) continue;
    const auto fields = split(line, ',');
    const std::string where = fmt::format("{}:{}", name, number);
    if (fields.size() != 6 || fields[2].empty() || line.size() > 300 || printable(line) != line)
      return fail(ErrorKind::kInvalid, where + ": expected six fields and a zone");
    const auto signal = signal_from(fields[3]);
    if (!signal) return with_context(signal.error(), where);
    const auto boundary = boundary_from(fields[4]);
    if (!boundary) return with_context(boundary.error(), where);
    const auto point = read_point(fields);
    if (!point) return with_context(point.error(), where);
    IntensitySeries& series = found[{std::string(fields[2]), *signal, *boundary}];
    series.zone = fields[2];
    series.signal = *signal;
    series.boundary = *boundary;
    series.source = name;
    series.points.push_back(*point);
  }
  std::vector<IntensitySeries> all;
  for (auto& [key, series] : found) {
    if (const Status ended = set_ends(series); !ended) return with_context(ended.error(), name);
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace olivine
