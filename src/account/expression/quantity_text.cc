#include "account/expression/quantity_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "account/impacts.h"
#include "base/text.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr double kHour = 3600.0;
constexpr std::size_t kLongestUnit = 64;

enum class Prefixes { kNone, kMetric, kMetricAndBinary };

struct NamedMeasure {
  std::string_view name;
  double factor;
  Dimension dimension;
  Prefixes prefixes;
};

constexpr std::array<NamedMeasure, 28> kMeasures{{
    {"W", 1.0, kPowerDimension, Prefixes::kMetric},
    {"Wh", kHour, kEnergyDimension, Prefixes::kMetric},
    {"J", 1.0, kEnergyDimension, Prefixes::kMetric},
    {"g", 1.0, kCarbonDimension, Prefixes::kMetric},
    {"t", 1e6, kCarbonDimension, Prefixes::kMetric},
    {"lb", 453.59237, kCarbonDimension, Prefixes::kNone},
    {"lbs", 453.59237, kCarbonDimension, Prefixes::kNone},
    {"L", 1.0, kWaterDimension, Prefixes::kMetric},
    {"l", 1.0, kWaterDimension, Prefixes::kMetric},
    {"m3", 1000.0, kWaterDimension, Prefixes::kNone},
    {"s", 1.0, kTimeDimension, Prefixes::kMetric},
    {"min", 60.0, kTimeDimension, Prefixes::kNone},
    {"h", kHour, kTimeDimension, Prefixes::kNone},
    {"hours", kHour, kTimeDimension, Prefixes::kNone},
    {"d", 24.0 * kHour, kTimeDimension, Prefixes::kNone},
    {"days", 24.0 * kHour, kTimeDimension, Prefixes::kNone},
    {"week", 168.0 * kHour, kTimeDimension, Prefixes::kNone},
    {"weeks", 168.0 * kHour, kTimeDimension, Prefixes::kNone},
    {"y", kHoursPerYear* kHour, kTimeDimension, Prefixes::kNone},
    {"years", kHoursPerYear* kHour, kTimeDimension, Prefixes::kNone},
    {"B", 1.0, kDataDimension, Prefixes::kMetricAndBinary},
    {"bit", 0.125, kDataDimension, Prefixes::kMetricAndBinary},
    {"m2", 1.0, kAreaDimension, Prefixes::kNone},
    {"cm2", 1e-4, kAreaDimension, Prefixes::kNone},
    {"mm2", 1e-6, kAreaDimension, Prefixes::kNone},
    {"FLOP", 1.0, kPlainNumber, Prefixes::kMetric},
    {"%", 0.01, kPlainNumber, Prefixes::kNone},
    {"KB", 1e3, kDataDimension, Prefixes::kNone},
}};

constexpr std::array<std::pair<std::string_view, double>, 12> kMetricPrefixes{{{"n", 1e-9},
                                                                               {"u", 1e-6},
                                                                               {"\u00b5", 1e-6},
                                                                               {"m", 1e-3},
                                                                               {"k", 1e3},
                                                                               {"M", 1e6},
                                                                               {"G", 1e9},
                                                                               {"T", 1e12},
                                                                               {"P", 1e15},
                                                                               {"E", 1e18},
                                                                               {"Z", 1e21},
                                                                               {"Y", 1e24}}};
constexpr std::array<std::pair<std::string_view, double>, 5> kBinaryPrefixes{
    {{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}}};

constexpr std::array<std::string_view, 24> kCurrencies{"EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "AUD",
                                                       "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON",
                                                       "BRL", "KRW", "SGD", "ZAR", "MXN", "TRY", "NZD", "HKD"};
// What is counted: plain numbers, so that g/request and W/GPU read well.
constexpr std::array<std::string_view, 30> kCounted{
    "request", "requests", "token",  "tokens",  "image", "images", "query", "queries", "inference", "inferences",
    "sample",  "samples",  "epoch",  "epochs",  "step",  "steps",  "job",   "jobs",    "user",      "users",
    "point",   "points",   "device", "devices", "GPU",   "GPUs",   "CPU",   "CPUs",    "core",      "cores"};

std::optional<MeasureUnit> with_prefix(std::string_view name) {
  for (const NamedMeasure& measure : kMeasures)
    if (name == measure.name) return MeasureUnit{std::string(name), measure.factor, measure.dimension};
  for (const NamedMeasure& measure : kMeasures) {
    if (measure.prefixes == Prefixes::kNone || !name.ends_with(measure.name)) continue;
    const std::string_view prefix = name.substr(0, name.size() - measure.name.size());
    for (const auto& [text, factor] : kMetricPrefixes)
      if (prefix == text) return MeasureUnit{std::string(name), factor * measure.factor, measure.dimension};
    if (measure.prefixes != Prefixes::kMetricAndBinary) continue;
    for (const auto& [text, factor] : kBinaryPrefixes)
      if (prefix == text) return MeasureUnit{std::string(name), factor * measure.factor, measure.dimension};
  }
  return std::nullopt;
}

// "kgCO2e" is kg.
std::string_view without_gas(std::string_view name) {
  for (const std::string_view gas : {"CO2eq", "CO2e", "CO2"})
    if (name.size() > gas.size() && name.ends_with(gas)) return name.substr(0, name.size() - gas.size());
  return name;
}

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

Error unknown_unit(std::string_view name) {
  const std::string shown = printable(name.substr(0, 40));
  if (name == "ton" || name == "tons")
    return {ErrorKind::kInvalid, fmt::format("unit {}: write t (1,000 kg) or lb (a short ton is 2000 lb)", shown)};
  if (name.ends_with("FLOPS"))
    return {ErrorKind::kInvalid,
            fmt::format("unit {}: write FLOP for operations and FLOP/s for operations a second", shown)};
  if (name == "month" || name == "months")
    return {ErrorKind::kInvalid, fmt::format("unit {}: months differ in length; write days (d) or hours (h)", shown)};
  if (name == "b") return {ErrorKind::kInvalid, "unit b: write B for bytes or bit"};
  std::vector<std::string> known{"kWh", "MWh", "GWh", "kW", "MW", "mW",  "kJ",  "MJ", "kg", "mg",
                                 "mL",  "kB",  "MB",  "GB", "TB", "GiB", "TiB", "PB", "ms"};
  for (const NamedMeasure& measure : kMeasures) known.emplace_back(measure.name);
  for (const std::string_view counted : kCounted) known.emplace_back(counted);
  for (const std::string& candidate : known)
    if (to_lower(candidate) == to_lower(name))
      return {ErrorKind::kInvalid, fmt::format("unknown unit {}: did you mean {}?", shown, candidate)};
  const std::string near = nearest(name, known);
  if (!near.empty()) return {ErrorKind::kInvalid, fmt::format("unknown unit {}: did you mean {}?", shown, near)};
  return {ErrorKind::kInvalid, fmt::format("unknown unit {}: W, Wh, J, g, kg, t, lb, L, m3, s, h, d, y, B, GB, GiB, "
                                           "cm2, FLOP, %, EUR and their quotients are known",
                                           shown)};
}

Result<MeasureUnit> single_unit(std::string_view name, const UnitRules& rules) {
  if (contains(kCounted, name)) return MeasureUnit{std::string(name), 1.0, kPlainNumber};
  if (contains(kCurrencies, name)) {
    if (name == rules.currency) return MeasureUnit{std::string(name), 1.0, kMoneyDimension};
    if (rules.currency.empty())
      return fail(ErrorKind::kInvalid, fmt::format("{0}: no currency is named here; add currency = \"{0}\"", name));
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: the account counts in {}; convert the amount first", name, rules.currency));
  }
  if (auto unit = with_prefix(name)) return *unit;
  const std::string_view mass = without_gas(name);
  if (mass.size() < name.size())
    if (auto unit = with_prefix(mass); unit && unit->dimension == kCarbonDimension) return *unit;
  return tl::unexpected<Error>(unknown_unit(name));
}

// Letters, digits, '%' and bytes beyond ASCII (the micro sign).
std::size_t name_length(std::string_view text) {
  std::size_t n = 0;
  const auto letter = [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '%' || u >= 0x80;
  };
  while (n < text.size() && (letter(text[n]) || (n > 0 && text[n] >= '0' && text[n] <= '9'))) ++n;
  return n;
}

std::size_t spaces(std::string_view text) {
  const std::size_t n = text.find_first_not_of(" \t");
  return n == std::string_view::npos ? text.size() : n;
}

// After a mass, " CO2e" is read over.
std::size_t gas_after(std::string_view rest, const Dimension& dimension) {
  if (dimension != kCarbonDimension) return 0;
  const std::size_t skip = spaces(rest);
  const std::string_view name = rest.substr(skip, name_length(rest.substr(skip)));
  return skip > 0 && (name == "CO2" || name == "CO2e" || name == "CO2eq") ? skip + name.size() : 0;
}

Status fold_unit(MeasureUnit& whole, const MeasureUnit& part, bool above) {
  OLIVINE_TRY(whole.dimension,
              above ? multiply(whole.dimension, part.dimension) : divide(whole.dimension, part.dimension));
  whole.factor = above ? whole.factor * part.factor : whole.factor / part.factor;
  return {};
}

// A chain of names; `loose` allows spaces around '/' and '*'. Stops before an operator that no unit's name follows.
Result<MeasureUnit> unit_chain(std::string_view text, const UnitRules& rules, bool loose, std::size_t& used) {
  MeasureUnit whole;
  std::size_t at = 0;
  bool above = true;
  used = 0;
  while (at < text.size()) {
    const std::string_view name = text.substr(at, name_length(text.substr(at)));
    if (name.empty()) break;
    if (name.size() > kLongestUnit) return tl::unexpected<Error>(unknown_unit(name));
    const auto part = single_unit(name, rules);
    // After an operator in an expression, what is no unit is the next operand: "2 kWh*requests_per_day".
    if (!part && (used == 0 || loose)) return part;
    if (!part) break;
    const char next = at + name.size() < text.size() ? text[at + name.size()] : ' ';
    if (used != 0 && !loose && (next == '_' || next == '.')) break;
    OLIVINE_CHECK_STATUS(fold_unit(whole, *part, above));
    at += name.size();
    at += gas_after(text.substr(at), part->dimension);
    used = at;
    const std::size_t skip = loose ? spaces(text.substr(at)) : 0;
    if (at + skip >= text.size() || (text[at + skip] != '/' && text[at + skip] != '*')) break;
    above = text[at + skip] == '*';
    at += skip + 1;
    if (loose) at += spaces(text.substr(at));
  }
  if (used == 0) return fail(ErrorKind::kNotFound, "no unit");
  whole.text = std::string(text.substr(0, used));
  return whole;
}

}  // namespace

Result<MeasureUnit> parse_measure_unit(std::string_view text, const UnitRules& rules) {
  const std::string_view whole = trim(text);
  if (whole.size() > kLongestUnit)
    return fail(ErrorKind::kInvalid, fmt::format("unit \"{}...\": too long", printable(whole.substr(0, 40))));
  // "1/h" is a rate of plain numbers.
  const bool inverse = whole.starts_with("1/");
  const std::string_view rest = inverse ? whole.substr(2) : whole;
  std::size_t used = 0;
  auto unit = unit_chain(rest, rules, true, used);
  if (!unit && unit.error().kind == ErrorKind::kNotFound) return tl::unexpected<Error>(unknown_unit(whole));
  if (!unit) return unit;
  if (used != rest.size())
    return fail(ErrorKind::kInvalid,
                fmt::format("unit \"{}\": \"{}\" is not understood", printable(whole), printable(rest.substr(used))));
  if (inverse) {
    OLIVINE_TRY(unit->dimension, divide(kPlainNumber, unit->dimension));
    unit->factor = 1.0 / unit->factor;
  }
  unit->text = std::string(whole);
  return unit;
}

Result<MeasureUnit> leading_unit(std::string_view text, const UnitRules& rules, std::size_t& used) {
  return unit_chain(text, rules, false, used);
}

Result<double> leading_number(std::string_view text, std::size_t& used) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  std::string plain;
  std::size_t at = 0;
  used = 0;
  const auto take_digits = [&] {
    while (digit(at) || (at > 0 && at < text.size() && text[at] == '_' && digit(at - 1) && digit(at + 1))) {
      if (text[at] != '_') plain += text[at];
      ++at;
    }
  };
  take_digits();
  if (at < text.size() && text[at] == '.' && (digit(at + 1) || at > 0)) {
    plain += text[at++];
    take_digits();
  }
  if (plain.empty()) return fail(ErrorKind::kNotFound, "no number");
  // "3e5" and "3E-5"; "3 EUR" and "2e" are not exponents.
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0;
    if (digit(at + 1 + sign)) {
      plain += 'e';
      if (sign != 0 && text[at + 1] == '-') plain += '-';
      at += 1 + sign;
      while (digit(at)) plain += text[at++];
    }
  }
  used = at;
  if (plain.back() == '.') plain += '0';
  const auto value = parse_double(plain);
  if (!value || !std::isfinite(*value))
    return fail(ErrorKind::kInvalid, fmt::format("number {} is beyond what can be computed with",
                                                 printable(text.substr(0, std::min<std::size_t>(used, 40)))));
  return value;
}

Result<MeasuredValue> parse_quantity(std::string_view text, const UnitRules& rules) {
  const std::string_view whole = trim(text);
  const bool negative = whole.starts_with("-");
  const std::string_view unsigned_text = whole.substr(negative || whole.starts_with("+") ? 1 : 0);
  std::size_t used = 0;
  const auto number = leading_number(unsigned_text, used);
  if (!number && number.error().kind == ErrorKind::kNotFound)
    return fail(ErrorKind::kInvalid,
                fmt::format("\"{}\": begin with a number, e.g. \"2.4 kW\"", printable(whole.substr(0, 60))));
  if (!number) return tl::unexpected<Error>(number.error());
  MeasuredValue result{negative ? -*number : *number, kPlainNumber, {}};
  const std::string_view unit_text = trim(unsigned_text.substr(used));
  if (unit_text.empty()) return result;
  auto unit = parse_measure_unit(unit_text, rules);
  if (!unit) return with_context(unit.error(), fmt::format("\"{}\"", printable(whole.substr(0, 60))));
  result.value *= unit->factor;
  result.dimension = unit->dimension;
  result.unit = *std::move(unit);
  if (!std::isfinite(result.value))
    return fail(ErrorKind::kInvalid,
                fmt::format("\"{}\" is beyond what can be computed with", printable(whole.substr(0, 60))));
  return result;
}

bool is_unit_name(std::string_view name) {
  return contains(kCurrencies, name) || with_prefix(name).has_value() || with_prefix(without_gas(name)).has_value();
}

}  // namespace olivine
