#include "apps/cli/number_check.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "base/text.h"

namespace olivine::cli {

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const auto check = [=](const std::string& text) {
    const auto value = parse_u64(text);
    const bool plain = text.size() == 1 || !text.starts_with('0');
    if (value && plain && *value >= least && *value <= most) return std::string();
    return fmt::format("'{}' is not a whole number from {} to {}", printable(text.substr(0, 60)), least, most);
  };
  const bool any = most == std::numeric_limits<std::uint64_t>::max();
  return {check, any ? "" : fmt::format("INT in [{} - {}]", least, most)};
}

CLI::Validator number_between(double least, double most) {
  const auto check = [=](const std::string& text) {
    const auto value = parse_double(text);
    if (value && *value >= least && *value <= most) return std::string();
    return fmt::format("'{}' is not a number from {} to {}", printable(text.substr(0, 60)), shortest(least),
                       shortest(most));
  };
  return {check, fmt::format("FLOAT in [{:g} - {:g}]", least, most)};
}

}  // namespace olivine::cli
