// MarkIntake: which lines of the work become marks of the run. The lines are the work's own words, or anybody's with the
// same user: nothing of them is believed that our clock, our bounds and the marks before contradict.
//
//  - A time outside of [the last look, now] is moved to its nearer end, so that marks are in order.
//  - Epochs are those of the process that began first: with eight ranks that all say "epoch 3" there is one epoch 3.
//    While an epoch is open, another process may only begin a later one; the process that opened it may begin any.
//  - An epoch without a number is the one after the last, the first is 1.
//  - A scope is known by its span: a second beginning of an open one and the end of one that is not open are left out.
//  - At most kMostScopes scopes are kept, and kMostOpenScopes are open at a time; what goes beyond is in the bill of the
//    scope around it.
//  - A scope whose process has died without ending it is ended by Olivine (gone=1), when it sees that.
//  - At most kMostEpochMarks and kMostPoints are kept; an epoch that is open when the bound is met ends there.
//
// Units: ns. Errors: none; notes() says in sentences what was left out. Threads: one. Lifetime: value.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "workload/mark.h"

namespace olivine {

class MarkIntake {
 public:
  static constexpr std::size_t kMostEpochMarks = 20'000;
  static constexpr std::size_t kMostPoints = 10'000;
  static constexpr std::size_t kMostScopes = 10'000;
  static constexpr std::size_t kMostOpenScopes = 1'000;

  // `now_ns`: when the line was read. True: a mark was kept.
  bool line(std::string_view text, std::int64_t now_ns);
  // After the lines of one look at the pipe.
  void looked(std::int64_t now_ns, bool complete);
  // Processes with open scopes; empty: nobody need be looked at.
  std::set<std::int64_t> processes() const;
  // This one has died, and all that it said was read. True: marks were kept.
  bool died(std::int64_t pid, std::int64_t now_ns);
  // The marks kept since the last call.
  std::vector<Mark> take();
  std::vector<std::string> notes() const;

 private:
  bool epoch(Mark& mark);
  bool begin(Mark& mark);
  bool end(Mark& mark);
  bool scope(Mark& mark);
  bool keep(Mark mark, std::size_t& count, std::size_t most);

  std::vector<Mark> kept_;
  std::int64_t floor_ns_ = 0;
  bool open_ = false;
  std::int64_t number_ = 0, opener_ = 0;       // of the last epoch
  std::map<std::uint64_t, Mark> open_scopes_;  // by span: how it began
  std::size_t epoch_marks_ = 0, points_ = 0, scopes_ = 0, ends_ = 0;
  std::int64_t no_marks_ = 0, repeated_ = 0, too_many_ = 0, unknown_ = 0, unopened_ = 0, many_scopes_ = 0;
  bool flooded_ = false;
};

}  // namespace olivine
