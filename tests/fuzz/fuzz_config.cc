// Fuzzes the configuration parser: any bytes give settings or an error of one line, as a project's file and as a
// user's.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* layer : {"project", "user"}) {
    const auto settings = olivine::parse_config_file(text, {layer, "/w/olivine.toml", "/w"});
    if (!settings && settings.error().message.find('\n') != std::string::npos) std::abort();
    if (!settings) continue;
    for (const olivine::Setting& setting : *settings) {
      const olivine::ConfigKey* key = olivine::find_config_key(setting.key);
      if (key == nullptr || !olivine::check_config_value(*key, setting.value)) std::abort();
      const bool project = std::string_view(layer) == "project";
      if (project && setting.key == "ledger" && !setting.value.starts_with("/w/")) std::abort();
      if (project && !key->in_project) std::abort();
    }
  }
  return 0;
}
