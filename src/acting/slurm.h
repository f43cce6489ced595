// Slurm through its own commands: sbatch, scontrol, squeue. No library of it is linked, no file of it is read.
//
//   begin    sbatch --begin=now+SECONDS: the start is planned once; for everybody
//   hold     sbatch -H, later scontrol release: the start is planned again and again until it is due; for the job's owner
//   suspend  scontrol suspend and resume while it runs: for operators (Slurm refuses others). CPUs go to other jobs meanwhile; memory,
//            GPUs and their memory stay
//   requeue  scontrol requeuehold and release: the job starts anew, so it must read a checkpoint of its own; for its owner
//
// A state is asked for twice at each step and every ten seconds, never more often: slurmctld serves others too.
//
// Units: seconds. Errors: kInvalid with Slurm's own words; kNotFound when its commands are not installed. Threads: one. Lifetime: values.
// Source: man pages of Slurm 22.05; answers recorded from 22.05.8 (tests/slurm).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acting/job_hand.h"
#include "base/time.h"

namespace olivine {

enum class SlurmBy { kBegin, kHold, kSuspend, kRequeue };
Result<SlurmBy> slurm_by_from(std::string_view name);

// The words of sbatch; `arguments` are the user's. kInvalid when they plan the start themselves (--begin, -b, --hold, -H, however
// they are cut short or joined), or hide the job's number (--quiet, -Q).
Result<std::vector<std::string>> sbatch_words(SlurmBy by, Duration until_start, const std::string& comment,
                                              const std::vector<std::string>& arguments);
// kInvalid where they choose a cluster (--clusters, -M): whoever acts on the job later would ask our own one for its number.
Status check_own_cluster(const std::vector<std::string>& arguments);
// "123" of "Submitted batch job 123", "123" or "123;cluster" (--parsable).
Result<std::string> slurm_job_of(std::string_view output);
// "x" of "Submitted batch job 123 on cluster x" and "123;x"; "" where none is named, as without --clusters.
std::string slurm_cluster_of(std::string_view output);

// PENDING, RUNNING, SUSPENDED, COMPLETED, ..., a line of squeue each: an array's tasks have their own. None when Slurm does not know the
// job any more.
Result<std::vector<std::string>> slurm_states(const ProgramRunner& run, const std::string& job);
bool slurm_ended(std::string_view state);
// kInvalid unless it is a job's number, perhaps of an array: 123, 123_4.
Result<std::string> checked_slurm_job(std::string_view job);

class SlurmHand final : public JobHand {
 public:
  SlurmHand(ProgramRunner run, std::string job, SlurmBy by) : run_(std::move(run)), job_(std::move(job)), by_(by) {}
  Status wait() override;
  Status go() override;
  // An array has ended when all of its tasks have, well when all have completed; it runs while one of them does.
  Result<JobLook> look() override;
  // What lets it go when we are gone: "release", "resume", or "" when it is not held back by us.
  const std::string& undo() const { return undo_; }
  // `undo` is told before anything is done that it must undo.
  std::function<void(const std::string& undo)> before;

 private:
  Status control(const std::string& verb, const std::string& undo);

  ProgramRunner run_;
  std::string job_;
  SlurmBy by_;
  std::string undo_;
};

}  // namespace olivine
