// ReplayFaults: which answers of the replay server go wrong, and how. The same seed gives the same faults.
//
//   "429:0.1,null:0.05"   every tenth answer, on average, is 429; every twentieth has null values
//   "html:first2"         the first two answers are web pages
//
// Kinds: 401 403 404 429 500 503 (statuses; 429 and 503 with Retry-After: 1), null, negative, wrongzone, html, empty, truncate
// (cut in half), slow (late by 1.5 s). At most one a request; of several that are due the first in the list.
//
// Units: shares of requests. Errors: kInvalid names the part that is not understood. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "base/result.h"

namespace olivine {

struct ReplayFault {
  std::string kind;
  double share = 0;
  std::uint64_t first = 0;
};

Result<std::vector<ReplayFault>> parse_replay_faults(std::string_view text);

class ReplayFaults {
 public:
  ReplayFaults(std::vector<ReplayFault> faults, std::uint64_t seed) : faults_(std::move(faults)), prng_(seed) {}
  // The kind of the next request's fault, "" for none.
  std::string next();

 private:
  std::vector<ReplayFault> faults_;
  Prng prng_;
  std::uint64_t requests_ = 0;
};

}  // namespace olivine
