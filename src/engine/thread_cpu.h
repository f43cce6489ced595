// ThreadCpu: what threads used between their marks, spread over the stretches between all marks of the run.
//
// Between two marks of one thread only its sum is known. It is spread evenly, but out of stretches in which threads together would have
// used more than the run did: that is what other threads' marks and the run's own CPU time say about when it was.
//
//   10 s, the run uses 1 CPU all the time; thread 1 says 2 s from 0 to 8 s, thread 2 says 4 s from 2 to 6 s
//   evenly: 1.25 CPUs from 2 to 6 s, which cannot be. Spread: thread 2 has all of 2 to 6 s, thread 1 one second before and one after (to 2 %)
//
// By iterative proportional fitting (Deming and Stephan 1940): each stretch between marks has a factor at most 1, each thread's sum is kept.
// A stretch that is over-said is cut to what the run used, until none is by more than 2 %, at most 60 times; each takes as long as there are
// marks. Sums win: who says more than the run used keeps what it said.
//
// Units: ns. Errors: none. Threads: pure. Lifetime: value.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/open_scopes.h"

namespace olivine {

// Between the mark before and mark i; the last one ends with the run.
struct MarkInterval {
  double ns = 0.0;
  std::optional<double> used_ns;  // CPU time of the run; absent: not known
};

class ThreadCpu {
 public:
  ThreadCpu(const std::vector<Mark>& marks, const std::vector<MarkInterval>& intervals);
  std::size_t threads() const { return now_.size(); }
  std::size_t thread_of(std::size_t mark) const { return thread_of_[mark]; }
  // Call in order of the marks, from 0.
  void pass(std::size_t mark);
  // From the mark that was passed last to the next. Nothing: it has no mark that says so any more.
  std::optional<double> used_ns(std::size_t thread) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Stretch {  // from a mark of a thread to its next: intervals first to last
    std::size_t first = 0, last = 0;
    double cpu_ns = 0.0, rate = 0.0;  // in room_
  };
  void find(const std::vector<Mark>& marks);
  void spread(const std::vector<MarkInterval>& intervals);
  void set_rates();

  std::vector<std::size_t> thread_of_;  // by mark
  struct Begin {
    bool is = false;
    std::size_t stretch = kNone;  // that begins at the mark
  };
  std::vector<Begin> begins_;  // by mark
  std::vector<Stretch> stretches_;
  std::vector<double> room_;      // by interval: its length by its factor
  std::vector<std::size_t> now_;  // by thread: its stretch
  std::size_t interval_ = 0;
};

}  // namespace olivine
