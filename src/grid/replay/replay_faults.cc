#include "grid/replay/replay_faults.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 13> kKinds{"401",      "403",       "404",  "429",   "500",      "503", "null",
                                                  "negative", "wrongzone", "html", "empty", "truncate", "slow"};

}  // namespace

Result<std::vector<ReplayFault>> parse_replay_faults(std::string_view text) {
  std::vector<ReplayFault> faults;
  if (trim(text).empty()) return faults;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t colon = part.find(':');
    ReplayFault fault{std::string(trim(part.substr(0, colon))), 0, 0};
    if (std::find(kKinds.begin(), kKinds.end(), fault.kind) == kKinds.end())
      return fail(ErrorKind::kInvalid, fmt::format("--fault: '{}' is not a fault; known: 401 403 404 429 500 503 null "
                                                   "negative wrongzone html empty truncate slow",
                                                   printable(fault.kind.substr(0, 40))));
    const std::string_view amount = colon == std::string_view::npos ? std::string_view() : trim(part.substr(colon + 1));
    if (amount.starts_with("first")) {
      const auto count = parse_u64(amount.substr(5));
      if (!count)
        return fail(ErrorKind::kInvalid,
                    fmt::format("--fault: write {}:first2 for the first two requests", fault.kind));
      fault.first = *count;
    } else {
      const auto share = parse_double(amount);
      if (!share || *share < 0 || *share > 1)
        return fail(ErrorKind::kInvalid, fmt::format("--fault: write {}:0.1 for a tenth of the requests", fault.kind));
      fault.share = *share;
    }
    faults.push_back(std::move(fault));
  }
  return faults;
}

std::string ReplayFaults::next() {
  ++requests_;
  std::string due;
  for (const ReplayFault& fault : faults_) {  // one draw for each, so that one fault more does not move the others
    const bool drawn = prng_.uniform() < fault.share;
    if (due.empty() && (drawn || requests_ <= fault.first)) due = fault.kind;
  }
  return due;
}

}  // namespace olivine
