#include "grid/features/civil_time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <vector>

#include "base/floor_div.h"
#include "base/text.h"
#include "base/time_scan.h"

namespace olivine::features {
namespace {

namespace chrono = std::chrono;

enum class SummerTime { kNone, kEurope, kUnitedStates, kAustralia };

struct ZoneRule {
  std::string_view name;
  int standard_offset_s;
  SummerTime summer;
  int first_year;  // local time is known from 1 January of this year
};

constexpr int kHour = 3600;
constexpr std::array<ZoneRule, 26> kZones{{
    {"UTC", 0, SummerTime::kNone, 1823},
    {"Europe/London", 0, SummerTime::kEurope, 1996},
    {"Europe/Dublin", 0, SummerTime::kEurope, 1996},
    {"Europe/Lisbon", 0, SummerTime::kEurope, 1997},
    {"Europe/Berlin", kHour, SummerTime::kEurope, 1996},
    {"Europe/Paris", kHour, SummerTime::kEurope, 1996},
    {"Europe/Madrid", kHour, SummerTime::kEurope, 1996},
    {"Europe/Rome", kHour, SummerTime::kEurope, 1996},
    {"Europe/Vienna", kHour, SummerTime::kEurope, 1996},
    {"Europe/Zurich", kHour, SummerTime::kEurope, 1996},
    {"Europe/Amsterdam", kHour, SummerTime::kEurope, 1996},
    {"Europe/Brussels", kHour, SummerTime::kEurope, 1996},
    {"Europe/Warsaw", kHour, SummerTime::kEurope, 1996},
    {"Europe/Ljubljana", kHour, SummerTime::kEurope, 1997},
    {"Europe/Helsinki", 2 * kHour, SummerTime::kEurope, 1996},
    {"Europe/Athens", 2 * kHour, SummerTime::kEurope, 1996},
    {"America/New_York", -5 * kHour, SummerTime::kUnitedStates, 2007},
    {"America/Chicago", -6 * kHour, SummerTime::kUnitedStates, 2007},
    {"America/Denver", -7 * kHour, SummerTime::kUnitedStates, 2007},
    {"America/Phoenix", -7 * kHour, SummerTime::kNone, 1968},
    {"America/Los_Angeles", -8 * kHour, SummerTime::kUnitedStates, 2007},
    {"Asia/Tokyo", 9 * kHour, SummerTime::kNone, 1952},
    {"Asia/Kolkata", 5 * kHour + 1800, SummerTime::kNone, 1946},
    {"Asia/Singapore", 8 * kHour, SummerTime::kNone, 1982},
    {"Australia/Sydney", 10 * kHour, SummerTime::kAustralia, 2009},
    {"Australia/Brisbane", 10 * kHour, SummerTime::kNone, 1993},
}};

const ZoneRule* find_zone_rule(std::string_view name) {
  for (const ZoneRule& zone : kZones)
    if (zone.name == name) return &zone;
  return nullptr;
}

std::int64_t days_of(chrono::sys_days day) { return day.time_since_epoch().count(); }
std::int64_t sunday(int year, unsigned month, unsigned index) {
  return days_of(chrono::sys_days(chrono::year(year) / chrono::month(month) / chrono::Sunday[index]));
}
std::int64_t last_sunday(int year, unsigned month) {
  return days_of(chrono::sys_days(chrono::year(year) / chrono::month(month) / chrono::Sunday[chrono::last]));
}

// Seconds since 1970 at which clocks go forward and back in a year.
struct Changes {
  std::int64_t forward_s, back_s;
};

Changes changes_in(const ZoneRule& zone, int year) {
  constexpr std::int64_t day_s = 86400;
  const std::int64_t standard = zone.standard_offset_s;
  switch (zone.summer) {
    case SummerTime::kEurope:  // everywhere at 01:00 UTC
      return {last_sunday(year, 3) * day_s + kHour, last_sunday(year, 10) * day_s + kHour};
    case SummerTime::kUnitedStates:  // at 02:00 of the clock on the wall
      return {sunday(year, 3, 2) * day_s + 2 * kHour - standard, sunday(year, 11, 1) * day_s + kHour - standard};
    case SummerTime::kAustralia:  // at 02:00 standard time
      return {sunday(year, 10, 1) * day_s + 2 * kHour - standard, sunday(year, 4, 1) * day_s + 2 * kHour - standard};
    case SummerTime::kNone: break;
  }
  return {0, 0};
}

int offset_at(const ZoneRule& zone, std::int64_t utc_s) {
  if (zone.summer == SummerTime::kNone) return zone.standard_offset_s;
  const int year = civil_from_days(floor_div(utc_s + zone.standard_offset_s, 86400)).year;
  const Changes changes = changes_in(zone, year);
  const bool north = changes.forward_s < changes.back_s;
  const bool between = north ? utc_s >= changes.forward_s && utc_s < changes.back_s
                             : utc_s >= changes.back_s && utc_s < changes.forward_s;
  return zone.standard_offset_s + (between == north ? kHour : 0);
}

// The UTC second at which a local day begins. No rule here changes the clock at midnight.
std::int64_t begin_of_day(const ZoneRule& zone, std::int64_t local_days) {
  const std::int64_t guess = local_days * 86400 - zone.standard_offset_s;
  return local_days * 86400 - offset_at(zone, guess - (offset_at(zone, guess) - zone.standard_offset_s));
}

tl::unexpected<Error> no_time(std::string_view text, std::string_view why) {
  return fail(ErrorKind::kInvalid,
              fmt::format("\"{}\" is no time: {}; write 2022-01-31T23:00:00Z", printable(text.substr(0, 60)), why));
}

}  // namespace

std::int64_t days_from_civil(const CivilDay& d) {
  return days_of(chrono::sys_days(chrono::year(d.year) / chrono::month(d.month) / chrono::day(d.day)));
}

CivilDay civil_from_days(std::int64_t days) {
  const chrono::year_month_day date{chrono::sys_days(chrono::days(static_cast<int>(days)))};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
}

unsigned iso_weekday(std::int64_t days) {
  return chrono::weekday(chrono::sys_days(chrono::days(static_cast<int>(days)))).iso_encoding();
}

unsigned day_of_year(const CivilDay& day) {
  return static_cast<unsigned>(days_from_civil(day) - days_from_civil({day.year, 1, 1}) + 1);
}

Result<std::int64_t> parse_timestamp(std::string_view whole) {
  const std::string_view text = trim(whole);
  const auto time = scan_time(text);
  if (!time || !time->padded() || time->clock.fields != 3)
    return no_time(text, "it is not year-month-day and hours:minutes:seconds with a zone, or there is no such time");
  if (time->day.year < 1824 || time->day.year > 2115) return no_time(text, "the year is not in 1824 to 2115");
  if (time->clock.decimals > 9) return no_time(text, "more than nine decimals");
  if (!time->clock.offset_s) return no_time(text, "the time zone is missing (Z is UTC)");
  return time->utc().ns;
}

std::string timestamp_text(std::int64_t ns) {
  const std::int64_t s = floor_div(ns, kNsPerSecond), fraction = ns - s * kNsPerSecond;
  const std::int64_t days = floor_div(s, 86400), rest = s - days * 86400;
  const CivilDay d = civil_from_days(days);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", d.year, d.month, d.day, rest / 3600,
                                 rest / 60 % 60, rest % 60);
  if (fraction != 0) {
    text += fmt::format(".{:09}", fraction);
    while (text.back() == '0') text.pop_back();
  }
  return text + "Z";
}

std::string duration_text(std::int64_t ns) {
  struct Unit {
    const char* name;
    std::int64_t ns;
  };
  constexpr std::array<Unit, 6> units{
      {{"h", kNsPerHour}, {"min", 60 * kNsPerSecond}, {"s", kNsPerSecond}, {"ms", 1'000'000}, {"us", 1000}, {"ns", 1}}};
  for (const Unit& unit : units)
    if (ns % unit.ns == 0) return fmt::format("{}{}", ns / unit.ns, unit.name);
  return fmt::format("{}ns", ns);
}

Status check_zone_name(std::string_view zone) {
  if (find_zone_rule(zone) != nullptr) return {};
  std::vector<std::string> known;
  for (const ZoneRule& each : kZones) known.emplace_back(each.name);
  return fail(ErrorKind::kNotFound, fmt::format("no time zone \"{}\" in Olivine's table; known: {}",
                                                printable(zone.substr(0, 60)), fmt::join(known, ", ")));
}

std::optional<LocalTime> local_time(std::string_view name, std::int64_t utc_ns) {
  const ZoneRule* zone = find_zone_rule(name);
  if (zone == nullptr) return std::nullopt;
  const std::int64_t utc_s = floor_div(utc_ns, kNsPerSecond);
  const int offset = offset_at(*zone, utc_s);
  const std::int64_t local_s = utc_s + offset, days = floor_div(local_s, 86400);
  LocalTime local;
  local.date = civil_from_days(days);
  if (local.date.year < zone->first_year) return std::nullopt;
  local.hour = static_cast<double>(local_s - days * 86400) / 3600.0 +
               static_cast<double>(utc_ns - utc_s * kNsPerSecond) / static_cast<double>(kNsPerHour);
  local.offset_s = offset;
  local.weekday = iso_weekday(days);
  local.hours_in_day = zone->summer == SummerTime::kNone
                           ? 24.0
                           : static_cast<double>(begin_of_day(*zone, days + 1) - begin_of_day(*zone, days)) / 3600.0;
  return local;
}

}  // namespace olivine::features
