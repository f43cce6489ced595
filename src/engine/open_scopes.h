// OpenScopes: which scopes of a run are open, and which of them are the innermost: open, with no open scope within, however deep. The
// bill (scopes.h) and what is counted while the run goes on (live_scopes.h) use the same ones.
//
//   A > B > C, B ends first (asynchronous)     innermost: C; then, when C has ended, A
//   D begins within B, which has ended         D is within A, the nearest that is open
//   "serve" on a thread, in it "answer" with a parent of another machine: "answer", for serve's code waits until it has ended
//
// A thread's scopes: those that began on it. Its innermost ones have no open scope of the same thread within; they are who computes when
// the thread does. One `with` in another has one; tasks that share a thread may have several.
//
// Units: none. Errors: none. Threads: one. Lifetime: values; scopes and threads are numbered from 0 in the order of their beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "workload/mark.h"

namespace olivine {

inline constexpr std::size_t kNoScope = static_cast<std::size_t>(-1);
inline constexpr std::size_t kNoThread = static_cast<std::size_t>(-1);

// Threads by what marks say of them. A CPU clock that goes back is another thread's under the same number.
class ScopeThreads {
 public:
  // kNoThread where the mark says none. Call it once for each mark, in order.
  std::size_t of(const Mark& mark);
  std::size_t count() const { return count_; }

 private:
  struct Known {
    std::size_t thread = 0;
    std::int64_t cpu_ns = 0;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Known> by_number_;  // pid, tid
  std::size_t count_ = 0;
};

class OpenScopes {
 public:
  // The next scope. `parent`: kNoScope, or any before it, open or not. `stated`: it names a parent, which may be none of this run's.
  void begin(std::size_t parent, bool stated, std::size_t thread, bool is_task);
  void end(std::size_t scope);
  bool is_open(std::size_t scope) const { return within_.is_open(scope); }
  const std::vector<std::size_t>& innermost() const { return innermost_; }
  const std::vector<std::size_t>& innermost_of(std::size_t thread) const { return threads_[thread].innermost; }
  // Threads with an open scope.
  const std::vector<std::size_t>& threads() const { return busy_; }
  std::size_t thread_of(std::size_t scope) const { return thread_of_[scope]; }

 private:
  // Who is within whom. What ends hands those within it to the nearest open one around it.
  class Forest {
   public:
    // The one that is not innermost any more; kNoScope: none.
    std::size_t begin(std::size_t within);
    // The one that is innermost again.
    std::size_t end(std::size_t scope);
    bool is_open(std::size_t scope) const { return nodes_[scope].open; }
    bool is_innermost(std::size_t scope) const { return nodes_[scope].open_within == 0; }

   private:
    struct Node {
      std::size_t within = kNoScope, open_within = 0;
      bool open = true;
    };
    std::size_t nearest_open(std::size_t scope);
    std::vector<Node> nodes_;
  };
  struct Thread {
    std::vector<std::size_t> innermost;
    std::vector<std::size_t> code;  // open ones that are no tasks, the last one last
    std::size_t open = 0;
  };

  Forest within_, on_thread_;
  std::vector<std::size_t> innermost_, thread_of_, busy_;
  std::vector<Thread> threads_;
};

}  // namespace olivine
