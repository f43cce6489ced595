#include "apps/cli/grid_stated_factors.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine::cli {

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> words;
  for (const std::string_view word : split(list, ','))
    if (!trim(word).empty()) words.emplace_back(trim(word));
  return words;
}

Result<std::vector<FuelFactor>> stated_factors(std::string_view list, Boundary boundary) {
  std::vector<FuelFactor> factors;
  for (const std::string& word : words_of(list)) {
    const std::size_t equals = word.find('=');
    const auto value =
        equals == std::string::npos ? fail(ErrorKind::kInvalid, "") : parse_double(trim(word.substr(equals + 1)));
    if (equals == 0 || !value || *value < 0.0)
      return fail(ErrorKind::kInvalid,
                  fmt::format("--factors: '{}' is no COLUMN=G with g/kWh from 0 up, e.g. COL=1003.7", printable(word)));
    factors.push_back({std::string(trim(word.substr(0, equals))), *value, boundary, "stated"});
    for (std::size_t i = 0; i + 1 < factors.size(); ++i)
      if (to_lower(factors[i].column) == to_lower(factors.back().column))
        return fail(ErrorKind::kInvalid,
                    fmt::format("--factors: '{}' is given twice", printable(factors.back().column)));
  }
  if (factors.empty()) return fail(ErrorKind::kInvalid, "--factors: no factor given, e.g. COL=1003.7,NG=430,OIL=740");
  return factors;
}

}  // namespace olivine::cli
