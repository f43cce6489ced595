#include "hardware/nvml_api.h"

#include <dlfcn.h>

#include <cstring>

namespace olivine {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  void* const address = dlsym(library, name);
  static_assert(sizeof address == sizeof function);
  std::memcpy(&function, &address, sizeof function);  // POSIX lets dlsym's pointer be one to a function
}

// The newest version whose layout we know, then older ones of the same layout.
template <class Function>
void find(void* library, const char* newer, const char* older, Function& function) {
  find(library, newer, function);
  if (function == nullptr) find(library, older, function);
}

void find_all(void* library, NvmlApi& api) {
  find(library, "nvmlInit_v2", api.init);
  find(library, "nvmlInitWithFlags", api.init_with_flags);
  find(library, "nvmlShutdown", api.shutdown);
  find(library, "nvmlDeviceGetCount_v2", api.device_count);
  find(library, "nvmlDeviceGetHandleByIndex_v2", api.device_by_index);
  find(library, "nvmlDeviceGetHandleByPciBusId_v2", api.device_by_bus_id);
  find(library, "nvmlDeviceGetUUID", api.uuid);
  find(library, "nvmlDeviceGetName", api.name);
  find(library, "nvmlDeviceGetPciInfo_v3", api.pci_info);
  find(library, "nvmlDeviceGetTotalEnergyConsumption", api.total_energy_mj);
  find(library, "nvmlDeviceGetPowerUsage", api.power_mw);
  find(library, "nvmlDeviceGetEnforcedPowerLimit", api.power_limit_mw);
  find(library, "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2",
       api.compute_processes);
  find(library, "nvmlDeviceGetProcessUtilization", api.process_use);
  find(library, "nvmlDeviceGetMigMode", api.mig_mode);
  find(library, "nvmlDeviceGetMaxMigDeviceCount", api.mig_count);
  find(library, "nvmlDeviceGetMigDeviceHandleByIndex", api.mig_by_index);
  find(library, "nvmlDeviceGetGpuInstanceId", api.gpu_instance);
  find(library, "nvmlDeviceGetComputeInstanceId", api.compute_instance);
  find(library, "nvmlSystemGetDriverVersion", api.driver_version);
}

}  // namespace

const char* name_of(NvmlCode code) {
  switch (code) {
    case NvmlCode::kSuccess: return "success";
    case NvmlCode::kUninitialized: return "not initialised";
    case NvmlCode::kInvalidArgument: return "invalid argument";
    case NvmlCode::kNotSupported: return "not supported";
    case NvmlCode::kNoPermission: return "no permission";
    case NvmlCode::kNotFound: return "not found";
    case NvmlCode::kInsufficientSize: return "insufficient size";
    case NvmlCode::kDriverNotLoaded: return "driver not loaded";
    case NvmlCode::kTimeout: return "timeout";
    case NvmlCode::kLibraryNotFound: return "library not found";
    case NvmlCode::kFunctionNotFound: return "function not found";
    case NvmlCode::kGpuIsLost: return "gpu is lost";
    case NvmlCode::kResetRequired: return "gpu needs a reset";
    case NvmlCode::kOperatingSystem: return "blocked by the operating system";
    case NvmlCode::kVersionMismatch: return "driver and library versions differ";
    case NvmlCode::kUnknown: return "unknown error";
  }
  return "error";
}

std::unique_ptr<NvmlLibrary> NvmlLibrary::load(const std::string& path, std::string& why) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const reason = dlerror();
    why = reason == nullptr ? path + " cannot be loaded" : reason;
    return nullptr;
  }
  std::unique_ptr<NvmlLibrary> library(new NvmlLibrary(handle));
  find_all(handle, library->api);
  const NvmlApi& api = library->api;
  const bool can_start = api.init != nullptr || api.init_with_flags != nullptr;
  const bool can_find =
      (api.device_count != nullptr && api.device_by_index != nullptr) || api.device_by_bus_id != nullptr;
  if (can_start && can_find && api.shutdown != nullptr && api.uuid != nullptr) return library;
  why = path + " lacks a function that is needed (init, shutdown, device handle, UUID)";
  return nullptr;
}

NvmlLibrary::~NvmlLibrary() { dlclose(handle_); }

}  // namespace olivine
