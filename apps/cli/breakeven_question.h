// What `olivine breakeven` asks, from its options and the defaults, and where each value came from.
//
// Units: coherent. Errors: kInvalid names the option. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "compare/break_even.h"

namespace olivine::cli {

struct AskedBreakEven {
  BreakEvenQuestion question;
  std::string use_place, fab_place;  // "FR, 41 g/kWh, yearly 2024"; "" when not stated
  std::vector<std::string> notes;
};
Result<AskedBreakEven> asked_break_even(const App& app);

}  // namespace olivine::cli
