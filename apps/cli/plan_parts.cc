#include "apps/cli/plan_parts.h"

#include <fmt/core.h>

#include <cmath>
#include <ctime>

#include "base/text.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr double kSame = 0.0005;  // what rounds to 0.0 %
constexpr Duration kShort = seconds(600);

std::string offset_clock(std::time_t time, bool with_seconds) {
  std::tm here{};
  ::localtime_r(&time, &here);
  if (here.tm_gmtoff == 0) return "";
  std::string zone = here.tm_zone == nullptr ? "" : printable(here.tm_zone);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}{} {}", here.tm_year + 1900, here.tm_mon + 1, here.tm_mday,
                     here.tm_hour, here.tm_min, with_seconds ? fmt::format(":{:02}", here.tm_sec) : "", zone);
}

}  // namespace

std::string percent(double share) { return format_number(std::round(share * 1000.0) / 10.0); }

bool is_same(double saving) { return std::abs(saving) < kSame; }

std::string saved_text(const std::optional<double>& saving, std::string_view how) {
  if (!saving) return fmt::format("unknown {}", how);
  if (is_same(*saving)) return fmt::format("the same {}", how);
  return fmt::format("{} % {} {}", percent(std::abs(*saving)), *saving > 0.0 ? "less" : "more", how);
}

std::string grams_text(const std::optional<double>& g) {
  return g ? format_carbon(grams(*g)) + " CO2e" : std::string("unknown");
}

std::string clock_text(WallTime t, bool with_seconds) {
  const std::string utc = format_utc(t),
                    here = offset_clock(static_cast<std::time_t>(t.ns / 1'000'000'000), with_seconds);
  const std::size_t digits = with_seconds ? 8 : 5;
  if (here.empty()) return utc.substr(0, 10) + " " + utc.substr(11, digits) + " UTC";
  const bool same_day = here.starts_with(utc.substr(0, 10));
  return fmt::format("{} ({}{} UTC)", here, same_day ? "" : utc.substr(0, 10) + " ", utc.substr(11, digits));
}

bool needs_seconds(WallTime begin, WallTime end) { return end.ns - begin.ns < kShort.ns; }

std::string span_text(WallTime begin, WallTime end) {
  const bool with_seconds = needs_seconds(begin, end);
  return clock_text(begin, with_seconds) + " .. " + clock_text(end, with_seconds);
}

}  // namespace olivine::cli
