#include "grid/import/fields.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time_scan.h"

namespace olivine {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

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
    const auto day = scan_day(rest);
    if (!day || day->year < 1900 || day->year > 2199) return std::nullopt;
    day_s_ = day->days * 86'400;
    day_text_ = text.size() - rest.size() == 10 ? std::string(text.substr(0, 10)) : "";
    text = rest;
  } else {
    text.remove_prefix(10);
  }
  const auto clock = scan_clock(text);
  if (!clock || clock->ns % 1'000'000'000 != 0) return std::nullopt;
  return ParsedTime{day_s_ + clock->ns / 1'000'000'000 - clock->offset_s.value_or(0), clock->offset_s.has_value()};
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
