#include "grid/providers/credentials.h"

#include <fmt/core.h>

#include <array>

#include "base/private_file.h"
#include "base/text.h"

namespace olivine {
namespace {

struct Name {
  std::string_view text;
  Secret Credentials::* member;
};
constexpr std::array<Name, 5> kNames{{{"OLIVINE_ELECTRICITY_MAPS_TOKEN", &Credentials::electricity_maps_token},
                                      {"OLIVINE_WATTTIME_USER", &Credentials::watttime_user},
                                      {"OLIVINE_WATTTIME_PASSWORD", &Credentials::watttime_password},
                                      {"OLIVINE_EIA_KEY", &Credentials::eia_key},
                                      {"OLIVINE_ENTSOE_TOKEN", &Credentials::entsoe_token}}};

// A line break in a header would begin another header.
Status check_secret(std::string_view value, const std::string& where) {
  if (value.size() > 4096) return fail(ErrorKind::kInvalid, where + ": the value is longer than 4096 bytes");
  for (const char c : value)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
      return fail(ErrorKind::kInvalid, where + ": the value holds a control character");
  return {};
}

Secret Credentials::* member_of(std::string_view name) {
  for (const Name& known : kNames)
    if (known.text == name) return known.member;
  return nullptr;
}

}  // namespace

std::vector<std::string> Credentials::all() const {
  std::vector<std::string> texts;
  for (const Name& name : kNames)
    if (const Secret& secret = this->*name.member; !secret.empty()) texts.push_back(secret.reveal());
  return texts;
}

Result<Credentials> credentials_from(const std::map<std::string, std::string>& environment, std::string_view text,
                                     const std::string& path) {
  Credentials found;
  std::size_t line_number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++line_number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#') continue;
    const std::string where = fmt::format("{}:{}", path, line_number);
    const std::size_t equals = line.find('=');
    const auto member = equals == std::string_view::npos ? nullptr : member_of(trim(line.substr(0, equals)));
    if (member == nullptr)
      return fail(ErrorKind::kInvalid,
                  where + ": expected NAME=VALUE with a name such as OLIVINE_EIA_KEY (docs/providers.md lists them)");
    const std::string_view value = trim(line.substr(equals + 1));
    OLIVINE_CHECK_STATUS(check_secret(value, where));
    found.*member = Secret(std::string(value));
  }
  for (const Name& name : kNames) {
    const auto set = environment.find(std::string(name.text));
    if (set == environment.end() || set->second.empty()) continue;
    OLIVINE_CHECK_STATUS(check_secret(set->second, std::string(name.text)));
    found.*name.member = Secret(set->second);
  }
  return found;
}

Result<Credentials> load_credentials(const std::map<std::string, std::string>& environment, const std::string& path) {
  if (path.empty()) return credentials_from(environment, "", path);
  auto text = read_private_file(path);
  if (!text) return with_context(text.error(), "the file of grid tokens (setting grid_token_file)");
  return credentials_from(environment, *text, path);
}

}  // namespace olivine
