#include "engine/scope_terms.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace olivine {
namespace {

constexpr double kNearPart = 0.8;
constexpr std::int64_t kMostCounted = 1'000'000'000'000'000'000;  // requests, a million words of the most
constexpr std::string_view kLeftOut =
    "its beginning was left out: a run keeps 10,000 scopes, 1,000 at a time, if no line is lost";
constexpr std::string_view kFurther = "a run keeps the quotas and service levels of 10,000 scopes";

double of_kind(const LiveUse& use, BudgetKind kind) { return kind == BudgetKind::kCarbon ? use.grams : use.joules; }

std::optional<double> lesser(std::optional<double> a, double b) { return a ? std::min(*a, b) : b; }

}  // namespace

bool ScopeTerms::line(std::string_view text) {
  auto word = parse_scope_word(text);
  if (!word) return false;
  waiting_.push_back(std::move(*word));
  return true;
}

void ScopeTerms::say(const Term* of, std::string sentence) {
  if (of != nullptr && of->program_tells) return;
  if (++sentences_ < kMostSentences)
    said_.push_back(std::move(sentence));
  else if (sentences_ == kMostSentences)
    said_.emplace_back("further scopes are not told here; olivine show has them");
}

double ScopeTerms::in_unit(const Budget& amount, BudgetKind kind) const {
  if (amount.kind == kind) return amount.amount;
  if (amount.kind == BudgetKind::kMoney || !(now_.grams_per_joule > 0.0))
    return std::numeric_limits<double>::infinity();
  return kind == BudgetKind::kEnergy ? amount.amount / now_.grams_per_joule : amount.amount * now_.grams_per_joule;
}

double ScopeTerms::spent_of(const Term& term) const {
  return of_kind(scopes_.scopes()[term.scope].whole, term.quota->kind);
}

// What the scopes around it and the run have left, in its unit; nothing where none of them has a quota. `plus`: used by itself, which
// those had left when it began. What is used up is used up in any unit; how much of carbon is left must be known to bound.
ScopeTerms::Around ScopeTerms::left_above(const Term& term, double plus) const {
  const BudgetKind kind = term.quota->kind;
  Around around;
  const auto bound = [&](const Budget& each, bool known, std::string_view whose) {
    double theirs = in_unit(each, kind);
    if (!std::isfinite(theirs) && each.amount <= 0.0) theirs = 0.0;
    if (std::isfinite(theirs)) around.left = lesser(around.left, std::max(0.0, theirs + plus));
    const bool compared = std::isfinite(theirs) || each.kind == BudgetKind::kMoney;
    if (each.amount > 0.0 && !(known && compared)) around.why = fmt::format("the carbon of {} is not known", whose);
  };
  for (std::size_t at = scopes_.scopes()[term.scope].parent; at != LiveScope::kNone; at = scopes_.scopes()[at].parent) {
    const auto found = by_scope_.find(at);
    if (found == by_scope_.end()) continue;
    const Term& above = terms_[found->second];
    if (!above.quota || !above.granted) continue;
    const bool known = above.quota->kind != BudgetKind::kCarbon || carbon_known(scopes_.scopes()[at]);
    bound({above.quota->kind, *above.granted - spent_of(above), {}}, known, "a scope around it");
  }
  if (now_.run_left) bound(*now_.run_left, true, "the run");
  return around;
}

const ScopeTerms::Term* ScopeTerms::quota_around(const Term& term) const {
  for (std::size_t at = scopes_.scopes()[term.scope].parent; at != LiveScope::kNone; at = scopes_.scopes()[at].parent)
    if (const auto found = by_scope_.find(at); found != by_scope_.end() && terms_[found->second].quota)
      return &terms_[found->second];
  return nullptr;
}

void ScopeTerms::set_terms(const ScopeWord& word, std::size_t scope) {
  if (by_scope_.contains(scope)) return;
  if (terms_.size() >= kMostTerms) return leave_out(word);
  Term term;
  term.scope = scope;
  term.program_tells = word.program_tells;
  const std::string& path = scopes_.scopes()[scope].path;
  if (!word.quota.empty()) {
    if (auto quota = quota_from(word.quota))
      term.quota = std::move(*quota);
    else
      say(nullptr, fmt::format("{}: {}", printable(path), quota.error().message));
  }
  if (!word.level.empty()) {
    term.level_text = trim(word.level);
    if (const auto level = service_level_from(word.level))
      term.level = *level;
    else
      say(nullptr, fmt::format("{}: {}", printable(path), level.error().message));
  }
  if (term.quota && !is_as_the_first(first_units_, path, std::string(term.quota->unit()), "quotas in"))
    term.quota.reset();
  if (term.level && !is_as_the_first(first_levels_, path, term.level_text, "service level")) term.level.reset();
  by_scope_[scope] = terms_.size();
  terms_.push_back(std::move(term));
}

// One path has one row in the record: its quotas are of one unit, its service levels the same. `what` is kept as the first one's if it is
// the first.
bool ScopeTerms::is_as_the_first(std::map<std::string, std::string>& firsts, const std::string& path,
                                 const std::string& what, std::string_view kind) {
  if (!firsts.contains(path) && firsts.size() >= kMostRows) {
    say(nullptr, fmt::format("{}: a run keeps those of {} paths; further ones are not kept", kind, kMostRows));
    return false;
  }
  const auto [first, is_new] = firsts.emplace(path, what);
  if (first->second == what) return true;
  say(nullptr, fmt::format("{}: {} {} is not kept: the first one of this path was {}", printable(path), kind,
                           printable(what), printable(first->second)));
  return false;
}

// Who reads the board must not wait for what never comes, nor take silence for some left.
void ScopeTerms::leave_out(const ScopeWord& word) {
  if (word.verb != ScopeVerb::kTerms && word.verb != ScopeVerb::kAsk) return;
  if (word.verb == ScopeVerb::kTerms && !std::exchange(told_of_left_out_, true))
    say(nullptr, fmt::format("{}: {} is not kept, nor is that of others like it: {}", printable(word.name),
                             word.quota.empty() ? "its service level" : "its quota",
                             scopes_.find(word.context.span) ? kFurther : kLeftOut));
  if (std::ranges::find(left_out_, word.context.span) != left_out_.end()) return;
  left_out_.push_back(word.context.span);
  if (left_out_.size() > kMostLeftOut) left_out_.pop_front();
}

void ScopeTerms::take(const ScopeWord& word) {
  const auto scope = scopes_.find(word.context.span);
  if (!scope) return leave_out(word);
  if (word.verb == ScopeVerb::kTerms || word.verb == ScopeVerb::kAsk) return set_terms(word, *scope);
  if (word.verb == ScopeVerb::kCharge) {
    scopes_.charge(word.context.span, word.joules.value_or(0.0), word.grams, word.of);
    return;
  }
  const auto found = by_scope_.find(*scope);
  if (found == by_scope_.end()) return;
  Term& term = terms_[found->second];
  term.requests = std::min(kMostCounted, term.requests + word.requests);
  term.late = std::min(kMostCounted, term.late + word.late);
  term.failed = std::min(kMostCounted, term.failed + word.failed);
  if (word.accuracy) term.accuracy = word.accuracy;
}

void ScopeTerms::grant(Term& term) {
  const std::string name = printable(scopes_.scopes()[term.scope].path);
  const Budget& quota = *term.quota;
  const double used = spent_of(term);
  const Around around = left_above(term, used);
  const double granted = std::min(quota.amount, around.left.value_or(quota.amount));
  term.granted = granted;
  if (const std::string& why = now_.unknown.empty() ? around.why : now_.unknown; !why.empty())
    say(nullptr, fmt::format("{}: a quota of {} cannot be kept: {}", name, quota.text(quota.amount), why));
  else if (granted < quota.amount)
    say(&term, fmt::format("{}: {} of {} granted: more was not left around it", name, quota.text(granted),
                           quota.text(quota.amount)));
}

void ScopeTerms::look(Term& term) {
  const Budget& quota = *term.quota;
  const double spent = spent_of(term);
  const bool is_spent = spent >= *term.granted;
  if (!is_spent && (term.near || spent < kNearPart * *term.granted)) return;  // of thousands nearly all, each reading
  const std::string used =
      fmt::format("{}: {}{} of {} used", printable(scopes_.scopes()[term.scope].path),
                  why_unknown(term).empty() ? "" : "at least ", quota.text(spent), quota.text(*term.granted));
  term.near = true;
  if (!is_spent) return say(&term, fmt::format("{} ({:.0f} %)", used, 100.0 * spent / *term.granted));
  term.spent = true;
  term.spent_ns = now_.ns;
  say(&term, used + ": the quota is spent, the work goes on");
}

std::vector<std::string> ScopeTerms::settled(const Reading& reading) {
  now_ = reading;
  scopes_.settled(reading.ns, reading.joules, reading.grams_per_joule);
  for (const ScopeWord& word : std::exchange(waiting_, {})) take(word);
  for (Term& term : terms_) {
    if (!term.quota) continue;
    if (!term.granted) grant(term);
    if (scopes_.scopes()[term.scope].deeper_within && !std::exchange(term.told_too_deep, true))
      say(nullptr, fmt::format("{}: a quota of {} cannot be kept: {}", printable(scopes_.scopes()[term.scope].path),
                               term.quota->text(term.quota->amount), kTooDeep));
    if (!term.spent) look(term);
  }
  return std::exchange(said_, {});
}

std::string ScopeTerms::why_unknown(const Term& term) const {
  if (!now_.unknown.empty()) return now_.unknown;
  return std::string(scopes_.scopes()[term.scope].deeper_within ? kTooDeep : "");
}

BoardRow ScopeTerms::row_of(const Term& term) const {
  const LiveScope& scope = scopes_.scopes()[term.scope];
  BoardRow row;
  row.span = scope.span;
  row.state = scope.open ? "live" : "ended";
  row.why = why_unknown(term);
  if (!scope.deeper_within) row.joules = scope.whole.joules;
  if (!scope.deeper_within && carbon_known(scope)) row.grams = scope.whole.grams;
  if (!term.quota) {
    const Term* around = quota_around(term);
    if (around == nullptr) return row;
    BoardRow theirs = row_of(*around);  // whose quota it is under
    theirs.span = row.span;
    theirs.joules = row.joules;
    theirs.grams = row.grams;
    return theirs;
  }
  const bool carbon = term.quota->kind == BudgetKind::kCarbon;
  if (carbon && !carbon_known(scope))
    row.why = "a service's bill came without its carbon, or the intensity is not known";
  row.unit = term.quota->unit();
  row.asked = term.quota->amount;
  row.granted = term.granted;
  row.spent = spent_of(term);
  if (!term.granted) {
    row.state = "waiting";
    return row;
  }
  const Around around = left_above(term, 0.0);
  if (row.why.empty()) row.why = around.why;
  if (row.why.empty()) row.left = lesser(around.left, std::max(0.0, *term.granted - *row.spent));
  if (*row.spent >= *term.granted)
    row.state = "spent";
  else if (around.left && *around.left <= 0.0)
    row.state = "above";
  else if (!row.why.empty())
    row.state = "unknown";
  else if (scope.open)
    row.state = "ok";
  return row;
}

Board ScopeTerms::board() const {
  Board board{now_.ns, {}};
  std::size_t ended = 0;
  for (auto term = terms_.rbegin(); term != terms_.rend(); ++term)
    if (scopes_.scopes()[term->scope].open || ++ended <= kMostEndedOnBoard) board.rows.push_back(row_of(*term));
  for (const std::uint64_t span : left_out_) {
    const auto scope = scopes_.find(span);
    if (scope && by_scope_.contains(*scope)) continue;  // it has begun since
    BoardRow row;
    row.span = span;
    row.state = "unknown";
    row.why = scope ? kFurther : kLeftOut;
    board.rows.push_back(std::move(row));
  }
  return board;
}

}  // namespace olivine
