// What Slurm's hooks hear of a job, and the wish that a user writes into its comment.
//
//   "olivine:within=12h,duration=2h"     start within 12 h; it runs 2 h
//   "olivine:within=12h"                 it runs as long as its --time says
//   "7|1795681222|1795681225|1795681225|1795681227|0:02|COMPLETED|0"   a job's times, of squeue: seconds since 1970; its exit status
//
// An epilog begins when Slurm has decided that a job ends, perhaps before its processes have: the exit code that it is told of a
// cancelled job, or of one past its time limit, is 0, and its state is COMPLETING until the epilog itself has ended. Only then squeue
// says CANCELLED, TIMEOUT or COMPLETED. So a COMPLETING job with exit code 0 may have ended in any way.
//
// The times are asked of squeue with fields of fixed meaning and never read out of `scontrol show job`, where a job's name may say
// StartTime=0.
//
// Units: in the names. Errors: kInvalid names what was read. Threads: pure. Lifetime: values.
// Source: man pages of Slurm 22.05 (SLURM_TIME_FORMAT, squeue --Format); answers recorded from 22.05.8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acting/job_hand.h"
#include "base/time.h"

namespace olivine {

struct SlurmWish {
  Duration within, duration;
};
bool is_slurm_wish(std::string_view comment);  // begins with "olivine:"
// `time_limit`: of the job, as Slurm writes it ("2:00:00", "1-00:00:00"); "" or above a year: none.
Result<SlurmWish> slurm_wish_of(std::string_view comment, std::string_view time_limit);
// "[D-]HH:MM:SS", "MM:SS", "MM"; absent for what is none.
std::optional<Duration> slurm_duration(std::string_view text);

struct SlurmTimes {
  std::string state;  // COMPLETED, COMPLETING, FAILED, ...
  WallTime submitted, eligible, started, ended;
  Duration ran;  // what it ran between, suspended times left out; whole seconds
  std::optional<int> exit_code,
      exit_signal;  // so far: a job that is being cancelled has code 0 until its processes are gone
  // Slurm does not keep when.
  bool suspended() const { return ended.ns - started.ns - ran.ns > 1'500'000'000; }
};
// With SLURM_TIME_FORMAT=%s in the environment.
std::vector<std::string> slurm_times_words(const std::string& job);
// Of squeue's lines that of `job`: asked for one task of an array it may name others too.
Result<SlurmTimes> slurm_times_of(std::string_view output, std::string_view job);
// How it ended, as far as that is said: a state that is final, else an exit status that is not 0.
JobLook slurm_end_of(const SlurmTimes& times);

}  // namespace olivine
