#include "engine/gpu_holders.h"

#include <algorithm>

namespace olivine {

bool GpuHolders::is_own(std::int64_t pid) const {
  return std::any_of(seen_.begin(), seen_.end(),
                     [&](const std::set<std::int64_t>& seen) { return seen.contains(pid); });
}

std::vector<GpuUse> GpuHolders::use(const std::vector<std::string>& devices, const std::set<std::int64_t>& own,
                                    const std::vector<NvmlProcessUse>& list, std::uint64_t number) {
  const std::uint64_t newer = std::min<std::uint64_t>(number - number_, seen_.size());
  for (std::uint64_t i = 0; i < newer; ++i) {
    std::rotate(seen_.begin(), seen_.end() - 1, seen_.end());
    seen_.front().clear();
  }
  number_ = number;
  seen_.front().insert(own.begin(), own.end());
  std::vector<GpuUse> uses;
  for (const std::string& device : devices) uses.push_back({device, 0, 0, 0.0, 0.0});
  for (const NvmlProcessUse& process : list)
    for (GpuUse& use : uses) {
      if (use.device != "gpu-" + process.uuid) continue;
      const bool mine = is_own(process.pid);
      ++(mine ? use.run_contexts : use.other_contexts);
      (mine ? use.run_sm_percent : use.other_sm_percent) += process.sm_percent.value_or(0.0);
    }
  return uses;
}

}  // namespace olivine
