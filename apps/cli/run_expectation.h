// How long a command is expected to run: what the user says, else the longest of the last runs of the same name. And how much longer
// it may take: what earlier runs of its name say of that (planning/online/deadline_guard.h), at least a twentieth.
//
// Units: ns. Errors: kInvalid says how to tell. Threads: one. Lifetime: values.
#pragma once

#include <string>

#include "apps/cli/app.h"

namespace olivine::cli {

struct Expectation {
  Duration duration;
  std::string origin;         // "as the longest of 3 earlier runs named bert"; "" when the user said it
  Duration margin;            // to be kept free before a deadline
  std::string margin_origin;  // "1 in 20 takes over 1.20 x (40 past runs)"; "" for the twentieth
};
Result<Expectation> expectation_of(const App& app);

}  // namespace olivine::cli
