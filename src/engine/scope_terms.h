// ScopeTerms: quotas and service levels of the scopes of a run, kept while it runs: what was granted, what is left, who is to be told,
// and what stands in the record when it has ended (report/run_record.h, RecordTerms).
//
// A quota is a cap, not an allotment: nothing is set aside. At the first reading after a scope began it is granted
//
//   granted = the least of what it asked and of what each scope around it (and the run's --budget) has left then, its own use not counted
//   left    = the least of granted - spent and of what each of those has left now: never more than theirs
//
//   job asks 100 J (70 J are spent), step within asks 50 J and has used nothing yet: granted 30 J. Two such steps at once: 30 J each,
//   and when both together have used 30 J neither has anything left, because the job has not.
//
// spent counts what is within and what services billed (charge). An energy quota within a carbon quota is compared at the present grams
// for a joule. Where a part of the energy is not known the quota cannot be kept: spent is a lower bound, left is not known.
//
// All that is counted here is modelled (live_scopes.h) until the run has ended; the record's bill says what was used.
//
// Units: ns, J, g. Errors: none; what makes no sense is said once in a sentence. Threads: one. Lifetime: value.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/live_scopes.h"
#include "planning/budget.h"
#include "planning/service_kept.h"
#include "report/run_record.h"
#include "workload/scope_board.h"
#include "workload/scope_word.h"

namespace olivine {

class ScopeTerms {
 public:
  static constexpr std::string_view kTooDeep = "what is within a scope more than 16 deep counts around it, not to it";
  static constexpr std::size_t kMostTerms = 10'000;  // scopes with terms in a run
  static constexpr std::size_t kMostRows = 1'000;    // paths with terms
  static constexpr std::size_t kMostSentences = 20;  // said while the run goes on
  static constexpr std::size_t kMostEndedOnBoard = 64;
  static constexpr std::size_t kMostLeftOut = 1'000;  // of those that are not kept, the last that said something

  struct Reading {
    std::int64_t ns = 0;  // monotonic
    double joules = 0.0;  // of the run so far
    double grams_per_joule = 0.0;
    std::string unknown;             // why `joules` is a lower bound; "" when it is not
    std::optional<Budget> run_left;  // of the run's own budget
  };

  void mark(const Mark& mark) { scopes_.mark(mark); }
  // True: the line was a scope's word.
  bool line(std::string_view text);
  bool active() const { return !terms_.empty() || !waiting_.empty() || !left_out_.empty(); }
  // A scope has begun: each piece from here on is to be priced, as its terms may come later.
  bool counts() const { return scopes_.any(); }
  // A word wants a reading soon.
  bool wants_reading() const { return !waiting_.empty(); }
  // Counts up to here. What is to be said to the user, a line each.
  std::vector<std::string> settled(const Reading& reading);
  Board board() const;
  // The run has ended at this reading.
  std::vector<RecordTerms> finish(const Reading& reading);
  const LiveScopes& scopes() const { return scopes_; }

 private:
  struct Term {
    std::size_t scope = 0;  // of scopes_
    std::optional<Budget> quota;
    std::optional<double> granted;  // in the quota's unit
    std::optional<ServiceLevel> level;
    std::string level_text;
    bool program_tells = false;
    bool near = false, spent = false, told_too_deep = false;
    std::int64_t spent_ns = 0;  // monotonic
    std::int64_t requests = 0, late = 0, failed = 0;
    std::optional<double> accuracy;
  };
  void take(const ScopeWord& word);
  void leave_out(const ScopeWord& word);
  void set_terms(const ScopeWord& word, std::size_t scope);
  bool is_as_the_first(std::map<std::string, std::string>& firsts, const std::string& path, const std::string& what,
                       std::string_view kind);
  const Term* quota_around(const Term& term) const;
  void grant(Term& term);
  void look(Term& term);
  std::string why_unknown(const Term& term) const;  // what it has spent; "" when that is known
  void say(const Term* of, std::string sentence);
  struct Around {
    std::optional<double> left;  // nothing: no quota is around; with `why` it may be less
    std::string why;
  };
  Around left_above(const Term& term, double plus) const;
  bool carbon_known(const LiveScope& scope) const { return !scope.carbon_missing && now_.grams_per_joule > 0.0; }
  double spent_of(const Term& term) const;
  double in_unit(const Budget& amount,
                 BudgetKind kind) const;  // at the present grams for a joule; infinite when those are not known
  BoardRow row_of(const Term& term) const;
  RecordQuota quota_of(const std::vector<std::size_t>& terms) const;  // of one path
  RecordService service_of(const std::vector<std::size_t>& terms) const;

  LiveScopes scopes_;
  std::vector<Term> terms_;
  std::map<std::size_t, std::size_t> by_scope_;                    // of scopes_ -> of terms_
  std::map<std::string, std::string> first_units_, first_levels_;  // of a path
  std::vector<ScopeWord> waiting_;
  std::deque<std::uint64_t> left_out_;  // spans that have terms or asked, but are none of ours
  bool told_of_left_out_ = false;
  Reading now_;
  std::size_t sentences_ = 0;
  std::vector<std::string> said_;
};

}  // namespace olivine
