// Fuzzes redaction: any bytes are taken, and a value after --token= never stays.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> argv{"run", text, "--token=hunter2hunter2", text};
  const std::vector<std::string> kept = olivine::redact_argv(argv);
  if (kept.size() != argv.size()) std::abort();
  // A flag that announces a secret right before takes this argument whole.
  if (text.find("hunter2") == std::string::npos && kept[2].find("hunter2") != std::string::npos) std::abort();
  (void)olivine::redact_text(text);
  return 0;
}
