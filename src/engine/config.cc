#include "engine/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;
constexpr const char* kSystemFile = "/etc/olivine/config.toml";

std::string value_of(const Config::Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? "" : found->second;
}

std::string user_file(const Config::Map& environment) {
  const std::string xdg = value_of(environment, "XDG_CONFIG_HOME");
  if (xdg.starts_with("/")) return xdg + "/olivine/config.toml";
  const std::string home = value_of(environment, "HOME");
  return home.starts_with("/") ? home + "/.config/olivine/config.toml" : "";
}

// A repository can hold a link that leads out of it; the nearest directory that exists tells where a path really ends.
Status stays_inside(FileSystem& files, const Setting& ledger, const std::string& project_dir) {
  const Result<std::string> inside = files.resolve(project_dir);
  if (!inside) return {};
  for (std::string path = ledger.value; path.size() > 1;) {
    const Result<std::string> real = files.resolve(path);
    if (real) {
      if (*real == *inside || real->starts_with(*inside == "/" ? "/" : *inside + "/")) return {};
      return fail(
          ErrorKind::kInvalid,
          fmt::format("{}: ledger \"{}\" leads out of the project through a link, which a project file may not do; set "
                      "it in your own ~/.config/olivine/config.toml, with OLIVINE_LEDGER or with --ledger",
                      ledger.origin, printable(ledger.value)));
    }
    path = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  }
  return {};
}

// What keeps us from a file: a folder above it that may not be entered, else the file itself. A path resolves where its folders may be.
std::string way_to_read(FileSystem& files, const std::string& path) {
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    const std::string inside = path.substr(0, path.find('/', end + 1));
    const auto real = files.resolve(inside);
    if (!real && real.error().kind == ErrorKind::kPermission) return "chmod u+x " + printable(path.substr(0, end));
  }
  return "chmod u+r " + printable(path);
}

Status merge_file(FileSystem& files, const ConfigFile& file, std::map<std::string, Setting>& merged) {
  if (file.path.empty()) return {};
  const Result<std::string> text = read_text(files, file.path, kMaxFileBytes);
  if (!text) {
    if (text.error().kind == ErrorKind::kNotFound) return {};
    if (text.error().kind == ErrorKind::kPermission) {
      return fail(ErrorKind::kPermission,
                  fmt::format("the {} configuration cannot be read: {}; its owner mends it with {}", file.layer,
                              printable(text.error().message), way_to_read(files, file.path)));
    }
    return with_context(text.error(), fmt::format("the {} configuration cannot be read", file.layer));
  }
  OLIVINE_TRY(std::vector<Setting> settings, parse_config_file(*text, file));
  for (Setting& setting : settings) {
    if (file.layer == "project" && setting.key == "ledger") {
      OLIVINE_CHECK_STATUS(stays_inside(files, setting, file.project_dir));
    }
    const std::string key = setting.key;
    merged.insert_or_assign(key, std::move(setting));
  }
  return {};
}

Status merge_value(const ConfigKey& key, const std::string& written, const std::string& name, const std::string& layer,
                   std::map<std::string, Setting>& merged) {
  const Result<std::string> checked = check_config_value(key, written);
  if (!checked) return with_context(checked.error(), name);
  merged.insert_or_assign(std::string(key.name), Setting{std::string(key.name), *checked, layer + " " + name});
  return {};
}

Status merge_flags(const Config::Map& flags, std::map<std::string, Setting>& merged) {
  for (const auto& [name, value] : flags) {
    const ConfigKey* key = find_config_key(name);
    if (key == nullptr) throw std::logic_error("a flag sets the unknown key " + name);
    OLIVINE_CHECK_STATUS(merge_value(*key, value, flag_name(name), "flag", merged));
  }
  return {};
}

const ConfigKey& known_key(std::string_view name, ValueKind kind) {
  const ConfigKey* key = find_config_key(name);
  if (key == nullptr || key->kind != kind) throw std::logic_error("no setting of this kind: " + std::string(name));
  return *key;
}

std::string quoted_as_toml(const ConfigKey& key, const std::string& value) {
  if (key.kind == ValueKind::kNumber || key.kind == ValueKind::kBool) return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace

Result<Config> Config::load(FileSystem& files, const Map& environment, const std::string& cwd, const Map& flags,
                            std::vector<std::string>* unreadable) {
  std::map<std::string, Setting> merged;  // later layers replace earlier ones
  for (const ConfigKey& key : config_keys()) {
    const std::string name(key.name);
    if (!key.built_in.empty()) merged[name] = {name, std::string(key.built_in), "built in"};
  }
  const std::string project_dir = cwd.empty() ? "/" : cwd;
  const std::string project_file = (project_dir == "/" ? "" : project_dir) + "/olivine.toml";
  for (const ConfigFile& file : {ConfigFile{"system", kSystemFile, ""}, ConfigFile{"user", user_file(environment), ""},
                                 ConfigFile{"project", project_file, project_dir}}) {
    const Status read = merge_file(files, file, merged);
    if (read) continue;
    if (unreadable == nullptr || read.error().kind != ErrorKind::kPermission)
      return tl::unexpected<Error>(read.error());
    unreadable->push_back(read.error().message);
  }
  for (const ConfigKey& key : config_keys()) {
    const std::string name = environment_name(key.name);
    const std::string value = value_of(environment, name);
    if (!value.empty()) OLIVINE_CHECK_STATUS(merge_value(key, value, name, "environment", merged));
  }
  OLIVINE_CHECK_STATUS(merge_flags(flags, merged));
  Config config;
  for (auto& [key, setting] : merged) config.settings_.push_back(std::move(setting));
  return config;
}

const Setting* Config::find(std::string_view key) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.key == key; });
  return found == settings_.end() ? nullptr : &*found;
}

std::string Config::get(std::string_view key) const {
  const Setting* setting = find(key);
  return setting == nullptr ? "" : setting->value;
}

bool Config::is_set(std::string_view key) const { return find(key) != nullptr; }

std::optional<Duration> Config::duration(std::string_view key) const {
  known_key(key, ValueKind::kDuration);
  const Result<Duration> value = parse_duration(get(key));
  if (!value) return std::nullopt;
  return *value;
}

std::optional<double> Config::number(std::string_view key) const {
  known_key(key, ValueKind::kNumber);
  const Result<double> value = parse_double(get(key));
  if (!value) return std::nullopt;
  return *value;
}

std::optional<bool> Config::flag(std::string_view key) const {
  known_key(key, ValueKind::kBool);
  if (!is_set(key)) return std::nullopt;
  return get(key) == "true";
}

std::string render_config_text(const Config& config, bool origin) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    const Setting* setting = config.find(key.name);
    const std::string line = setting == nullptr ? fmt::format("# {} is not set", key.name)
                                                : fmt::format("{} = {}", key.name, quoted_as_toml(key, setting->value));
    if (!origin) {
      text += line + "\n";
    } else {
      const std::string from = setting == nullptr ? std::string(key.help) : setting->origin;
      text += fmt::format("{:<58}  # {}\n", line, from);
    }
  }
  return text;
}

std::string render_config_json(const Config& config) {
  nlohmann::ordered_json document = {{"schema", "olivine.config/1"}, {"settings", nlohmann::ordered_json::array()}};
  for (const ConfigKey& key : config_keys()) {
    const Setting* setting = config.find(key.name);
    nlohmann::ordered_json row = {{"key", std::string(key.name)}};
    if (setting == nullptr) {
      row["value"] = nullptr;
      row["origin"] = nullptr;
    } else {
      row["value"] = setting->value;
      row["origin"] = setting->origin;
    }
    row["environment"] = environment_name(key.name);
    row["help"] = std::string(key.help);
    document["settings"].push_back(std::move(row));
  }
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace olivine
