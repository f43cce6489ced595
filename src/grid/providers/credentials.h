// Credentials: the users' keys for the services, from the environment or from one private file.
//
//   OLIVINE_ELECTRICITY_MAPS_TOKEN, OLIVINE_WATTTIME_USER, OLIVINE_WATTTIME_PASSWORD, OLIVINE_EIA_KEY, OLIVINE_ENTSOE_TOKEN
//
// The file (setting grid_token_file) holds lines NAME=VALUE with these names, # begins a comment; it must be of mode 0600
// (base/private_file.h). The environment wins. Keys are never arguments of a command: other users can read those.
//
// A Secret does not print: there is no operator<< and no formatter; reveal() is for building requests only.
//
// Units: none. Errors: name the file and the line, never a value; kPermission for a file that others can read.
// Threads: values. Lifetime: values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

struct Credentials {
  Secret electricity_maps_token, watttime_user, watttime_password, eia_key, entsoe_token;
  // Every secret text that must not appear in any output.
  std::vector<std::string> all() const;
};

// `text` is what the private file holds; "" when there is none.
Result<Credentials> credentials_from(const std::map<std::string, std::string>& environment, std::string_view text,
                                     const std::string& path);
// Reads the file too, where `path` is not empty.
Result<Credentials> load_credentials(const std::map<std::string, std::string>& environment, const std::string& path);

}  // namespace olivine
