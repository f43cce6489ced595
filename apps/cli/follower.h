// Follower: `olivine plan --follow`, a process of its own (docs/adr/0016), and the lines that it says. It is in a group of its own:
// Ctrl-C and Ctrl-Z are for the work. It ends when we do.
//
//   OLIVINE_TRY(auto follower, Follower::start(program, asked));
//   while (!follower->ended())
//     if (const auto line = follower->next(1000)) ...  // "run", "300 g/kWh"
//   const auto report = follower->finish();
//
// Units: ms. Errors: start says why there is no process. A plan that cannot be made has begun() false, or ends before its first line:
// the process has said why on standard error. Threads: one. Lifetime: the destructor ends the process and waits for it.
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

struct FollowLine {
  std::string action, reason;  // "run", "wait"
};
struct FollowReport {
  RecordSchedule::Saving planned, actual;
  std::string zone, source;
  std::vector<RecordSchedule::Span> plan, segments;  // as it was made first; as it ran
  std::optional<RecordSchedule::Span> at_once;
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
  // Blocks until it says something or has ended: whether there is a plan.
  bool begun();
  // The next line; absent when no whole one came within the time (0: is there now; below 0: for ever) and at its end.
  std::optional<FollowLine> next(int within_ms);
  bool ended() const { return ended_; }
  // What a look at the work saw. Once this is said, only time seen running counts as work done.
  void seen(bool running);
  // The work is done: what was planned, and what came of it. `ran`: when it really ran, of who has seen it; else when it was told
  // to. Absent when it does not say so in time.
  std::optional<FollowReport> finish(const std::vector<WallInterval>& ran = {});

 private:
  Follower() = default;
  bool fill(int within_ms);
  bool tell(const std::string& words);
  std::optional<std::string> next_text(int within_ms);

  pid_t pid_ = 0;
  int to_ = -1, from_ = -1;
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace olivine::cli
