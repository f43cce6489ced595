#include "grid/providers/utc_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"
#include "base/time_scan.h"

namespace olivine {
namespace {

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

Parts parts_of(WallTime t) {
  namespace c = std::chrono;
  const c::sys_time<c::nanoseconds> point{c::nanoseconds{t.ns}};
  const auto day = c::floor<c::days>(point);
  const c::year_month_day date{day};
  const c::hh_mm_ss clock{c::floor<c::seconds>(point - day)};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

tl::unexpected<Error> not_a_time(std::string_view text) {
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is not a time in UTC such as 2025-01-31T07:00Z", printable(text.substr(0, 40))));
}

}  // namespace

Result<WallTime> parse_utc(std::string_view text, Utc utc) {
  const auto time = scan_time(text);
  const bool known = time && (time->clock.offset_s || utc == Utc::kImplied);
  if (!known || !time->padded() || (time->clock.separator != 'T' && time->clock.fields > 0) || time->day.year < 1970 ||
      time->day.year > 2199)
    return not_a_time(text);
  return WallTime{time->utc().ns - time->clock.ns % 1'000'000'000};  // whole seconds
}

Result<WallTime> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // "21 Oct 2015 07:28:00 GMT" behind the day of the week
  const std::size_t comma = text.find(", ");
  const std::string_view rest = comma == std::string_view::npos ? "" : text.substr(comma + 2);
  const auto month = rest.size() == 24 ? std::find(kMonths.begin(), kMonths.end(), rest.substr(3, 3)) : kMonths.end();
  if (month == kMonths.end() || rest[2] != ' ' || rest[6] != ' ' || rest[11] != ' ' || !rest.ends_with(" GMT"))
    return not_a_time(text);
  return parse_utc(fmt::format("{}-{:02}-{}T{}Z", rest.substr(7, 4), month - kMonths.begin() + 1, rest.substr(0, 2),
                               rest.substr(12, 8)));
}

std::string format_date(WallTime t) {
  const Parts p = parts_of(t);
  return fmt::format("{:04}-{:02}-{:02}", p.year, p.month, p.day);
}
std::string format_hour(WallTime t) { return fmt::format("{}T{:02}", format_date(t), parts_of(t).hour); }
std::string format_minute(WallTime t) {
  const Parts p = parts_of(t);
  return fmt::format("{}T{:02}:{:02}Z", format_date(t), p.hour, p.minute);
}
std::string format_second(WallTime t) {
  const Parts p = parts_of(t);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", format_date(t), p.hour, p.minute, p.second);
}
std::string format_compact_minute(WallTime t) {
  const Parts p = parts_of(t);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}", p.year, p.month, p.day, p.hour, p.minute);
}

WallTime floor_to(WallTime t, Duration step) {
  const std::int64_t rest = ((t.ns % step.ns) + step.ns) % step.ns;
  return {t.ns - rest};
}
WallTime ceil_to(WallTime t, Duration step) {
  const WallTime below = floor_to(t, step);
  return below == t ? t : below + step;
}

}  // namespace olivine
