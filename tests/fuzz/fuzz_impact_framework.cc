// Impact Framework manifests from strangers: never a crash, and what is accepted can be written as an account that parses.
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "account/manifest/manifest.h"
#include "account/sci/impact_framework.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace olivine;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = read_impact_framework(text, "fuzz.yml");
  if (!manifest) {
    if (manifest.error().message.find('\n') != std::string::npos) throw std::logic_error("an error of two lines");
    return 0;
  }
  const auto account = account_of_impact_framework(*manifest);
  if (account)
    if (const auto parsed = parse_manifest(*account, "account.toml"); !parsed) throw std::logic_error(parsed.error().message);
  (void)write_impact_framework(*manifest);
  return 0;
}
