#include "sensors/nvml/nvml_select.h"

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace olivine {
namespace {

// The one GPU for which `matches` holds; none when several do, as CUDA refuses an ambiguous prefix.
std::optional<std::size_t> only_one(const std::vector<NvmlGpu>& gpus,
                                    const std::function<bool(const NvmlGpu&)>& matches) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    if (!matches(gpus[i])) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::optional<std::size_t> gpu_of(const std::vector<NvmlGpu>& gpus, std::string_view word) {
  constexpr std::string_view kOldMig = "MIG-GPU-";
  if (word.starts_with(kOldMig)) {  // a prefix is taken off, never a set of letters
    const std::string_view uuid = word.substr(4, word.find('/') - 4);
    return only_one(gpus, [&](const NvmlGpu& gpu) { return gpu.uuid == uuid; });
  }
  if (word.starts_with("MIG-") && word.size() > 4) {
    const auto holds = [&](const NvmlMig& mig) { return mig.uuid.starts_with(word); };
    return only_one(gpus, [&](const NvmlGpu& gpu) { return std::any_of(gpu.mig.begin(), gpu.mig.end(), holds); });
  }
  if (word.starts_with("GPU-") && word.size() > 4)
    return only_one(gpus, [&](const NvmlGpu& gpu) { return gpu.uuid.starts_with(word); });
  const auto index = parse_u64(word);
  if (!index) return std::nullopt;
  return only_one(gpus, [&](const NvmlGpu& gpu) { return static_cast<std::uint64_t>(gpu.index) == *index; });
}

}  // namespace

std::vector<std::size_t> visible_gpus(const std::vector<NvmlGpu>& gpus,
                                      const std::optional<std::string>& visible_devices) {
  std::vector<std::size_t> chosen;
  if (!visible_devices) {
    for (std::size_t i = 0; i < gpus.size(); ++i) chosen.push_back(i);
    return chosen;
  }
  for (const std::string_view word : split(*visible_devices, ',')) {
    const auto gpu = gpu_of(gpus, trim(word));
    if (!gpu) break;
    if (std::find(chosen.begin(), chosen.end(), *gpu) == chosen.end()) chosen.push_back(*gpu);
  }
  return chosen;
}

}  // namespace olivine
