#include "grid/features/holidays.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace olivine::features {
namespace {

constexpr unsigned kMonday = 1, kThursday = 4, kSaturday = 6, kSunday = 7;

// What the rules ask of a day: computed once.
struct Day {
  CivilDay date;
  std::int64_t number;  // days since 1970
  unsigned weekday;     // 1 Monday .. 7 Sunday
  std::int64_t easter;  // days since Easter Sunday of the year
  bool on(unsigned month, unsigned day) const { return date.month == month && date.day == day; }
  // The nth such weekday of the month.
  bool nth(unsigned month, unsigned which, unsigned n) const {
    return date.month == month && weekday == which && (date.day - 1) / 7 + 1 == n;
  }
  bool last_monday(unsigned month) const {  // of a month with 31 days
    return date.month == month && weekday == kMonday && date.day > 24;
  }
};

Day day_from(const CivilDay& date) {
  const std::int64_t number = days_from_civil(date);
  return {date, number, iso_weekday(number), number - days_from_civil(easter_sunday(date.year))};
}

bool us_fixed(const Day& d) {
  return d.on(1, 1) || (d.date.year >= 2021 && d.on(6, 19)) || d.on(7, 4) || d.on(11, 11) || d.on(12, 25);
}

bool us(const Day& d) {
  if (us_fixed(d)) return true;
  if (d.weekday == 5 && us_fixed(day_from(civil_from_days(d.number + 1)))) return true;  // Saturday's, the day before
  if (d.weekday == kMonday && us_fixed(day_from(civil_from_days(d.number - 1))))
    return true;  // Sunday's, the day after
  return d.nth(1, kMonday, 3) || d.nth(2, kMonday, 3) || d.last_monday(5) || d.nth(9, kMonday, 1) ||
         d.nth(10, kMonday, 2) || d.nth(11, kThursday, 4);
}

bool de(const Day& d) {
  const bool moves = d.easter == -2 || d.easter == 1 || d.easter == 39 || d.easter == 50;
  const bool reformation = d.date.year == 2017 && d.on(10, 31);
  return moves || reformation || d.on(1, 1) || d.on(5, 1) || d.on(10, 3) || d.on(12, 25) || d.on(12, 26);
}

bool fr(const Day& d) {
  const bool moves = d.easter == 1 || d.easter == 39 || d.easter == 50;
  return moves || d.on(1, 1) || d.on(5, 1) || d.on(5, 8) || d.on(7, 14) || d.on(8, 15) || d.on(11, 1) || d.on(11, 11) ||
         d.on(12, 25);
}

// Days that a proclamation added, and those that it moved a May holiday to.
struct Single {
  int year;
  unsigned month, day;
};
constexpr std::array<Single, 11> kGbSingle{{{1999, 12, 31},
                                            {2002, 6, 3},
                                            {2002, 6, 4},
                                            {2011, 4, 29},
                                            {2012, 6, 4},
                                            {2012, 6, 5},
                                            {2020, 5, 8},
                                            {2022, 6, 2},
                                            {2022, 6, 3},
                                            {2022, 9, 19},
                                            {2023, 5, 8}}};

// New Year, Christmas and Boxing Day, with the days that stand in for a weekend's.
bool gb_winter(const Day& d) {
  if (d.on(1, 1) || d.on(12, 25) || d.on(12, 26)) return true;
  const bool new_year = d.date.month == 1 && d.weekday == kMonday && (d.date.day == 2 || d.date.day == 3);
  if (new_year || d.date.month != 12 || (d.date.day != 27 && d.date.day != 28)) return new_year;
  const unsigned christmas = iso_weekday(d.number - d.date.day + 25);
  // Friday: Boxing Day moves to Monday 28. Saturday: both move, 27 and 28. Sunday: Christmas moves to Tuesday 27.
  if (christmas == 5) return d.date.day == 28;
  if (christmas == kSaturday) return true;
  return christmas == kSunday && d.date.day == 27;
}

bool gb(const Day& d) {
  for (const Single& single : kGbSingle)
    if (single.year == d.date.year && d.on(single.month, single.day)) return true;
  if (gb_winter(d) || d.easter == -2 || d.easter == 1 || d.last_monday(8)) return true;
  const int year = d.date.year;
  if (d.nth(5, kMonday, 1)) return year != 2020;                            // moved to 8 May
  return d.last_monday(5) && year != 2002 && year != 2012 && year != 2022;  // moved to June
}

struct Country {
  std::string_view code;
  int first_year;
  bool (*rule)(const Day&);
};
constexpr std::array<Country, 4> kCountries{{{"US", 1986, us}, {"DE", 1995, de}, {"FR", 1982, fr}, {"GB", 1996, gb}}};

const Country* find_country(std::string_view code) {
  for (const Country& country : kCountries)
    if (country.code == code) return &country;
  return nullptr;
}

}  // namespace

CivilDay easter_sunday(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4, k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
  return {year, static_cast<unsigned>(month), static_cast<unsigned>(day)};
}

Status check_holiday_country(std::string_view country) {
  if (find_country(country) != nullptr) return {};
  return fail(ErrorKind::kNotFound,
              fmt::format("no holidays of \"{}\"; known: US, DE, FR, GB", printable(country.substr(0, 40))));
}

std::optional<bool> is_holiday(std::string_view code, const CivilDay& date) {
  const Country* country = find_country(code);
  if (country == nullptr || date.year < country->first_year) return std::nullopt;
  return country->rule(day_from(date));
}

}  // namespace olivine::features
