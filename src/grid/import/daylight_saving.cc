#include "grid/import/daylight_saving.h"

#include <fmt/core.h>

#include <chrono>

namespace olivine {
namespace {

bool clocks_may_change(std::int64_t local_s) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds{local_s}};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const auto hour = duration_cast<std::chrono::hours>(time - day).count();
  const auto number = static_cast<unsigned>(date.day());
  if (date.month() != March || weekday{day} != Sunday) return false;
  return (number >= 25 && (hour == 1 || hour == 2)) || (number >= 8 && number <= 14 && hour == 2);
}

}  // namespace

std::string daylight_saving_note(std::span<const StoredPoint> points) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    const std::int64_t end_s = points[i - 1].begin_s + points[i - 1].length_s;
    if (points[i].begin_s - end_s != 3600 || !clocks_may_change(end_s)) continue;
    return fmt::format(
        "the hour from {} is missing, as it is in local time: if the times are local, convert them to UTC",
        format_utc({end_s * 1'000'000'000}).substr(0, 16));
  }
  return "";
}

}  // namespace olivine
