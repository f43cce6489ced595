// Time: points and intervals. Wall time labels, monotonic time measures; the two are different types.
//
// Units: nanoseconds in int64. WallTime counts from 1970-01-01 UTC; MonoTime from an arbitrary start (CLOCK_MONOTONIC,
// stands still in suspend); BootTime is CLOCK_BOOTTIME (runs on in suspend). A suspend shows as boot advancing more than
// mono; a clock step shows as wall advancing differently from boot.
// Errors: none, except parse. Threads: values. Lifetime: values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

struct Duration {
  std::int64_t ns = 0;
  auto operator<=>(const Duration&) const = default;
  Duration operator+(Duration other) const { return {ns + other.ns}; }
  Duration operator-(Duration other) const { return {ns - other.ns}; }
};
constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }
constexpr double in_seconds(Duration d) { return static_cast<double>(d.ns) * 1e-9; }
Duration seconds_from(double s);  // rounds to the nearest ns; saturates

struct WallTime {
  std::int64_t ns = 0;
  auto operator<=>(const WallTime&) const = default;
};
// So many seconds after `t`; absent where that is beyond what a WallTime holds (the years 1677 to 2262).
std::optional<WallTime> later(WallTime t, double seconds);
struct MonoTime {
  std::int64_t ns = 0;
  auto operator<=>(const MonoTime&) const = default;
  Duration operator-(MonoTime earlier) const { return {ns - earlier.ns}; }
  MonoTime operator+(Duration d) const { return {ns + d.ns}; }
};

// One moment read from all three clocks. A tick has exactly one.
struct Now {
  WallTime wall;
  MonoTime mono;
  std::int64_t boot_ns = 0;
  bool operator==(const Now&) const = default;
};

// [begin, end): half-open, so that adjacent intervals tile and no joule falls between two of them.
struct TimeInterval {
  MonoTime begin;
  MonoTime end;
  Duration length() const { return end - begin; }
  bool operator==(const TimeInterval&) const = default;
};

// "2026-11-24T14:41:43.123Z" (milliseconds, UTC, RFC 3339).
std::string format_utc(WallTime t);
// "100ms", "1.5s", "2min", "3h": a number and one of ns us ms s m min h d. Invalid: says what was read and what is expected.
Result<Duration> parse_duration(std::string_view text);
// "350 ms", "12.3 s", "4 min 05 s", "3 h 12 min".
std::string format_duration(Duration d);

}  // namespace olivine
