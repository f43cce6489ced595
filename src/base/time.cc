#include "base/time.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace olivine {

namespace {
constexpr std::int64_t kNsPerUs = 1'000;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr std::int64_t kMaxNs = std::numeric_limits<std::int64_t>::max();

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", kNsPerUs},
                                      {"ms", kNsPerMs},
                                      {"s", kNsPerS},
                                      {"min", 60 * kNsPerS},
                                      {"m", 60 * kNsPerS},
                                      {"h", 3600 * kNsPerS},
                                      {"d", 86400 * kNsPerS}}};

tl::unexpected<Error> not_a_duration(std::string_view text) {
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is not a duration; write a number and one of ns us ms s m h d, as in 100ms or 1.5h",
                          printable(text)));
}
}  // namespace

Duration seconds_from(double s) {
  const double ns = s * 1e9;
  if (std::isnan(ns)) return {0};
  if (ns >= 0x1p63) return {kMaxNs};
  if (ns <= -0x1p63) return {std::numeric_limits<std::int64_t>::min()};
  return {static_cast<std::int64_t>(std::llround(ns))};
}

std::optional<WallTime> later(WallTime t, double seconds) {
  WallTime then;
  if (std::isnan(seconds) || std::abs(seconds * 1e9) >= 0x1p63 ||
      __builtin_add_overflow(t.ns, seconds_from(seconds).ns, &then.ns))
    return std::nullopt;
  return then;
}

std::string format_utc(WallTime t) {
  using namespace std::chrono;
  // In milliseconds: the first day that nanoseconds reach begins before the first nanosecond.
  const sys_time<std::chrono::milliseconds> point{floor<std::chrono::milliseconds>(std::chrono::nanoseconds{t.ns})};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss clock{point - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Result<Duration> parse_duration(std::string_view text) {
  const std::string_view whole = trim(text);
  const std::size_t end = whole.find_first_not_of("0123456789.");
  if (end == 0 || end == std::string_view::npos) return not_a_duration(text);
  const std::string_view number = whole.substr(0, end);
  const std::string_view unit_name = trim(whole.substr(end));
  for (const Unit& unit : kUnits) {
    if (unit.name != unit_name) continue;
    if (const auto count = parse_u64(number)) {  // whole numbers stay exact
      if (*count > static_cast<std::uint64_t>(kMaxNs / unit.ns)) return not_a_duration(text);
      return Duration{static_cast<std::int64_t>(*count) * unit.ns};
    }
    const auto value = parse_double(number);
    if (!value) return not_a_duration(text);
    const double ns = *value * static_cast<double>(unit.ns);
    if (!(ns < 0x1p63)) return not_a_duration(text);
    return Duration{static_cast<std::int64_t>(std::llround(ns))};
  }
  return not_a_duration(text);
}

std::string format_duration(Duration d) {
  if (d.ns < 0) {
    const std::int64_t positive = d.ns == std::numeric_limits<std::int64_t>::min() ? kMaxNs : -d.ns;
    return "-" + format_duration({positive});
  }
  // Each limit is where rounding would reach the next unit, so that "1000 ms" or "60.0 s" never appears.
  if (d.ns < kNsPerUs) return fmt::format("{} ns", d.ns);
  if (d.ns < kNsPerMs - kNsPerUs / 2) return fmt::format("{} us", (d.ns + kNsPerUs / 2) / kNsPerUs);
  if (d.ns < kNsPerS - kNsPerMs / 2) return fmt::format("{} ms", (d.ns + kNsPerMs / 2) / kNsPerMs);
  if (d.ns < 60 * kNsPerS - 50 * kNsPerMs) {
    const std::int64_t tenths = (d.ns + 50 * kNsPerMs) / (100 * kNsPerMs);
    return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  const std::int64_t whole_s = d.ns / kNsPerS + (d.ns % kNsPerS >= kNsPerS / 2 ? 1 : 0);
  if (whole_s < 3600) return fmt::format("{} min {:02} s", whole_s / 60, whole_s % 60);
  const std::int64_t whole_min = (whole_s + 30) / 60;
  return fmt::format("{} h {:02} min", whole_min / 60, whole_min % 60);
}

}  // namespace olivine
