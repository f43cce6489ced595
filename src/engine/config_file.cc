// One configuration file: TOML text to settings, with errors that name file, line, value and fix.
#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>

#include "base/text.h"
#include "base/toml_scan.h"
#include "engine/config.h"
#include "engine/redact.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxDepth = 32;

tl::unexpected<Error> refuse(const ConfigFile& file, std::size_t line, const std::string& why) {
  return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", printable(file.path), line, why));
}

// "a/./b/../c" -> "a/c"; for absolute paths. Only by name: links are looked at by Config::load.
std::string tidy_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  return fmt::format("/{}", fmt::join(parts, "/"));
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

std::string who_may(std::string_view key) {
  return fmt::format("set it in your own ~/.config/olivine/config.toml, with {} or with {}", environment_name(key),
                     flag_name(key));
}

bool leads_outside(std::string_view key) {
  const std::string name = to_lower(key);
  for (const char* word : {"endpoint", "url", "host", "server", "proxy"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return is_secret_name(name);
}

tl::unexpected<Error> unknown_key(const ConfigFile& file, std::size_t line, std::string_view key) {
  const std::string shown = printable(key.substr(0, 60));
  if (file.layer == "project" && leads_outside(key)) {
    return refuse(file, line,
                  fmt::format("a project file may not set endpoints or tokens (\"{}\"); they belong in your own "
                              "~/.config/olivine/config.toml",
                              shown));
  }
  std::vector<std::string> known;
  for (const ConfigKey& each : config_keys()) known.emplace_back(each.name);
  const std::string near = nearest(key, known);
  return refuse(file, line,
                fmt::format("unknown key \"{}\"; {}", shown,
                            near.empty() ? "olivine config show lists the known ones" : "did you mean " + near + "?"));
}

// The value as text; absent for what no setting can be (dates, arrays, tables).
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return shortest(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Result<Setting> setting_from(const ConfigFile& file, std::size_t line, const ConfigKey& key,
                             const std::string& written) {
  const Result<std::string> checked = check_config_value(key, written);
  if (!checked) return refuse(file, line, fmt::format("{}: {}", key.name, checked.error().message));
  if (file.layer == "project" && !key.in_project) {
    return refuse(file, line,
                  fmt::format("a project file may not set {} (\"{}\"), because it says what is read; {}", key.name,
                              printable(checked->substr(0, 80)), who_may(key.name)));
  }
  std::string value = *checked;
  if (key.kind == ValueKind::kPath) {
    value = tidy_path(value.front() == '/' ? value : directory_of(file.path) + "/" + value);
    const std::string inside = tidy_path(file.project_dir) == "/" ? "/" : tidy_path(file.project_dir) + "/";
    if (file.layer == "project" && !value.starts_with(inside)) {
      return refuse(file, line,
                    fmt::format("{} \"{}\" leads out of the project, which a project file may not do; {}", key.name,
                                printable(checked->substr(0, 80)), who_may(key.name)));
    }
  }
  return Setting{std::string(key.name), std::move(value),
                 fmt::format("{} {}:{}", file.layer, printable(file.path), line)};
}

Result<std::vector<Setting>> settings_from(const toml::table& document, const ConfigFile& file) {
  std::vector<Setting> settings;
  for (const auto& [name, node] : document) {
    const std::size_t line = std::max<std::size_t>(node.source().begin.line, 1);
    const ConfigKey* key = find_config_key(name.str());
    if (key == nullptr) return unknown_key(file, line, name.str());
    const std::optional<std::string> text = text_of(node);
    if (!text) {
      return refuse(file, line, fmt::format("{} must be one plain value, such as \"text\", 1.2 or true", key->name));
    }
    OLIVINE_TRY(Setting setting, setting_from(file, line, *key, *text));
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace

Result<std::vector<Setting>> parse_config_file(std::string_view text, const ConfigFile& file) {
  if (text.size() > kMaxFileBytes) return refuse(file, 1, "the file is larger than 1 MiB, which no configuration is");
  if (const auto problem = toml_problem(text, kMaxDepth))
    return refuse(file, problem->line,
                  problem->too_deep
                      ? fmt::format("nested deeper than {} levels; settings stand at the top level", kMaxDepth)
                      : std::string(problem->why));
  try {  // the library reports errors by exception; they end here
    return settings_from(toml::parse(text, file.path), file);
  } catch (const toml::parse_error& error) {
    return refuse(file, std::max<std::size_t>(error.source().begin.line, 1),
                  fmt::format("this is not TOML: {}", printable(error.description())));
  }
}

}  // namespace olivine
