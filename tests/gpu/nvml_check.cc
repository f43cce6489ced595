// nvml_check: what Olivine's NVML binding reads on a machine with an NVIDIA GPU, as one JSON object. Compares the energy
// counter with the integrated power over SECONDS, lists processes and MIG. Needs only a compiler:
//
//   g++ -std=c++20 -O2 -Isrc tests/gpu/nvml_check.cc src/hardware/nvml_api.cc -ldl -o nvml_check && ./nvml_check 5
//
// Exit code 0 when NVML answers and each GPU's counter and power agree within 10 %; 1 when they differ; 2 without NVML.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "hardware/nvml_api.h"

namespace {

using namespace olivine;

double now_s() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

std::string quoted(const char* text) {
  std::string out = "\"";
  for (const char* c = text; *c != '\0'; ++c)
    if (*c >= ' ' && *c != '"' && *c != '\\') out += *c;
  return out + "\"";
}

// Energy counter and power over a span, with how often each of them changed.
struct Span {
  double counter_j = 0.0, integrated_j = 0.0, seconds = 0.0, slowest_call_ms = 0.0;
  int reads = 0, counter_changes = 0, power_changes = 0;
  int energy_code = 0, power_code = 0;
};

Span watch(const NvmlApi& api, NvmlDevice device, double seconds) {
  Span span;
  unsigned long long first = 0, last = 0;
  unsigned int power = 0, before = 0;
  const double begin = now_s();
  double at = begin;
  span.energy_code = static_cast<int>(nvml_call(api.total_energy_mj, device, &first));
  span.power_code = static_cast<int>(nvml_call(api.power_mw, device, &before));
  unsigned long long seen = first;
  while (now_s() - begin < seconds) {
    usleep(10'000);
    const double call = now_s();
    nvml_call(api.total_energy_mj, device, &last);
    nvml_call(api.power_mw, device, &power);
    const double now = now_s();
    span.slowest_call_ms = std::fmax(span.slowest_call_ms, (now - call) * 1e3);
    span.integrated_j += 0.5e-3 * (static_cast<double>(power) + static_cast<double>(before)) * (now - at);
    span.counter_changes += last != seen ? 1 : 0;
    span.power_changes += power != before ? 1 : 0;
    ++span.reads;
    seen = last;
    before = power;
    at = now;
  }
  span.counter_j = 1e-3 * static_cast<double>(last - first);
  span.seconds = at - begin;
  return span;
}

void print_processes(const NvmlApi& api, NvmlDevice device) {
  std::vector<NvmlProcessInfo> infos(256);
  unsigned int count = static_cast<unsigned int>(infos.size());
  const int code = static_cast<int>(nvml_call(api.compute_processes, device, &count, infos.data()));
  std::printf(", \"processes_code\": %d, \"processes\": [", code);
  for (unsigned int i = 0; code == 0 && i < count && i < infos.size(); ++i)
    std::printf("%s{\"pid\": %u, \"memory_bytes\": %llu}", i == 0 ? "" : ", ", infos[i].pid,
                infos[i].used_memory_bytes);
  std::vector<NvmlProcessSample> samples(256);
  count = static_cast<unsigned int>(samples.size());
  const int use_code = static_cast<int>(nvml_call(api.process_use, device, samples.data(), &count, 0ULL));
  std::printf("], \"process_use_code\": %d, \"process_use\": [", use_code);
  for (unsigned int i = 0; use_code == 0 && i < count && i < samples.size(); ++i)
    std::printf("%s{\"pid\": %u, \"sm_percent\": %u}", i == 0 ? "" : ", ", samples[i].pid, samples[i].sm_percent);
  std::printf("]");
}

void print_mig(const NvmlApi& api, NvmlDevice device) {
  unsigned int current = 0, pending = 0, count = 0;
  const int code = static_cast<int>(nvml_call(api.mig_mode, device, &current, &pending));
  std::printf(", \"mig_code\": %d, \"mig_mode\": %u, \"mig\": [", code, current);
  nvml_call(api.mig_count, device, &count);
  bool first = true;
  for (unsigned int i = 0; code == 0 && current == 1 && i < count; ++i) {
    NvmlDevice instance = nullptr;
    char uuid[96] = "";
    if (nvml_call(api.mig_by_index, device, i, &instance) != NvmlCode::kSuccess) continue;
    nvml_call(api.uuid, instance, uuid, static_cast<unsigned int>(sizeof uuid));
    std::printf("%s%s", first ? "" : ", ", quoted(uuid).c_str());
    first = false;
  }
  std::printf("]");
}

bool check_gpu(const NvmlApi& api, unsigned int index, double seconds) {
  NvmlDevice device = nullptr;
  const int code = static_cast<int>(nvml_call(api.device_by_index, index, &device));
  char uuid[96] = "", name[96] = "";
  NvmlPciInfo pci{};
  unsigned int limit_mw = 0;
  if (code == 0) {
    nvml_call(api.uuid, device, uuid, static_cast<unsigned int>(sizeof uuid));
    nvml_call(api.name, device, name, static_cast<unsigned int>(sizeof name));
    nvml_call(api.pci_info, device, &pci);
    nvml_call(api.power_limit_mw, device, &limit_mw);
  }
  std::printf("%s\n  {\"index\": %u, \"code\": %d, \"uuid\": %s, \"name\": %s, \"pci\": %s, \"power_limit_w\": %.1f",
              index == 0 ? "" : ",", index, code, quoted(uuid).c_str(), quoted(name).c_str(),
              quoted(pci.bus_id).c_str(), limit_mw * 1e-3);
  if (code != 0) {
    std::printf("}");
    return false;
  }
  const Span span = watch(api, device, seconds);
  std::printf(
      ", \"energy_code\": %d, \"power_code\": %d, \"seconds\": %.3f, \"counter_j\": %.3f, \"integrated_j\": %.3f",
      span.energy_code, span.power_code, span.seconds, span.counter_j, span.integrated_j);
  std::printf(", \"reads\": %d, \"counter_changes\": %d, \"power_changes\": %d, \"slowest_call_ms\": %.3f", span.reads,
              span.counter_changes, span.power_changes, span.slowest_call_ms);
  print_processes(api, device);
  print_mig(api, device);
  std::printf("}");
  return span.energy_code != 0 || span.power_code != 0 ||
         std::fabs(span.counter_j - span.integrated_j) <= 0.1 * span.counter_j;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5.0;
  std::string why;
  const auto library = NvmlLibrary::load(argc > 2 ? argv[2] : kNvmlLibraryName, why);
  const int code = library == nullptr ? 12 : static_cast<int>(nvml_call(library->api.init));
  if (code != 0) {
    std::printf("{\"nvml_code\": %d, \"why\": %s}\n", code, quoted(why.c_str()).c_str());
    return 2;
  }
  unsigned int count = 0;
  char version[80] = "";
  nvml_call(library->api.device_count, &count);
  nvml_call(library->api.driver_version, version, static_cast<unsigned int>(sizeof version));
  std::printf("{\"nvml_code\": 0, \"driver\": %s, \"gpus\": [", quoted(version).c_str());
  bool agree = true;
  for (unsigned int i = 0; i < count; ++i) agree = check_gpu(library->api, i, seconds) && agree;
  std::printf("\n], \"counter_and_power_agree\": %s}\n", agree ? "true" : "false");
  nvml_call(library->api.shutdown);
  return agree ? 0 : 1;
}
