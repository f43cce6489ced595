// Members of a JSON document of ours, read strictly: a whole number is whole, a number lies in its range, text from
// outside nests little. What a ledger or a trace holds may have been written by anybody, and the conversions of the JSON
// library take 1e300 for an integer.
//
//   const Json j = parse_document<Json>(text);
//   machine.logical_cpus = whole_at<int>(j, "logical_cpus", 1, 1'000'000);
//
// Units: the caller's. Errors: throws Json::exception, which the one caller turns into a Result with shown_reason.
// Threads: pure. Lifetime: values. A template, so that the JSON library stays out of headers.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/text.h"

namespace olivine {

inline constexpr std::size_t kDeepestDocument = 32;
inline constexpr std::size_t kLongestReason = 300;

template <class Json>
[[noreturn]] void refuse_document(const std::string& what) {
  throw Json::other_error::create(599, what, nullptr);
}

template <class Json>
Json parse_document(std::string_view text) {
  if (nests_deeper(text, kDeepestDocument)) refuse_document<Json>("the document nests deeper than 32 levels");
  return Json::parse(text);
}

template <class Json>
double number_in(const Json& value, std::string_view name, double least, double most) {
  const double number = value.is_number() ? value.template get<double>() : std::numeric_limits<double>::quiet_NaN();
  if (!(number >= least && number <= most))
    refuse_document<Json>(std::string(name) + " is not a number from " + shortest(least) + " to " + shortest(most));
  return number;
}
template <class Json>
double number_at(const Json& object, const char* key, double least, double most) {
  return number_in(object.at(key), key, least, most);
}

template <class Whole, class Json>
Whole whole_in(const Json& value, std::string_view name, Whole least, Whole most) {
  const auto refuse = [&] {
    refuse_document<Json>(std::string(name) + " is not a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most));
  };
  if (value.is_number_unsigned()) {
    const auto number = value.template get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(most) || (least > 0 && number < static_cast<std::uint64_t>(least)))
      refuse();
    return static_cast<Whole>(number);
  }
  const auto number = value.is_number_integer() ? value.template get<std::int64_t>() : std::int64_t{1};
  if (!value.is_number_integer() || static_cast<std::int64_t>(least) > number || least > 0) refuse();
  return static_cast<Whole>(number);
}

template <class Whole, class Json>
Whole whole_at(const Json& object, const char* key, Whole least, Whole most) {
  return whole_in(object.at(key), key, least, most);
}

// An exception's text as part of a message of one line.
inline std::string shown_reason(std::string_view what) {
  const std::string text = printable(what.substr(0, kLongestReason));
  return what.size() > kLongestReason ? text + "..." : text;
}

}  // namespace olivine
