// What a manifest must be beyond its keys: names that are unique and refer to something, phases and planes that exist, energy said in
// one way, PUE once. Used by parse_manifest.
//
// Units: none. Errors: kInvalid, "file:line: what; fix". Threads: pure. Lifetime: none.
#pragma once

#include <string_view>

#include "account/manifest/manifest.h"

namespace olivine {

// Letters, digits, '_', begins with a letter.
bool is_manifest_name(std::string_view name);
// An id may hold '-' and begin with a digit as well.
bool is_manifest_id(std::string_view id);
Status check_manifest(const Manifest& manifest);

// The ways in which an activity says its energy: "energy", "hardware", "runs", "flop", "data", "requests", "carbon".
std::vector<std::string_view> ways_of_energy(const ManifestActivity& activity);

}  // namespace olivine
