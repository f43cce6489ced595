// JobRecord: a job of somebody else's scheduler as a run of the ledger: what was planned, what we told the scheduler and what we saw the
// job do, each when it happened. No meter of its node is read, so its energy is unknown, not 0; a job that runs `olivine run` on its
// node has a record of its own there.
//
//   JobRecord record(app, app.clock, {"Slurm job 7", "slurm job 7", {{"slurm_job", "7"}}, words, plan});
//   record.told("let go", "50 g/kWh");  record.looked({.state = "RUNNING", .runs = true});
//   record.finish(report, true);
//
// A pause ends when the job is seen to run again, or to have ended. Each event is in the ledger at once, as a mark: when we are killed
// (SIGKILL) the run is closed as interrupted, with its plan and these marks; a signal that asks us to end leaves time for leave().
// What a job did is as fresh as the last look at it: after each step, and every ten seconds.
//
// Units: ns. Errors: said once; the job goes on without a record. Threads: one. Lifetime: `app` outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acting/job_hand.h"
#include "apps/cli/app.h"
#include "apps/cli/follower.h"
#include "engine/recorder.h"

namespace olivine::cli {

struct JobIdentity {
  std::string job, name;             // "Slurm job 7", "slurm job 7"
  std::vector<NameValue> host;       // {"slurm_job", "7"}
  std::vector<std::string> command;  // of who submitted it; redacted here
};

class JobRecord {
 public:
  // `plan`: what was planned, before anything came of it. `clock`: when what is told and seen happened; outlives this.
  JobRecord(const App& app, const Clock& clock, const JobIdentity& who, RecordSchedule plan);

  // What was done or seen just now; `action` as RecordSchedule::Event has it.
  void told(const std::string& action, const std::string& reason);
  void looked(const JobLook& look);
  void warn(std::string why) {
    if (recorder_) recorder_->warn(std::move(why));
  }
  bool kept() const { return recorder_.has_value(); }
  const std::vector<WallInterval>& ran() const { return ran_; }
  // What we have not seen is not known: of a job that was let go and not `watched` to its end nothing but the plan is kept.
  void finish(const std::optional<FollowReport>& report, bool watched);
  // We are ended while the job goes on: what it did until now is kept, and that it is not known any further.
  void leave(const std::string& why);

 private:
  std::string status() const;
  void close();

  const App& app_;
  const Clock& clock_;
  RecordSchedule facts_;
  RunContext context_;
  std::unique_ptr<Ledger> ledger_;
  std::optional<Recorder> recorder_;
  Now started_;
  std::vector<WallInterval> ran_;
  std::int64_t ran_until_boot_ns_ = 0;
  std::size_t events_ = 0;
  bool runs_ = false, ending_ = false, paused_ = false;
  JobLook last_;
};

}  // namespace olivine::cli
