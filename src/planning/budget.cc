#include "planning/budget.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr double kNearPart = 0.8;

struct Unit {
  std::string_view name;
  BudgetKind kind;
  double factor;
};
// In lower case. "mJ" and "mWh" would be a thousandth: those are taken as written only.
constexpr std::array<Unit, 15> kUnits{{{"kwh", BudgetKind::kEnergy, 3.6e6},
                                       {"wh", BudgetKind::kEnergy, 3.6e3},
                                       {"kj", BudgetKind::kEnergy, 1e3},
                                       {"j", BudgetKind::kEnergy, 1.0},
                                       {"g", BudgetKind::kCarbon, 1.0},
                                       {"gco2", BudgetKind::kCarbon, 1.0},
                                       {"gco2e", BudgetKind::kCarbon, 1.0},
                                       {"gco2eq", BudgetKind::kCarbon, 1.0},
                                       {"kg", BudgetKind::kCarbon, 1e3},
                                       {"kgco2", BudgetKind::kCarbon, 1e3},
                                       {"kgco2e", BudgetKind::kCarbon, 1e3},
                                       {"kgco2eq", BudgetKind::kCarbon, 1e3},
                                       {"t", BudgetKind::kCarbon, 1e6},
                                       {"tco2e", BudgetKind::kCarbon, 1e6},
                                       {"tco2eq", BudgetKind::kCarbon, 1e6}}};
constexpr std::array<Unit, 2> kExactUnits{{{"MWh", BudgetKind::kEnergy, 3.6e9}, {"MJ", BudgetKind::kEnergy, 1e6}}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "EUR" of "eur", "Eur" and "€"; "" when it is no currency's code.
std::string currency_of(std::string_view word) {
  if (word == "€") return "EUR";
  if (word == "$") return "USD";
  if (word == "£") return "GBP";
  std::string code;
  for (const char c : word) {
    if (!is_letter(c)) return "";
    code += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return code.size() == 3 ? code : "";
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ') out += c;
  return out;
}

Result<Budget> refused(std::string_view text, std::string_view why) {
  return fail(
      ErrorKind::kInvalid,
      fmt::format("\"{}\" is no energy, carbon or money{}: type e.g. 2kWh, 500g, 1.2kg or 3eur", printable(text), why));
}

}  // namespace

std::string_view name_of(OnBudget action) {
  switch (action) {
    case OnBudget::kWarn: return "warn";
    case OnBudget::kPause: return "pause";
    case OnBudget::kStop: return "stop";
  }
  return "warn";
}

Result<OnBudget> on_budget_from(std::string_view name) {
  for (const OnBudget action : {OnBudget::kWarn, OnBudget::kPause, OnBudget::kStop})
    if (name == name_of(action)) return action;
  return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is not one of warn, pause, stop", printable(name)));
}

std::string_view Budget::unit() const {
  switch (kind) {
    case BudgetKind::kEnergy: return "J";
    case BudgetKind::kCarbon: return "g";
    case BudgetKind::kMoney: return currency;
  }
  return "";
}

std::string Budget::text(double used) const {
  switch (kind) {
    case BudgetKind::kEnergy: return format_energy(joules(used));
    case BudgetKind::kCarbon: return format_carbon(grams(used)) + " CO2e";
    case BudgetKind::kMoney: return fmt::format("{} {}", format_number(used), currency);
  }
  return "";
}

Result<Budget> budget_from(std::string_view text) {
  const std::string_view trimmed = trim(text);
  // The number is in front, or, of money only, behind.
  std::size_t split = 0;
  const bool number_first = !trimmed.empty() && (trimmed[0] == '.' || trimmed[0] == '-' || trimmed[0] == '+' ||
                                                 (trimmed[0] >= '0' && trimmed[0] <= '9'));
  const auto in_number = [&](std::size_t i) {
    const char c = trimmed[i];
    const bool exponent =
        (c == 'e' || c == 'E') && i + 1 < trimmed.size() &&
        (trimmed[i + 1] == '-' || trimmed[i + 1] == '+' || (trimmed[i + 1] >= '0' && trimmed[i + 1] <= '9'));
    return c == '.' || c == '-' || c == '+' || (c >= '0' && c <= '9') || exponent;
  };
  while (split < trimmed.size() && in_number(split) == number_first) ++split;
  const std::string_view first = trim(trimmed.substr(0, split)), second = trim(trimmed.substr(split));
  const auto number = parse_double(number_first ? first : second);
  const std::string unit = without_spaces(number_first ? second : first);
  if (!number) return refused(text, "");
  if (unit.empty()) return refused(text, ", the unit is missing");
  if (!(*number > 0.0) || !std::isfinite(*number)) return refused(text, ", it must be above 0");
  Budget budget;
  const auto take = [&](const Unit& known) {
    budget.kind = known.kind;
    budget.amount = *number * known.factor;
  };
  for (const Unit& known : kExactUnits)
    if (number_first && unit == known.name) return take(known), budget;
  const std::string lower = to_lower(unit);
  if (lower == "mwh" || lower == "mj") return refused(text, " (is M, mega, or m, milli, meant? Write MWh or MJ)");
  for (const Unit& known : kUnits) {
    if (lower != known.name) continue;
    if (!number_first) return refused(text, ", the number comes first");
    return take(known), budget;
  }
  budget.currency = currency_of(unit);
  if (budget.currency.empty()) return refused(text, fmt::format(", unit \"{}\" is not known", printable(unit)));
  budget.kind = BudgetKind::kMoney;
  budget.amount = *number;
  return budget;
}

Result<Budget> quota_from(std::string_view text) {
  auto quota = budget_from(text);
  if (quota && quota->kind == BudgetKind::kMoney)
    return fail(ErrorKind::kInvalid,
                fmt::format("\"{}\" is money; a quota is energy or carbon: type e.g. 300Wh or 500g", printable(text)));
  return quota;
}

BudgetWatch::Crossed BudgetWatch::step(double used) {
  const Crossed now = used >= granted()                                      ? Crossed::kSpent
                      : used >= granted_before_ + kNearPart * budget_.amount ? Crossed::kNear
                                                                             : Crossed::kNothing;
  if (now <= told_) return Crossed::kNothing;
  told_ = now;
  return now;
}

void BudgetWatch::grant_on_top(double used) {
  granted_before_ = std::max(granted(), used);
  told_ = Crossed::kNothing;
}

}  // namespace olivine
