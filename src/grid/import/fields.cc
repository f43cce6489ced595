#include "grid/import/fields.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// One to `most` digits off the front.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int& value) {
  std::size_t count = 0;
  value = 0;
  for (; count < text.size() && count < most && digit(text[count]); ++count) value = value * 10 + (text[count] - '0');
  if (count < least) return false;
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> day_seconds(std::string_view& text) {
  using namespace std::chrono;
  int y = 0, m = 0, d = 0;
  if (!take_digits(text, 4, 4, y) || !take(text, '-') || !take_digits(text, 1, 2, m) || !take(text, '-') ||
      !take_digits(text, 1, 2, d)) {
    return std::nullopt;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || y < 1900 || y > 2199) return std::nullopt;
  return std::int64_t{sys_days{date}.time_since_epoch().count()} * 86'400;
}

// "10", "10:30", "10:30:00", "10:30:00.000"
std::optional<std::int64_t> clock_seconds(std::string_view& text) {
  int h = 0, m = 0, s = 0;
  if (!take_digits(text, 1, 2, h)) return std::nullopt;
  if (take(text, ':')) {
    if (!take_digits(text, 2, 2, m)) return std::nullopt;
    if (take(text, ':') && !take_digits(text, 2, 2, s)) return std::nullopt;
    if (take(text, '.')) {
      int fraction = 0;
      if (!take_digits(text, 1, 9, fraction) || fraction != 0) return std::nullopt;
    }
  }
  if (h > 23 || m > 59 || s > 59) return std::nullopt;
  return h * 3600 + m * 60 + s;
}

// "", "Z", " UTC", "+02:00", "+0200", "-7": seconds east of UTC.
std::optional<std::int64_t> offset_seconds(std::string_view text, bool& says_zone) {
  while (take(text, ' ')) {}
  says_zone = !text.empty();
  if (text.empty() || text == "Z" || text == "z" || text == "UTC" || text == "GMT") return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  int h = 0, m = 0;
  if (!take_digits(text, 1, 2, h)) return std::nullopt;
  const bool colon = take(text, ':');
  if ((colon || !text.empty()) && !take_digits(text, 2, 2, m)) return std::nullopt;
  if (!text.empty() || h > 14 || m > 59) return std::nullopt;
  return (west ? -1 : 1) * (h * 3600 + m * 60);
}

bool no_number(std::string_view text) {
  if (text.size() > 4) return false;
  const std::string word = to_lower(text);
  for (const std::string_view known : {"", "-", "na", "n/a", "nan", "null", "none", "n/e"})
    if (word == known) return true;
  return false;
}

constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Digits and one point with at most 15 digits: exact, as both parts are exact doubles and one division rounds once.
bool quick_number(std::string_view text, double& value) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16) return false;
  std::int64_t digits = 0;
  std::size_t count = 0, decimals = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (digit(c)) {
      digits = digits * 10 + (c - '0');
      ++count;
      decimals += point ? 1 : 0;
    } else {
      return false;
    }
  }
  if (count == 0 || count > 15) return false;
  value = static_cast<double>(digits) / kPowers[decimals];
  if (negative) value = -value;
  return true;
}

}  // namespace

std::optional<ParsedTime> TimeParser::parse(std::string_view text) {
  text = trim(text);
  // A day has many rows: its first ten bytes are looked at once.
  if (text.size() < 10 || day_text_.empty() || text.substr(0, 10) != day_text_ ||
      (text.size() > 10 && digit(text[10]))) {
    std::string_view rest = text;
    const auto day = day_seconds(rest);
    if (!day) return std::nullopt;
    day_s_ = *day;
    day_text_ = text.size() - rest.size() == 10 ? std::string(text.substr(0, 10)) : "";
    text = rest;
  } else {
    text.remove_prefix(10);
  }
  std::int64_t clock_s = 0;
  if (take(text, 'T') || take(text, ' ')) {
    const auto clock = clock_seconds(text);
    if (!clock) return std::nullopt;
    clock_s = *clock;
  }
  ParsedTime time;
  const auto offset = offset_seconds(text, time.says_zone);
  if (!offset) return std::nullopt;
  time.utc_s = day_s_ + clock_s - *offset;
  return time;
}

NumberKind parse_number(std::string_view text, double& value) {
  if (quick_number(text, value)) return NumberKind::kNumber;
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = status == std::errc{} && end == text.data() + text.size() && !text.empty();
  if (whole && std::isfinite(value)) return NumberKind::kNumber;
  return no_number(text) ? NumberKind::kMissing : NumberKind::kWrong;
}

}  // namespace olivine
