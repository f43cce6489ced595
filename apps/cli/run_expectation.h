// How long a command is expected to run: what the user says, else the longest of the last runs of the same name.
//
// Units: ns. Errors: kInvalid says how to tell. Threads: one. Lifetime: values.
#pragma once

#include <string>

#include "apps/cli/app.h"

namespace olivine::cli {

struct Expectation {
  Duration duration;
  std::string origin;  // "as the longest of 3 earlier runs named bert"; "" when the user said it
};
Result<Expectation> expectation_of(const App& app);

}  // namespace olivine::cli
