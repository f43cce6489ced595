// Pieces of what `olivine plan` says that plans of one job and of a queue share.
//
//   saved_text(0.41, "by average") -> "41 % less by average"
//
// Units: named in the text; shares of 1. Errors: none. Threads: pure but for the time zone of the environment. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "planning/single_job.h"

namespace olivine::cli {

std::string percent(double share);  // "41.3"; 0 for what rounds to it
bool is_same(double saving);        // rounds to 0.0 %
// "41 % less by average", "the same ...", "unknown ..."
std::string saved_text(const std::optional<double>& saving, std::string_view how);
std::string grams_text(const std::optional<double>& g);

// "2022-01-01 02:00 CET (01:00 UTC)": the clock of whoever asks, and UTC.
std::string clock_text(WallTime t, bool with_seconds = false);
// Whether a span is so short that its minutes alone do not say it.
bool needs_seconds(WallTime begin, WallTime end);
// "2022-01-01 02:00 UTC .. 2022-01-01 03:00 UTC"
std::string span_text(WallTime begin, WallTime end);

}  // namespace olivine::cli
