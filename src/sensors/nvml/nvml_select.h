// Which GPUs a command sees, by CUDA_VISIBLE_DEVICES (CUDA C++ Programming Guide, "CUDA Environment Variables").
//
//   not set -> all          "" -> none         "1,0" -> GPUs 1 and 0       "0,7,1" on two GPUs -> GPU 0 (7 ends the list)
//   "GPU-8f6a" -> the GPU whose UUID begins so, when only one does
//   "MIG-<uuid>" -> the GPU that holds the instance
//   "MIG-GPU-<uuid>/1/0" (drivers before R470) -> that GPU
//
// Units: none. Errors: none; CUDA takes a wrong word as the end of the list, and so do we. Threads: pure.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sensors/nvml/nvml_client.h"

namespace olivine {

// Positions in `gpus`, each once, in the order of the list.
std::vector<std::size_t> visible_gpus(const std::vector<NvmlGpu>& gpus,
                                      const std::optional<std::string>& visible_devices);

}  // namespace olivine
