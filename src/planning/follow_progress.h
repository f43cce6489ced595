// FollowProgress: what work that is told to run and to wait has done.
//
// Who only tells knows no better than that work runs while it is told to. Who looks at it (a job of a scheduler that may wait in a
// queue) says what was seen: from then on only time between two looks that saw it running counts, so that a queue is no progress. Nor
// is the time that this machine slept: it is not counted, which can only make the work run earlier.
//
//   progress.settle({now, mono});  progress.tell(true);    // told to run at 00:00
//   progress.settle(...);  progress.see(false);            // in the queue still: nothing is done
//   next_step(rules, progress.state(), ...)
//
// Units: by type; `mono` is time of a clock that stands still while the machine sleeps, at the rate of `wall`. Errors: none.
// Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <vector>

#include "planning/follow.h"

namespace olivine {

class FollowProgress {
 public:
  explicit FollowProgress(const FollowRules& rules) : pause_time_(rules.pause_time), may_pause_(rules.may_pause) {}

  struct Time {
    WallTime wall;
    MonoTime mono;
  };
  // Up to now. First of all at each moment; what is told and seen is told and seen then.
  void settle(Time now);
  void tell(bool run);
  // False for the same as before.
  bool see(bool running);

  bool told() const { return told_; }
  // Running while it is told to and was not seen to do otherwise.
  FollowState state() const;

 private:
  bool counts() const { return told_ && seen_.value_or(true); }
  void turn(bool counted);

  Duration pause_time_, asleep_;
  bool may_pause_, told_ = false;
  std::optional<bool> seen_;  // absent: nobody looks
  std::optional<Time> now_;
  WallTime sure_until_;              // the last look that saw it running, or the start
  std::vector<WallInterval> spans_;  // that count
};

}  // namespace olivine
