// libstub_nvml.so: stands in for NVIDIA's management library in tests. It is told what to do by the text file that the
// environment variable OLIVINE_STUB_NVML_CONTROL names, read anew at each call:
//
//   gpus 2                     how many devices (1)
//   start_mj 1000              energy counter at time zero; it grows with rate_mw and the uptime (rate 100000)
//   rate_mw 300000
//   power_mw 300000            what nvmlDeviceGetPowerUsage gives
//   mig 2                      MIG is on in device 0, with that many instances
//   process 0 4242 1048576 75  a process: device, pid, bytes, SM percent
//   error nvmlInit_v2 18       the call returns that code
//   error nvmlDeviceGetTotalEnergyConsumption 999 10    ... from its 10th call on
//   hang FUNCTION [N]          the call never returns, from its Nth call on (1)
//   crash FUNCTION [N]         the call ends the process with SIGSEGV
//
// Compiled with OLIVINE_STUB_NVML_OLD it lacks what old drivers lack: the energy counter, processes, MIG, init flags.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "hardware/nvml_api.h"

#define OLIVINE_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using olivine::NvmlCode;
using olivine::NvmlPciInfo;
using olivine::NvmlProcessInfo;
using olivine::NvmlProcessSample;

struct Process {
  unsigned int device, pid;
  unsigned long long bytes;
  unsigned int percent;
};
struct Control {
  std::map<std::string, unsigned long long> numbers;
  std::vector<Process> processes;
  std::map<std::string, int> errors;
  unsigned long long number(const char* key, unsigned long long otherwise) const {
    const auto found = numbers.find(key);
    return found == numbers.end() ? otherwise : found->second;
  }
};

std::map<std::string, int>& calls() {
  static std::map<std::string, int> counts;
  return counts;
}

// What the control file says of a function that is being called for the nth time.
void obey(const std::string& verb, const std::string& function, int from, int code, Control& control) {
  const auto found = calls().find(function);
  if (found == calls().end() || found->second < from) return;
  if (verb == "error") control.errors[function] = code;
  if (verb == "hang")
    for (;;) pause();
  if (verb == "crash") {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
  }
}

Control read_control(const std::string& calling) {
  Control control;
  const char* const path = std::getenv("OLIVINE_STUB_NVML_CONTROL");
  std::ifstream file(path == nullptr ? "" : path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "process") {
      Process process{};
      words >> process.device >> process.pid >> process.bytes >> process.percent;
      control.processes.push_back(process);
    } else if (verb == "error" || verb == "hang" || verb == "crash") {
      std::string function;
      int code = 0;
      int from = 1;
      words >> function;
      if (verb == "error") words >> code;
      if (!(words >> from)) from = 1;
      if (function == calling) obey(verb, function, from, code, control);
    } else if (!verb.empty()) {
      words >> control.numbers[verb];
    }
  }
  return control;
}

// Every exported function begins with this: counts the call, hangs or crashes when told to, and says what to return.
int enter(const char* function, Control& control) {
  ++calls()[function];
  control = read_control(function);
  const auto error = control.errors.find(function);
  return error == control.errors.end() ? 0 : error->second;
}

#define OLIVINE_ENTER(name) \
  Control control;          \
  if (const int code = enter(name, control); code != 0) return code

constexpr unsigned long kMigBase = 1000;  // handles: 1 + device; MIG instances from kMigBase
unsigned int number_of(void* handle) { return static_cast<unsigned int>(reinterpret_cast<unsigned long>(handle)) - 1; }
void* handle_of(unsigned long number) { return reinterpret_cast<void*>(number + 1); }

int give(const std::string& text, char* buffer, unsigned int size) {
  if (text.size() + 1 > size) return static_cast<int>(NvmlCode::kInsufficientSize);
  std::memcpy(buffer, text.c_str(), text.size() + 1);
  return 0;
}

// Time since the machine started, in steps of 10 ms as the kernel writes it.
[[maybe_unused]] unsigned long long now_ms() {
  std::ifstream file("/proc/uptime");
  double seconds = 0.0;
  file >> seconds;
  return static_cast<unsigned long long>(seconds * 1000.0);
}

}  // namespace

OLIVINE_EXPORT int nvmlInit_v2() {
  OLIVINE_ENTER("nvmlInit_v2");
  return 0;
}
OLIVINE_EXPORT int nvmlShutdown() { return 0; }
OLIVINE_EXPORT int nvmlDeviceGetCount_v2(unsigned int* count) {
  OLIVINE_ENTER("nvmlDeviceGetCount_v2");
  *count = static_cast<unsigned int>(control.number("gpus", 1));
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void** handle) {
  OLIVINE_ENTER("nvmlDeviceGetHandleByIndex_v2");
  *handle = handle_of(index);
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetUUID(void* handle, char* buffer, unsigned int size) {
  OLIVINE_ENTER("nvmlDeviceGetUUID");
  const unsigned int number = number_of(handle);
  if (number >= kMigBase) return give("MIG-0000000" + std::to_string(number - kMigBase) + "-mig", buffer, size);
  return give("GPU-0000000" + std::to_string(number) + "-stub", buffer, size);
}
OLIVINE_EXPORT int nvmlDeviceGetName(void*, char* buffer, unsigned int size) {
  OLIVINE_ENTER("nvmlDeviceGetName");
  return give("Stub GPU", buffer, size);
}
OLIVINE_EXPORT int nvmlDeviceGetPciInfo_v3(void* handle, NvmlPciInfo* info) {
  OLIVINE_ENTER("nvmlDeviceGetPciInfo_v3");
  *info = {};
  info->bus = number_of(handle) + 1;
  std::snprintf(info->bus_id, sizeof info->bus_id, "00000000:%02X:00.0", info->bus);
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetPowerUsage(void*, unsigned int* power_mw) {
  OLIVINE_ENTER("nvmlDeviceGetPowerUsage");
  *power_mw = static_cast<unsigned int>(control.number("power_mw", 100'000));
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned int* limit_mw) {
  OLIVINE_ENTER("nvmlDeviceGetEnforcedPowerLimit");
  *limit_mw = 700'000;
  return 0;
}
OLIVINE_EXPORT int nvmlSystemGetDriverVersion(char* buffer, unsigned int size) {
  OLIVINE_ENTER("nvmlSystemGetDriverVersion");
  return give("550.54", buffer, size);
}

#ifndef OLIVINE_STUB_NVML_OLD
OLIVINE_EXPORT int nvmlInitWithFlags(unsigned int) {
  OLIVINE_ENTER("nvmlInitWithFlags");
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, void** handle) {
  OLIVINE_ENTER("nvmlDeviceGetHandleByPciBusId_v2");
  const char* const colon = std::strchr(bus_id, ':');
  if (colon == nullptr) return static_cast<int>(NvmlCode::kNotFound);
  *handle = handle_of(std::strtoul(colon + 1, nullptr, 16) - 1);
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* energy_mj) {
  OLIVINE_ENTER("nvmlDeviceGetTotalEnergyConsumption");
  *energy_mj = control.number("start_mj", 0) + now_ms() * control.number("rate_mw", 100'000) / 1000;
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(void* handle, unsigned int* count, NvmlProcessInfo* infos) {
  OLIVINE_ENTER("nvmlDeviceGetComputeRunningProcesses_v3");
  unsigned int used = 0;
  for (const Process& process : control.processes)
    if (process.device == number_of(handle) && used < *count) infos[used++] = {process.pid, process.bytes, ~0U, ~0U};
  *count = used;
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetProcessUtilization(void* handle, NvmlProcessSample* samples, unsigned int* count,
                                                   unsigned long long since_us) {
  OLIVINE_ENTER("nvmlDeviceGetProcessUtilization");
  unsigned int used = 0;
  for (const Process& process : control.processes)
    if (process.device == number_of(handle) && used < *count)
      samples[used++] = {process.pid, since_us + 1, process.percent, 0, 0, 0};
  *count = used;
  return used == 0 ? static_cast<int>(NvmlCode::kNotFound) : 0;
}
OLIVINE_EXPORT int nvmlDeviceGetMigMode(void* handle, unsigned int* current, unsigned int* pending) {
  OLIVINE_ENTER("nvmlDeviceGetMigMode");
  *current = *pending = number_of(handle) == 0 && control.number("mig", 0) > 0 ? 1 : 0;
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetMaxMigDeviceCount(void*, unsigned int* count) {
  OLIVINE_ENTER("nvmlDeviceGetMaxMigDeviceCount");
  *count = 7;
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(void*, unsigned int index, void** handle) {
  OLIVINE_ENTER("nvmlDeviceGetMigDeviceHandleByIndex");
  if (index >= control.number("mig", 0)) return static_cast<int>(NvmlCode::kNotFound);
  *handle = handle_of(kMigBase + index);
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetGpuInstanceId(void* handle, unsigned int* instance) {
  OLIVINE_ENTER("nvmlDeviceGetGpuInstanceId");
  *instance = number_of(handle) - static_cast<unsigned int>(kMigBase) + 7;
  return 0;
}
OLIVINE_EXPORT int nvmlDeviceGetComputeInstanceId(void*, unsigned int* instance) {
  OLIVINE_ENTER("nvmlDeviceGetComputeInstanceId");
  *instance = 0;
  return 0;
}
#endif
