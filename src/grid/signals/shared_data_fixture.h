// Where the tests find the data that is not in the repository: OLIVINE_SHARED_DATA, else ../shared/data beside the sources.
//
// Units: none. Errors: absent when there is none; the test then skips. Threads: any. Lifetime: values.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace olivine {

inline std::optional<std::string> shared_data(const std::string& file) {
  const char* set = std::getenv("OLIVINE_SHARED_DATA");
  const std::string path =
      (set != nullptr ? std::string(set) : std::string(OLIVINE_SOURCE_DIR) + "/../shared/data") + "/" + file;
  return std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

}  // namespace olivine
