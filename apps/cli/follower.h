// Follower: `olivine plan --follow`, a process of its own (docs/adr/0016), and the lines that it says. It is in a group of its own:
// Ctrl-C and Ctrl-Z are for the work. It ends when we do (kFollowedBy), also while it waits for a file that nobody writes.
//
//   OLIVINE_TRY(auto follower, Follower::start(program, asked));
//   while (!follower->ended())
//     if (const auto line = follower->next(1000)) ...  // "run", "300 g/kWh"
//   const auto report = follower->finish();
//
// It may hang (stopped, a dead file server), so each wait says when it is over at the latest: overdue() is true a tenth of a second after
// that. Before the first line the latest moment is the question's: the deadline less the work and its margin, and 5 s from the start at
// the least, which a plan may take to be made or refused. A machine that slept had no time to say anything: that tenth is of time awake.
//
//   "wait", latest 16:20:00, and nothing more: next(until_latest_ms()) at 16:20:00.0 and again at 16:20:00.1, where it is overdue
//
//
// Units: ms; the latest moments are of the wall clock, as the deadline is. Errors: start says why there is no process. A plan that cannot be made has begun() false and ended() true: the process
// has said why on standard error. Threads: one. Lifetime: finish() and the destructor end the process and wait for that.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/plan_options.h"
#include "base/result.h"
#include "grid/intensity.h"
#include "report/run_record.h"

namespace olivine::cli {

// Of its environment: who reads it, by pid. With him it ends.
inline constexpr const char* kFollowedBy = "OLIVINE_FOLLOWED_BY";

struct FollowReport {
  RecordSchedule::Saving planned, actual;
  std::string zone, source;
  std::vector<RecordSchedule::Span> plan, segments;  // as it was made first; as it ran
  std::optional<RecordSchedule::Span> at_once;
};
struct FollowLine {
  std::string action, reason;  // "run", "wait"
  std::optional<WallTime>
      latest;  // of a wait: when the work must go on to be done in time, whether or not another line comes
  std::optional<FollowReport> made;  // of the first line: the plan
};

class Follower {
 public:
  // `program` is olivine-grid. Of `asked` what --follow knows; "" is left to its defaults.
  static Result<std::unique_ptr<Follower>> start(const std::string& program, const PlanOptions& asked);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower();

  pid_t pid() const { return pid_; }
  void forget() { pid_ = 0; }  // it was reaped elsewhere
  // Whether there is a plan: blocks until it says something or has ended, at most as long.
  bool begun(int within_ms = -1);
  // The next line; absent when no whole one came within the time (0: is there now; below 0: for ever) and at its end.
  std::optional<FollowLine> next(int within_ms);
  bool ended() const { return ended_; }

  // Of the wait that holds; absent when it runs, and where it is beyond all time.
  std::optional<WallTime> latest() const { return latest_; }
  // How long to wait for a line before overdue() is asked again; 30 s at most: the wall clock may be set, the machine may sleep.
  int until_latest_ms() const;
  bool overdue();
  void waits_no_more() { latest_.reset(); }  // it was done without another line: no longer overdue

  // What a look at the work saw. Once this is said, only time seen running counts as work done.
  void seen(bool running);
  // The work is done: what was planned, and what came of it. `ran`: when it really ran, of who has seen it; else when it was told
  // to. Absent when it does not say so in time; it is not waited for when it is stopped.
  std::optional<FollowReport> finish(const std::vector<WallInterval>& ran = {});

 private:
  Follower() = default;
  bool fill(int within_ms);
  bool tell(const std::string& words);
  bool stopped() const;
  std::optional<FollowReport> last_line();
  void end();
  std::optional<std::string> next_text(int within_ms);

  pid_t pid_ = 0;
  int to_ = -1, from_ = -1;
  std::string buffer_;
  bool ended_ = false;
  std::optional<WallTime> latest_;
  std::optional<std::int64_t> overdue_since_ns_;  // awake
};

}  // namespace olivine::cli
