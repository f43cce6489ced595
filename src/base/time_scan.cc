#include "base/time_scan.h"

#include <chrono>

namespace olivine {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr int kMostOffsetHours = 14;

bool digit(char c) { return c >= '0' && c <= '9'; }

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// `least` to `most` digits off the front.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int& value) {
  std::size_t count = 0;
  value = 0;
  for (; count < text.size() && count < most && digit(text[count]); ++count) value = value * 10 + (text[count] - '0');
  if (count < least) return false;
  text.remove_prefix(count);
  return true;
}

// One or two digits; whether there were two goes into `padded`.
bool take_pair(std::string_view& text, int& value, bool& padded) {
  const std::size_t before = text.size();
  if (!take_digits(text, 1, 2, value)) return false;
  padded = padded && before - text.size() == 2;
  return true;
}

// The digits behind a point; those beyond nanoseconds are dropped.
bool take_fraction(std::string_view& text, int& decimals, std::int64_t& ns) {
  for (std::int64_t unit = kNsPerS / 10; !text.empty() && digit(text.front());
       text.remove_prefix(1), unit /= 10, ++decimals)
    ns += (text.front() - '0') * unit;
  return decimals > 0;
}

bool take_time_of_day(std::string_view& text, ScannedClock& clock) {
  int h = 0, m = 0, s = 0;
  std::int64_t fraction_ns = 0;
  if (!take_pair(text, h, clock.padded)) return false;
  clock.fields = 1;
  if (take(text, ':')) {
    if (!take_digits(text, 2, 2, m)) return false;
    clock.fields = 2;
    if (take(text, ':')) {
      if (!take_digits(text, 2, 2, s)) return false;
      clock.fields = 3;
      if (take(text, '.') && !take_fraction(text, clock.decimals, fraction_ns)) return false;
    }
  }
  if (h > 23 || m > 59 || s > 59) return false;
  clock.ns = (h * 3600 + m * 60 + s) * kNsPerS + fraction_ns;
  return true;
}

bool take_zone(std::string_view text, ScannedClock& clock) {
  while (take(text, ' ')) {}
  if (text.empty()) return true;
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT") {
    clock.offset_s = 0;
    return true;
  }
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  text.remove_prefix(1);
  int h = 0, m = 0;
  if (!take_pair(text, h, clock.padded)) return false;
  const bool colon = take(text, ':');
  if ((colon || !text.empty()) && !take_digits(text, 2, 2, m)) return false;
  if (!text.empty() || h > kMostOffsetHours || m > 59) return false;
  clock.offset_s = (west ? -1 : 1) * (h * 3600 + m * 60);
  return true;
}

}  // namespace

WallTime ScannedTime::utc() const {
  return {day.days * 86'400 * kNsPerS + clock.ns - clock.offset_s.value_or(0) * kNsPerS};
}

std::optional<ScannedDay> scan_day(std::string_view& text) {
  using namespace std::chrono;
  int y = 0, m = 0, d = 0;
  ScannedDay day;
  if (!take_digits(text, 4, 4, y) || !take(text, '-') || !take_pair(text, m, day.padded) || !take(text, '-') ||
      !take_pair(text, d, day.padded))
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok() || y < 1700 || y > 2200) return std::nullopt;
  day.days = sys_days{date}.time_since_epoch().count();
  day.year = y;
  return day;
}

std::optional<ScannedClock> scan_clock(std::string_view text) {
  ScannedClock clock;
  if (text.size() > 1 && (text.front() == 'T' || text.front() == 't' || (text.front() == ' ' && digit(text[1])))) {
    clock.separator = text.front();
    text.remove_prefix(1);
    if (!take_time_of_day(text, clock)) return std::nullopt;
  }
  if (!take_zone(text, clock)) return std::nullopt;
  return clock;
}

std::optional<ScannedTime> scan_time(std::string_view text) {
  const auto day = scan_day(text);
  if (!day) return std::nullopt;
  const auto clock = scan_clock(text);
  if (!clock) return std::nullopt;
  return ScannedTime{*day, *clock};
}

}  // namespace olivine
