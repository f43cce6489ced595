#include "engine/live_scopes.h"

#include <algorithm>
#include <utility>

#include "engine/scopes.h"

namespace olivine {

void LiveScopes::mark(const Mark& mark) {
  if (mark.scope) waiting_.push_back(mark);
}

std::optional<std::size_t> LiveScopes::find(std::uint64_t span) const {
  const auto found = by_span_.find(span);
  return found == by_span_.end() ? std::nullopt : std::optional(found->second);
}

void LiveScopes::settled(std::int64_t now_ns, double joules, double grams_per_joule) {
  const double piece = std::max(0.0, joules - shared_j_);
  const std::int64_t from_ns = std::min(before_ns_, now_ns);
  const double length = static_cast<double>(now_ns - from_ns);
  double given = 0.0;
  for (const Mark& mark : std::exchange(waiting_, {})) {
    const double part =
        length > 0.0 ? static_cast<double>(std::clamp(mark.ns, from_ns, now_ns) - from_ns) / length : 0.0;
    const double upto = std::max(given, part * piece);
    share(upto - given, (upto - given) * grams_per_joule);
    given = upto;
    turn(mark);
  }
  share(piece - given, (piece - given) * grams_per_joule);
  shared_j_ += piece;
  before_ns_ = now_ns;
}

void LiveScopes::share(double joules, double grams) {
  const std::vector<std::size_t>& innermost = open_.innermost();
  if (innermost.empty()) return outside_.add(joules, grams);
  const double parts = static_cast<double>(innermost.size());
  for (const std::size_t each : innermost) {
    scopes_[each].own.add(joules / parts, grams / parts);
    for (std::size_t at = each; at != LiveScope::kNone; at = scopes_[at].parent)
      scopes_[at].whole.add(joules / parts, grams / parts);
  }
}

// What the bill of that scope says beyond what its earlier ones said.
LiveUse LiveScopes::beyond(std::uint64_t of, const LiveUse& bill) {
  const auto [known, is_new] = billed_.try_emplace(of);
  if (is_new) billed_order_.push_back(of);
  LiveUse& before = known->second;
  const LiveUse more{std::max(0.0, bill.joules - before.joules), std::max(0.0, bill.grams - before.grams)};
  before.add(more.joules, more.grams);
  if (billed_order_.size() > kMostBilled) {
    billed_.erase(billed_order_.front());
    billed_order_.pop_front();
  }
  return more;
}

bool LiveScopes::charge(std::uint64_t span, double joules, std::optional<double> grams, std::uint64_t of) {
  const auto which = find(span);
  if (!which || (of != 0 && find(of))) return false;
  LiveUse more{joules, grams.value_or(0.0)};
  if (of != 0) more = beyond(of, more);
  for (std::size_t at = *which; at != LiveScope::kNone; at = scopes_[at].parent) {
    scopes_[at].whole.add(more.joules, more.grams);
    scopes_[at].charged.add(more.joules, more.grams);
    scopes_[at].carbon_missing = scopes_[at].carbon_missing || !grams;
  }
  return true;
}

void LiveScopes::turn(const Mark& mark) {
  const std::size_t thread = threads_.of(mark);
  const auto known = find(mark.scope->context.span);
  if (mark.kind == MarkKind::kEnd) {
    if (known && scopes_[*known].open) {
      LiveScope& ended = scopes_[*known];
      ended.open = false;
      ended.failed = mark.scope->failed;
      ended.gone = mark.scope->gone;
      ended.end_ns = mark.ns;
      open_.end(*known);
    }
    return;
  }
  LiveScope scope;
  scope.span = mark.scope->context.span;
  scope.path = mark.name;
  scope.begin_ns = mark.ns;
  if (const auto parent = find(mark.scope->parent)) {
    LiveScope& above = scopes_[*parent];
    scope.within = *parent;
    above.deeper_within = above.deeper_within || above.depth > kDeepestScope;
    scope.parent = above.depth > kDeepestScope ? above.parent : *parent;
    scope.depth = std::min(above.depth, kDeepestScope) + 1;
    scope.path = above.depth >= kDeepestScope ? above.path : above.path + "/" + mark.name;
  }
  by_span_[scope.span] = scopes_.size();
  open_.begin(scope.within, mark.scope->parent != 0, thread, !mark.scope->cpu_ns);
  scopes_.push_back(std::move(scope));
}

}  // namespace olivine
