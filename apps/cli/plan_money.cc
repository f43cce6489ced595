#include "apps/cli/plan_money.h"

#include <fmt/core.h>

#include <cctype>
#include <cmath>

#include "base/text.h"

namespace olivine::cli {

Result<double> amount_of(std::string_view option, std::string_view text, std::string* currency) {
  const std::string_view whole = trim(text);
  std::size_t end = whole.size();
  while (end > 0 && std::isalpha(static_cast<unsigned char>(whole[end - 1])) != 0) --end;
  const auto number = parse_double(trim(whole.substr(0, end)));
  if (!number || std::abs(*number) > 1e9 || whole.size() - end > 8)
    return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\" is not an amount of money, e.g. 0.25 or 0.25eur", option,
                                                 printable(whole.substr(0, 60))));
  if (currency != nullptr && end < whole.size()) *currency = std::string(whole.substr(end));
  return *number;
}

Status PlanCurrency::add(std::string currency, const std::string& where) {
  for (char& c : currency) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (currency.empty() || currency == name_) return {};
  if (!name_.empty())
    return fail(ErrorKind::kInvalid, fmt::format("{} is in {} and {} in {}: state one currency", printable(where_),
                                                 printable(name_), printable(where), printable(currency)));
  name_ = currency;
  where_ = where;
  return {};
}

}  // namespace olivine::cli
