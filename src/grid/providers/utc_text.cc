#include "grid/providers/utc_text.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace olivine {
namespace {

// Reads fixed numbers of digits and fixed characters from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view rest() const { return rest_; }
  void skip_digits() { rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size())); }

 private:
  std::string_view rest_;
};

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<WallTime> moment(const Parts& p) {
  namespace c = std::chrono;
  const c::year_month_day date{c::year{p.year}, c::month{static_cast<unsigned>(p.month)},
                               c::day{static_cast<unsigned>(p.day)}};
  if (!date.ok() || p.year < 1970 || p.year > 2199) return std::nullopt;
  if (p.hour > 23 || p.minute > 59 || p.second > 59) return std::nullopt;
  const std::int64_t days = c::sys_days{date}.time_since_epoch().count();
  return WallTime{(days * 86400 + p.hour * 3600 + p.minute * 60 + p.second) * 1'000'000'000};
}

bool read_clock(Reader& in, Parts& p) {
  if (!in.take("T")) return true;  // a date is its midnight
  const auto hour = in.digits(2);
  if (!hour) return false;
  p.hour = *hour;
  if (!in.take(":")) return true;
  const auto minute = in.digits(2);
  if (!minute) return false;
  p.minute = *minute;
  if (!in.take(":")) return true;
  const auto second = in.digits(2);
  if (!second) return false;
  p.second = *second;
  if (in.take(".")) in.skip_digits();
  return true;
}

// Minutes east of Greenwich; absent when there is no offset.
std::optional<int> read_offset(Reader& in) {
  if (in.take("Z")) return 0;
  const int sign = in.take("+") ? 1 : in.take("-") ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hour = in.digits(2);
  in.take(":");
  const auto minute = in.digits(2);
  if (!hour || !minute || *hour > 14 || *minute > 59) return std::nullopt;
  return sign * (*hour * 60 + *minute);
}

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
  Reader in(text);
  Parts p;
  const auto year = in.digits(4);
  const bool dash = in.take("-");
  const auto month = in.digits(2);
  const bool second_dash = in.take("-");
  const auto day = in.digits(2);
  if (!year || !dash || !month || !second_dash || !day) return not_a_time(text);
  p.year = *year;
  p.month = *month;
  p.day = *day;
  if (!read_clock(in, p)) return not_a_time(text);
  const std::optional<int> offset = read_offset(in);
  if (!in.rest().empty() || (!offset && utc == Utc::kStated)) return not_a_time(text);
  const auto time = moment(p);
  if (!time) return not_a_time(text);
  return WallTime{time->ns - std::int64_t{60} * offset.value_or(0) * 1'000'000'000};
}

Result<WallTime> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::size_t comma = text.find(", ");
  if (comma == std::string_view::npos) return not_a_time(text);
  Reader in(text.substr(comma + 2));
  Parts p;
  const auto day = in.digits(2);
  if (!day || !in.take(" ")) return not_a_time(text);
  p.day = *day;
  for (std::size_t i = 0; i < kMonths.size() && p.month == 0; ++i)
    if (in.take(kMonths[i])) p.month = static_cast<int>(i) + 1;
  if (p.month == 0 || !in.take(" ")) return not_a_time(text);
  const auto year = in.digits(4);
  if (!year || !in.take(" ")) return not_a_time(text);
  p.year = *year;
  const auto hour = in.digits(2);
  const bool colon = in.take(":");
  const auto minute = in.digits(2);
  const bool second_colon = in.take(":");
  const auto second = in.digits(2);
  if (!hour || !colon || !minute || !second_colon || !second || in.rest() != " GMT") return not_a_time(text);
  p.hour = *hour;
  p.minute = *minute;
  p.second = *second;
  const auto time = moment(p);
  if (!time) return not_a_time(text);
  return *time;
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
