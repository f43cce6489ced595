#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "planning/service_level.h"

namespace olivine {
namespace {

// "latency p95 < 50ms" in its parts.
struct Objective {
  std::string_view name, quantile, sign, value;
};

std::string_view take_until(std::string_view& rest, std::string_view ends) {
  const std::size_t at = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest = trim(rest.substr(at));
  return taken;
}

Objective parts_of(std::string_view text) {
  std::string_view rest = trim(text);
  Objective o;
  o.name = take_until(rest, " <>=");
  if (rest.size() > 1 && rest[0] == 'p' && rest[1] >= '0' && rest[1] <= '9') o.quantile = take_until(rest, " <>=");
  for (const std::string_view sign : {"<=", ">=", "<", ">"})
    if (rest.starts_with(sign)) {
      o.sign = sign;
      rest = trim(rest.substr(sign.size()));
      break;
    }
  o.value = rest;
  return o;
}

tl::unexpected<Error> refused(std::string_view text, std::string_view why) {
  return fail(
      ErrorKind::kInvalid,
      fmt::format("\"{}\" {}: type e.g. \"latency p95 < 50ms, throughput > 100/s, accuracy > 0.9, deadline 2h\"",
                  printable(trim(text).substr(0, 60)), why));
}

Status set_time(std::string_view text, const Objective& o, std::optional<double>& into) {
  const auto time = parse_duration(o.value);
  if (!time || time->ns <= 0) return refused(text, "holds no time above 0");
  into = in_seconds(*time);
  return {};
}

Status set_number(std::string_view text, std::string_view value, std::optional<double>& into) {
  const auto number = parse_double(trim(value));
  if (!number || !(*number > 0.0)) return refused(text, "holds no number above 0");
  into = *number;
  return {};
}

Status set(std::string_view text, const Objective& o, ServiceLevel& level) {
  const bool below = o.name == "latency" || o.name == "deadline";
  if (!o.sign.empty() && (o.sign[0] == '<') != below)
    return refused(text, below ? "would be a least time; use <" : "would be a most; use >");
  if (!o.quantile.empty() && o.name != "latency") return refused(text, "has a quantile, which only latency has");
  if (o.name == "deadline")
    return level.deadline_s ? Status(refused(text, "stands there twice")) : set_time(text, o, level.deadline_s);
  if (o.name == "throughput") {
    if (level.least_throughput) return refused(text, "stands there twice");
    std::string_view value = o.value;
    if (value.ends_with("/s")) value.remove_suffix(2);
    return set_number(text, value, level.least_throughput);
  }
  if (o.name == "accuracy")
    return level.least_accuracy ? Status(refused(text, "stands there twice"))
                                : set_number(text, o.value, level.least_accuracy);
  if (o.name != "latency") return refused(text, "is not one of latency, throughput, accuracy, deadline");
  if (level.most_latency_s) return refused(text, "stands there twice");
  if (!o.quantile.empty()) {
    const auto percent = parse_double(o.quantile.substr(1));
    if (!percent || !(*percent > 0.0 && *percent < 100.0)) return refused(text, "has no quantile between p0 and p100");
    level.latency_quantile = *percent / 100.0;
  }
  return set_time(text, o, level.most_latency_s);
}

}  // namespace

Result<ServiceLevel> service_level_from(std::string_view text) {
  if (text.size() > kLongestLevel)
    return fail(ErrorKind::kInvalid,
                fmt::format("a service level has at most {} bytes, this one {}", kLongestLevel, text.size()));
  if (trim(text).empty()) return refused(text, "says nothing");
  ServiceLevel level;
  for (const std::string_view each : split(text, ',')) OLIVINE_CHECK_STATUS(set(each, parts_of(each), level));
  return level;
}

}  // namespace olivine
