// What `olivine assess` found, as one value; printed as text or as JSON.
//
// Units: by type. Errors: none here. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/market_based.h"
#include "account/scopes.h"
#include "apps/cli/app.h"
#include "engine/reassess.h"

namespace olivine::cli {

struct AssessedPlace {
  std::vector<Reassessed> runs;  // in the order asked for
  ImpactTotal total;
  std::optional<MarketBased> market;  // absent: no contract was stated
  std::optional<ScopeMap> scopes;     // absent: `scopes_reason`
  std::string scopes_reason;
  const RunRecord& first() const { return runs.front().record; }
};

struct AssessedRuns {
  std::vector<std::string> ids, names;
  std::string at;      // as asked; "" when they ran
  std::string signal;  // what the places are sorted by
  std::vector<AssessedPlace> places;
};

std::string render_assess_text(const AssessedRuns& assessed, const TextStyle& style);
std::string render_assess_json(const AssessedRuns& assessed);

}  // namespace olivine::cli
