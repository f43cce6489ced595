// Carrying a plan out on a job of somebody else's scheduler. The plan is made by `plan --follow`, a process of its own, as for
// `olivine run`; its lines become calls of a JobHand.
//
// While the job is held back a guard stands by: a shell that does nothing until its pipe to us ends. Then it lets the job go, and where the
// scheduler does not answer it tries again: after 1, 2, 4, .. 30 s, for ten minutes of waiting (each try is given a minute), or until the
// scheduler refuses or does not know the job. So a job is never left waiting because we were killed. SIGTERM, SIGINT and SIGHUP end us within
// a second, with the record closed (JobRecord::leave) and the guard at work.
//
// A plan that hangs keeps no job from its deadline: past the latest moment of a wait (follower.h) the job is let go without another line, also
// where no first line came.
//
//   guard.set("resume")     before the job is suspended
//   guard.set("")           when it runs again
//
// Units: none. Errors: printed. Threads: one. Lifetime: of the command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acting/job_hand.h"
#include "apps/cli/app.h"
#include "apps/cli/jobs_record.h"

namespace olivine::cli {

class JobGuard {
 public:
  // `script` is one command of sh, run when we are gone, if anything was set: $undo is what, $1 .. are the words, $limit what bounds a try.
  static Result<JobGuard> start(const std::string& script, const std::vector<std::string>& words);
  JobGuard(JobGuard&& other) noexcept;
  JobGuard& operator=(JobGuard&&) = delete;
  ~JobGuard();  // waits a second for it; what takes longer it does alone
  void set(const std::string& undo);

 private:
  JobGuard(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  pid_t pid_ = 0;
  int fd_ = -1;
  std::string undo_;
};

// "41.0 % less by average", "not known at the margin"; of a fraction.
std::string saving_text(const std::optional<double>& saving, const char* how);

// Lets the job go, with a few tries. What came of it, to be printed: "the job is let go", "the job is over", or why it could not be.
std::string let_go(JobHand& hand);

// Who holds the job back when the following begins.
enum class HeldBy { kOthers, kUs };
struct FollowWish {
  bool may_pause = true;
  bool watch = false;  // stay until the job has ended, also when nothing is left to do: the record says what it did
  HeldBy held = HeldBy::kOthers;
};
// The exit code. Ends when the job has, or, without pauses, when it was let go. A step that fails is tried again at the next look, unless
// it is refused. A job that others hold stays as it is when nothing was planned. `record` keeps what is said and seen.
int follow_job(const App& app, JobHand& hand, const FollowWish& wish, JobRecord& record);
// Only looks until the job has ended: its start was planned once, and what it came to is priced by the same plan's intensities.
int watch_job(const App& app, JobHand& hand, JobRecord& record);

}  // namespace olivine::cli
