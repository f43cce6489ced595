// Difference: one thing of a stored run that comes out otherwise when it is computed again.
//
// Units: text. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <string>

namespace olivine {

struct Difference {
  std::string key;  // "facts[3].attributed_uj", "record.energy_j.total.value"
  std::string stored, recomputed;
};

}  // namespace olivine
