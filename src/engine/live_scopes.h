// LiveScopes: what the scopes of a run that is going on have used so far. The bill (scopes.h) shares by the CPU time that a scope says at
// its end; that is not known yet, so that here the innermost open scopes (open_scopes.h, the bill's too) share equally: a model, replaced by the bill.
//
//   run 100 W: A begins at 0 s, B within A at 4 s, settled at 6 s (600 J) and, B having ended at 8 s, at 10 s (1000 J)
//   at 6 s     A 400 J of its own, 600 J with B; B 200 J
//   at 10 s    A 600 J of its own, 1000 J with B; B 400 J
//
// Between two readings power is constant. own of all scopes + outside = what was settled; whole = own + whole of those within, always.
// What the run used may be counted a little lower at a later reading (idle shares are of the whole run): nothing is taken back, the next
// piece is smaller. A charge is what a service used for a scope elsewhere: it is in whole and in charged, never in own or the run.
// A bill that names the service's scope is what that one used so far, and counts once: a second one of the same scope adds what it says
// beyond the first; one of a scope of this run adds nothing, as its work is counted here already.
//
//   bill 40 J of scope b7 twice, then 50 J of b7: 40 J, 0 J, 10 J are charged; 40 J of a scope that began in this run: 0 J
//
// As in the bill, what is deeper than kDeepestScope counts to its ancestor there and to those around that: `whole` of a scope that is
// deeper has only its own. So a program of any depth costs at most that many additions a scope and reading.
//
// Units: ns, J, g. Errors: none. Threads: one. Lifetime: value; it keeps each scope that began (mark_intake.h bounds them).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/open_scopes.h"
#include "workload/mark.h"

namespace olivine {

struct LiveUse {
  double joules = 0.0, grams = 0.0;
  void add(double j, double g) {
    joules += j;
    grams += g;
  }
};

struct LiveScope {
  static constexpr std::size_t kNone = kNoScope;
  std::uint64_t span = 0;
  // Of scopes(): whose `whole` has this one's; of what is deeper than kDeepestScope its ancestor there.
  std::size_t parent = kNone;
  std::size_t within = kNone;  // the one it began in, however deep
  std::string path;            // as in the bill
  std::size_t depth = 1;       // at most one more than kDeepestScope
  std::int64_t begin_ns = 0, end_ns = 0;
  bool open = true, failed = false;
  bool gone = false;            // it has no end of its own: its process died
  LiveUse own, whole, charged;  // charged is within whole
  bool deeper_within = false;   // what is within counts around it: `whole` is a lower bound
  bool carbon_missing = false;  // a bill said none: the grams are a lower bound
};

class LiveScopes {
 public:
  static constexpr std::size_t kMostBilled = 10'000;  // scopes of services whose bills are remembered, the last ones

  // Marks that were kept, in order of time; counted at the next settle.
  void mark(const Mark& mark);
  // `joules`: of the run, from its start. `grams_per_joule`: now, at the facility's meter.
  void settled(std::int64_t now_ns, double joules, double grams_per_joule);
  // False: no such scope, or the bill is of a scope of this run. Without grams: those are not known. `of`: whose bill it is; 0: not said,
  // each counts in full.
  bool charge(std::uint64_t span, double joules, std::optional<double> grams, std::uint64_t of = 0);

  const std::vector<LiveScope>& scopes() const { return scopes_; }
  std::optional<std::size_t> find(std::uint64_t span) const;
  const LiveUse& outside() const { return outside_; }
  double settled_j() const { return shared_j_; }
  bool any() const { return !scopes_.empty() || !waiting_.empty(); }

 private:
  void turn(const Mark& mark);
  void share(double joules, double grams);
  LiveUse beyond(std::uint64_t of, const LiveUse& bill);

  std::vector<LiveScope> scopes_;
  std::unordered_map<std::uint64_t, std::size_t> by_span_;
  OpenScopes open_;
  ScopeThreads threads_;
  std::vector<Mark> waiting_;
  std::unordered_map<std::uint64_t, LiveUse> billed_;  // by scope of a service
  std::deque<std::uint64_t> billed_order_;
  LiveUse outside_;
  double shared_j_ = 0.0;
  std::int64_t before_ns_ = 0;
};

}  // namespace olivine
