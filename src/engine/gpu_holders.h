// GpuHolders: whose the GPU's contexts and SM use are: the run's, or another's.
//
// NVML lists processes once a second, with what they used in the second before. A process that has ended since is still
// listed, but is in no cgroup and no tree any more: it must not become a stranger. So whoever was seen as the run's
// stays the run's until two further lists have come.
//
//   tick 1: own {7}, list 1 {}      -> 0 contexts
//   tick 2: own {},  list 2 {7: 90} -> run 1 context, 90 % (7 ended meanwhile)
//   list 5 {7: 10}                  -> other: a new process with the old number
//
// Units: SM use in percent of the GPU. Errors: none. Threads: one. Lifetime: of the run.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sensors/nvml/nvml_client.h"
#include "workload/usage.h"

namespace olivine {

class GpuHolders {
 public:
  // `devices`: "gpu-<uuid>"; `own`: the run's processes now; `list` is NVML's last, the `number`-th.
  std::vector<GpuUse> use(const std::vector<std::string>& devices, const std::set<std::int64_t>& own,
                          const std::vector<NvmlProcessUse>& list, std::uint64_t number);

 private:
  bool is_own(std::int64_t pid) const;

  std::uint64_t number_ = 0;
  std::array<std::set<std::int64_t>, 3>
      seen_;  // the run's processes: since this list, the one before, the one before that
};

}  // namespace olivine
