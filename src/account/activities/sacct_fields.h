// How sacct writes durations, resources (TRES), energies and states.
//
//   parse_slurm_duration("1-02:03:04")   93784 s      parse_slurm_duration("03:04.500")  184.5 s (minutes:seconds)
//   parse_tres("billing=8,cpu=4,gres/gpu:a100=2,gres/gpu=2,mem=16G,node=1")
//       cpus 4, memory 16 GB, 2 devices of a100: gres/gpu is the sum of its kinds, not two more
//   parse_slurm_energy("1.5K")  1,500 J     "0", "", "NO_VAL", 4294967294, 18446744073709551614: not measured
//
// Units: s, J, GB (Slurm's G is 2^30 bytes and is read as such: 1 G = 1.073741824 GB). Errors: absent when the text is none.
// Threads: pure. Lifetime: views into the argument. Source: sacct(1), sections on fields and on states, Slurm 24.11.
#pragma once

#include <optional>
#include <string_view>

#include "account/activities/activity_table.h"

namespace olivine {

std::optional<double> parse_slurm_duration(std::string_view text);

struct SlurmResources {
  double cpus = kNotSaid, memory_gb = kNotSaid, devices = kNotSaid;
  std::string_view device{};   // kind of GPU; empty when only a number is said
  bool several_kinds = false;  // `device` is the kind that most are of
};
std::optional<SlurmResources> parse_tres(std::string_view text);
// "16G", "4000M", "1.5T"; "4Gc" and "4Gn" of older versions are for a core and a node and are not read.
std::optional<double> parse_slurm_memory_gb(std::string_view text);
std::optional<double> parse_slurm_energy_j(std::string_view text);  // NaN: not measured

struct SlurmState {
  bool finished = false;  // holds no more resources
  bool ran = false;       // may have held some
  ActivityStatus status = ActivityStatus::kUnknown;
};
// "COMPLETED", "CANCELLED by 1003", "OUT_OF_MEMORY"; absent when it is no state.
std::optional<SlurmState> slurm_state(std::string_view text);

}  // namespace olivine
