#include "account/lifecycle/account_span.h"

#include <fmt/format.h>

#include <chrono>

#include "base/text.h"
#include "base/wall_time_text.h"

namespace olivine {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kDayNs = 86'400'000'000'000;

WallTime midnight(const year_month_day& date) { return {sys_days(date).time_since_epoch().count() * kDayNs}; }

tl::unexpected<Error> not_a_time(std::string_view text) {
  return fail(ErrorKind::kInvalid,
              fmt::format("\"{}\" is no time; write 2022, 2022-03, 2022-03-11, 2022-03-11T10:00Z or FIRST/LAST",
                          printable(text.substr(0, 80))));
}

bool digits(std::string_view text) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

// One side of an interval, or the whole text.
Result<AccountSpan> one_time(std::string_view text) {
  const bool has_year = text.size() >= 4 && digits(text.substr(0, 4));
  if (!has_year) return not_a_time(text);
  const int y = static_cast<int>(parse_i64(text.substr(0, 4)).value_or(0));
  if (y < 1900 || y > 2200)
    return fail(ErrorKind::kInvalid,
                fmt::format("the year of \"{}\" is not between 1900 and 2200", printable(text.substr(0, 80))));
  if (text.size() == 4) return AccountSpan{{midnight(year(y) / 1 / 1), midnight(year(y + 1) / 1 / 1)}, false};
  const bool has_month = text.size() >= 7 && text[4] == '-' && digits(text.substr(5, 2));
  if (!has_month) return not_a_time(text);
  const auto m = static_cast<unsigned>(parse_u64(text.substr(5, 2)).value_or(0));
  if (m < 1 || m > 12) return not_a_time(text);
  if (text.size() == 7) {
    const year_month_day first = year(y) / month(m) / 1;
    const auto next = m == 12 ? year(y + 1) / month(1) / 1 : year(y) / month(m + 1) / 1;
    return AccountSpan{{midnight(first), midnight(next)}, false};
  }
  const auto at = parse_wall_time(text);
  if (!at)
    return at.error().kind == ErrorKind::kInvalid ? Result<AccountSpan>(tl::unexpected<Error>(at.error()))
                                                  : not_a_time(text);
  if (text.size() == 10) return AccountSpan{{*at, {at->ns + kDayNs}}, false};
  return AccountSpan{{*at, *at}, true};
}

}  // namespace

Result<AccountSpan> parse_account_span(std::string_view text) {
  text = trim(text);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return one_time(text);
  OLIVINE_TRY(const AccountSpan first, one_time(trim(text.substr(0, slash))));
  OLIVINE_TRY(const AccountSpan last, one_time(trim(text.substr(slash + 1))));
  const AccountSpan span{{first.interval.begin, last.interval.end}, false};
  if (span.length().ns <= 0)
    return fail(ErrorKind::kInvalid,
                fmt::format("the interval \"{}\" ends before it begins", printable(text.substr(0, 80))));
  if (span.length() > hours(100 * 8766))
    return fail(ErrorKind::kInvalid,
                fmt::format("the interval \"{}\" is longer than 100 years", printable(text.substr(0, 80))));
  return span;
}

std::string span_text(const WallInterval& interval) {
  const std::string begin = format_utc(interval.begin), end = format_utc(interval.end);
  if (begin.substr(10) == "T00:00:00.000Z" && end.substr(10) == "T00:00:00.000Z")
    return begin.substr(0, 10) + " .. " + end.substr(0, 10);
  return fmt::format("{} {} .. {} {} UTC", begin.substr(0, 10), begin.substr(11, 5), end.substr(0, 10),
                     end.substr(11, 5));
}

}  // namespace olivine
