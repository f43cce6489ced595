// What of quotas and service levels stands in the record, one row a path.
#include <algorithm>
#include <limits>

#include "engine/scope_terms.h"

namespace olivine {

RecordQuota ScopeTerms::quota_of(const std::vector<std::size_t>& terms) const {
  RecordQuota q;
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t each : terms) {
    const Term& term = terms_[each];
    if (!term.quota) continue;
    const LiveScope& scope = scopes_.scopes()[term.scope];
    const bool carbon = term.quota->kind == BudgetKind::kCarbon;
    const double granted = term.granted.value_or(term.quota->amount), spent = spent_of(term);
    q.unit = term.quota->unit();
    ++q.scopes;
    q.bounded += granted < term.quota->amount ? 1 : 0;
    q.spent += term.spent ? 1 : 0;
    q.asked += term.quota->amount;
    q.granted += granted;
    q.counted += spent;
    q.charged += carbon ? scope.charged.grams : scope.charged.joules;
    q.counted_j += scope.whole.joules - scope.charged.joules;
    q.over += std::max(0.0, spent - granted);
    if (term.spent && term.spent_ns < first_ns) {
      first_ns = term.spent_ns;
      q.first_spent_ns = std::max<std::int64_t>(0, term.spent_ns - scope.begin_ns);
    }
    if (carbon && scope.carbon_missing) q.unknown = "a service's bill came without its carbon";
    if (scope.deeper_within) q.unknown = kTooDeep;
  }
  if (!now_.unknown.empty()) q.unknown = now_.unknown;
  q.counted_j = std::max(0.0, q.counted_j);
  return q;
}

// A scope that counted no requests is one request itself: failed if its code raised or its command ended other than 0.
RecordService ScopeTerms::service_of(const std::vector<std::size_t>& terms) const {
  RecordService s;
  ServiceKept kept;
  const ServiceLevel* level = nullptr;
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max(), last_ns = 0;
  for (const std::size_t each : terms) {
    const Term& term = terms_[each];
    if (!term.level) continue;
    const LiveScope& scope = scopes_.scopes()[term.scope];
    level = &*term.level;
    s.level = term.level_text;
    ++s.scopes;
    const std::int64_t end_ns = scope.open ? now_.ns : scope.end_ns;
    const double lasted_s = static_cast<double>(end_ns - scope.begin_ns) * 1e-9;
    const bool counted = term.requests > 0, ended = !scope.open && !scope.gone;
    if (counted || ended) {
      kept.requests += counted ? term.requests : 1;
      const bool late = !scope.failed && level->most_latency_s && lasted_s > *level->most_latency_s;
      kept.late += counted ? term.late : late ? 1 : 0;
      kept.failed += counted ? term.failed : scope.failed ? 1 : 0;
    }
    kept.all_ended = kept.all_ended && ended;
    kept.scopes_failed += scope.failed ? 1 : 0;
    kept.longest_s = std::max(kept.longest_s.value_or(0.0), lasted_s);
    if (term.accuracy) kept.accuracy = std::min(kept.accuracy.value_or(*term.accuracy), *term.accuracy);
    first_ns = std::min(first_ns, scope.begin_ns);
    last_ns = std::max(last_ns, end_ns);
  }
  if (level == nullptr) return s;
  kept.seconds = static_cast<double>(last_ns - first_ns) * 1e-9;
  const auto verdicts = verdicts_of(*level, kept);
  s.requests = kept.requests;
  s.late = kept.late;
  s.failed = kept.failed;
  s.verdict = together(verdicts);
  for (const ServiceVerdict& v : verdicts) s.objectives.push_back({v.objective, v.wanted, v.got, v.verdict});
  return s;
}

std::vector<RecordTerms> ScopeTerms::finish(const Reading& reading) {
  settled(reading);
  std::map<std::string, std::vector<std::size_t>> by_path;
  for (std::size_t i = 0; i < terms_.size(); ++i) by_path[scopes_.scopes()[terms_[i].scope].path].push_back(i);
  std::vector<RecordTerms> rows;
  for (const auto& [path, terms] : by_path) {
    RecordTerms row{path, std::nullopt, std::nullopt};
    if (RecordQuota quota = quota_of(terms); quota.scopes > 0) row.quota = std::move(quota);
    if (RecordService service = service_of(terms); service.scopes > 0) row.service = std::move(service);
    if (row.quota || row.service) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace olivine
