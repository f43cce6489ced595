// NvmlLibrary: the few functions of NVIDIA's management library that Olivine calls, found at run time.
//
// The declarations here are our own, after the documented C ABI (NVML API reference); no NVIDIA header is used and
// nothing links against the library. Every function is optional but init, shutdown, count and handle: an old or
// cut-down library lacks some, and the caller does without. This header needs only the standard library, so that
// tests/gpu/nvml_check.cc can be compiled alone on a GPU machine.
//
// Units: energy in millijoules since the driver was loaded, power in milliwatts, memory in bytes, use in percent.
// Errors: NvmlCode as the library returns it; load() says why in words. Threads: NVML locks inside; one thread here.
// Lifetime: the library stays loaded while the object lives. A call may hang or crash: see sensors/nvml, which makes
// the calls in a process of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace olivine {

// nvmlReturn_t. Values not named here occur too.
enum class NvmlCode : int {
  kSuccess = 0,
  kUninitialized = 1,
  kInvalidArgument = 2,
  kNotSupported = 3,
  kNoPermission = 4,
  kNotFound = 6,
  kInsufficientSize = 7,
  kDriverNotLoaded = 9,
  kTimeout = 10,
  kLibraryNotFound = 12,
  kFunctionNotFound = 13,
  kGpuIsLost = 15,
  kResetRequired = 16,
  kOperatingSystem = 17,
  kVersionMismatch = 18,
  kUnknown = 999,
};
const char* name_of(NvmlCode code);  // "gpu is lost", "not supported", ...; "error" for others

struct NvmlDeviceTag;
using NvmlDevice = NvmlDeviceTag*;

// Layouts of the C ABI.
struct NvmlProcessInfo {  // nvmlProcessInfo_v2_t, of nvmlDeviceGetComputeRunningProcesses_v2 and _v3
  unsigned int pid;
  unsigned long long used_memory_bytes;  // kNvmlNoMemoryValue: not known
  unsigned int gpu_instance;             // 0xFFFFFFFF without MIG
  unsigned int compute_instance;
};
struct NvmlProcessSample {  // nvmlProcessUtilizationSample_t
  unsigned int pid;
  unsigned long long time_us;
  unsigned int sm_percent;
  unsigned int memory_percent;
  unsigned int encoder_percent;
  unsigned int decoder_percent;
};
struct NvmlPciInfo {  // nvmlPciInfo_t
  char legacy_bus_id[16];
  unsigned int domain;
  unsigned int bus;
  unsigned int device;
  unsigned int device_id;
  unsigned int subsystem_id;
  char bus_id[32];
};
static_assert(sizeof(NvmlProcessInfo) == 24 && sizeof(NvmlProcessSample) == 32 && sizeof(NvmlPciInfo) == 68);
inline constexpr unsigned long long kNvmlNoMemoryValue = ~0ULL;
inline constexpr unsigned int kNvmlInitNoGpus = 1;    // nvmlInitWithFlags: no GPU need be there
inline constexpr unsigned int kNvmlInitNoAttach = 2;  // nvmlInitWithFlags: do not attach GPUs, so none is woken

// Null where the library lacks the function.
struct NvmlApi {
  int (*init)() = nullptr;
  int (*init_with_flags)(unsigned int) = nullptr;
  int (*shutdown)() = nullptr;
  int (*device_count)(unsigned int*) = nullptr;
  int (*device_by_index)(unsigned int, NvmlDevice*) = nullptr;
  int (*device_by_bus_id)(const char*, NvmlDevice*) = nullptr;
  int (*uuid)(NvmlDevice, char*, unsigned int) = nullptr;
  int (*name)(NvmlDevice, char*, unsigned int) = nullptr;
  int (*pci_info)(NvmlDevice, NvmlPciInfo*) = nullptr;
  int (*total_energy_mj)(NvmlDevice, unsigned long long*) = nullptr;
  int (*power_mw)(NvmlDevice, unsigned int*) = nullptr;
  int (*power_limit_mw)(NvmlDevice, unsigned int*) = nullptr;
  int (*compute_processes)(NvmlDevice, unsigned int*, NvmlProcessInfo*) = nullptr;
  int (*process_use)(NvmlDevice, NvmlProcessSample*, unsigned int*, unsigned long long) = nullptr;
  int (*mig_mode)(NvmlDevice, unsigned int*, unsigned int*) = nullptr;
  int (*mig_count)(NvmlDevice, unsigned int*) = nullptr;
  int (*mig_by_index)(NvmlDevice, unsigned int, NvmlDevice*) = nullptr;
  int (*gpu_instance)(NvmlDevice, unsigned int*) = nullptr;
  int (*compute_instance)(NvmlDevice, unsigned int*) = nullptr;
  int (*driver_version)(char*, unsigned int) = nullptr;
};

class NvmlLibrary {
 public:
  // Null with the reason in `why` when the library or one of the four needed functions is missing.
  static std::unique_ptr<NvmlLibrary> load(const std::string& path, std::string& why);
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;
  ~NvmlLibrary();

  NvmlApi api;

 private:
  explicit NvmlLibrary(void* handle) : handle_(handle) {}
  void* handle_;
};

inline constexpr const char* kNvmlLibraryName = "libnvidia-ml.so.1";

// Calls an optional function: kFunctionNotFound when the library lacks it.
template <class... Wanted, class... Given>
NvmlCode nvml_call(int (*function)(Wanted...), Given... given) {
  return function == nullptr ? NvmlCode::kFunctionNotFound : static_cast<NvmlCode>(function(given...));
}

}  // namespace olivine
