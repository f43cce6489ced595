// NVML worker: the loop of the helper process `olivine --nvml-helper`, the only place where NVML is called.
//
// Why a process of its own: the library may hang in the driver, may crash, keeps tens of megabytes, and after a driver
// update only a fresh load helps. A process of its own need not survive any of this: the parent kills and restarts it
// (nvml_client.h), and neither the tick nor the measured work ever waits for NVML.
//
// It looks at sysfs before each call to a device and leaves a sleeping GPU alone. With a sleeping GPU at start it
// attaches none (nvmlInitWithFlags) and takes handles of the awake ones by bus id. It writes what it finds as
// NvmlRecords, drops rounds while the pipe is full, and ends when nobody reads.
//
// Units: as NvmlRecord. Errors: told in records; the exit code is 0 when the parent went away, else 1.
// Threads: one. Lifetime: the library is loaded for the call only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"

namespace olivine {

struct NvmlWorkerOptions {
  std::string library = "libnvidia-ml.so.1";
  std::string sysfs_root = "/sys";
  Duration period = milliseconds(100);           // energy and power
  Duration process_period = milliseconds(1000);  // who uses the GPU
  bool operator==(const NvmlWorkerOptions&) const = default;
};

// Writes records to `fd` until nobody reads them.
int serve_nvml(const NvmlWorkerOptions& options, FileSystem& files, const Clock& clock, int fd);

// The helper's command line after the program's own words, and back: LIBRARY SYSFS_ROOT PERIOD_MS PROCESS_PERIOD_MS.
std::vector<std::string> worker_arguments(const NvmlWorkerOptions& options);
Result<NvmlWorkerOptions> parse_worker_arguments(std::span<const char* const> arguments);

// main() of `olivine --nvml-helper`: records go to descriptor 3. `arguments` are the words after --nvml-helper.
int nvml_helper_main(std::span<const char* const> arguments);
inline constexpr int kNvmlRecordFd = 3;

}  // namespace olivine
