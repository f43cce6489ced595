#include "apps/cli/empty_value.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace olivine::cli {
namespace {

constexpr std::array<std::string_view, 6> kActing{"run", "scope", "plan", "slurm", "k8s", "systemd"};

bool is_empty_value(const CLI::Option& option) {
  const bool needs_value = option.nonpositional() && option.get_items_expected_min() > 0;
  if (!needs_value || option.check_lname("name")) return false;
  const auto& given = option.results();
  return std::any_of(given.begin(), given.end(), [](const std::string& word) { return trim(word).empty(); });
}

}  // namespace

std::string empty_value(const CLI::App& app, const std::string& said) {
  const auto command = app.get_subcommands();
  if (command.empty() || std::find(kActing.begin(), kActing.end(), command.front()->get_name()) == kActing.end())
    return "";
  for (const CLI::App* level = &app; level != nullptr;) {
    if (level->get_name() == "hook") return "";  // a scheduler says what it knows of a job, and a hook fails none
    for (const CLI::Option* option : level->get_options())
      if (is_empty_value(*option))
        return fmt::format("olivine: {0}: it is empty; give {1}, or leave {0} out; see {2} --help\n",
                           option->get_name(), option->get_type_name(), said);
    const auto below = level->get_subcommands();
    level = below.empty() ? nullptr : below.front();
  }
  return "";
}

}  // namespace olivine::cli
