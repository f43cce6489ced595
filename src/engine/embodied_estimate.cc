#include "engine/embodied_estimate.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "account/embodied/machine_embodied.h"
#include "base/text.h"
#include "engine/stated_default.h"

namespace olivine {
namespace {

constexpr double kBytesPerGb = 1e9;

// default_cpu's stand-in for an unknown processor: its threads are those that we see, not a processor's.
bool is_stand_in(const CpuEntry& cpu) { return cpu.row.key.starts_with("cpu_tdp_per_thread_"); }

bool on_server(const MachineFacts& facts) { return facts.chassis != "laptop" && facts.chassis != "desktop"; }

std::string_view default_key(const MachineFacts& facts) {
  if (facts.chassis == "laptop") return "embodied_laptop_kg";
  return facts.chassis == "desktop" ? "embodied_desktop_kg" : "embodied_server_kg";
}

// The catalogue's entries of the GPUs, equal ones together. A GPU that it does not know has the stand-in of its kind.
std::vector<std::pair<GpuEntry, int>> gpus_of(const std::vector<std::string>& names) {
  std::map<std::string, int> counts;
  for (const std::string& name : names) ++counts[name];
  std::vector<std::pair<GpuEntry, int>> gpus;
  for (const auto& [name, count] : counts) {
    GpuEntry entry = find_gpu(name).value_or(GpuEntry{});
    if (entry.name.empty()) entry.name = printable(name.substr(0, 80));
    gpus.emplace_back(std::move(entry), count);
  }
  return gpus;
}

StatedValue in_kilograms(const Estimate<Carbon>& carbon, Basis basis, std::string origin) {
  return {in_grams(carbon.mean()) / 1000.0, in_grams(carbon.lower()) / 1000.0, in_grams(carbon.upper()) / 1000.0, basis,
          std::move(origin)};
}

std::string counted(const MachineEmbodied& machine, const MachineHardware& hardware) {
  std::string text = "the sum of its parts:";
  for (const EmbodiedPart& part : machine.parts)
    if (part.id == "cpu" || part.id == "memory" || part.id == "gpu" || part.id == "machine")
      text += " " + part.label + ",";
  if (hardware.form == MachineForm::kServer) text += " case, boards and the rest (data/server_parts.csv), ";
  for (const std::string& each : machine.not_counted) text += " without " + printable(each) + ",";
  return text + " docs/methods/embodied.md";
}

// How much of a typical host this many vCPUs are. A host has at least those that we see.
StatedValue part_of_typical_host(int vcpus) {
  const StatedValue host = from_default("host_vcpus");
  const auto part = [&](double of) { return std::max(1, vcpus) / std::max<double>(of, std::max(1, vcpus)); };
  return {part(host.value), part(host.upper), part(host.lower), host.basis,
          fmt::format("{} vCPUs of a typical host's {} [{}, {}], its processor is not known ({})", std::max(1, vcpus),
                      host.value, host.lower, host.upper, host.origin)};
}

// Where the catalogue does not know a processor's threads either, they are its design power over the default watts per thread
// (hardware/cpu_model.h), whose range is then that of the share.
StatedValue part_of_processors(const CpuEntry& cpu, int vcpus) {
  const double share = cpu_model_for(cpu, std::max(1, vcpus), true).share;
  StatedValue part{share, share, share, Basis::kDerived, ""};
  if (cpu.threads > 0 || cpu.cores > 0) return part;
  const bool desktop = cpu.cls == "desktop" || cpu.cls == "mobile" || cpu.cls == "embedded";
  const StatedValue watts = from_default(desktop ? "cpu_tdp_per_thread_desktop_w" : "cpu_tdp_per_thread_server_w");
  part.lower = share * watts.lower / watts.value;
  part.upper = std::max(share, std::min(1.0, share * watts.upper / watts.value));
  part.origin = fmt::format("{} vCPUs of a processor whose threads are estimated by its design power ({})",
                            std::max(1, vcpus), watts.origin);
  return part;
}

// The share multiplies later: here the range of the host's size joins that of its carbon, as relative deviations in quadrature.
void widen_by_share(const StatedValue& share, StatedValue& carbon) {
  const auto apart = [](const StatedValue& v, double bound) { return bound / v.value - 1.0; };
  const double down = std::hypot(apart(carbon, carbon.lower), apart(share, share.lower));
  const double up = std::hypot(apart(carbon, carbon.upper), apart(share, share.upper));
  carbon.lower = carbon.value * std::max(0.0, 1.0 - down);
  carbon.upper = carbon.value * (1.0 + up);
  carbon.origin += "; ours: " + share.origin;
}

StatedValue share_of_host(const MachineFacts& facts, const CpuEntry& cpu) {
  if (!facts.guest() || (is_stand_in(cpu) && !on_server(facts))) return {1.0, 1.0, 1.0, Basis::kDerived, ""};
  return is_stand_in(cpu) ? part_of_typical_host(facts.logical_cpus) : part_of_processors(cpu, facts.logical_cpus);
}

// The GPUs alone.
std::optional<StatedValue> gpus_alone(const std::vector<std::pair<GpuEntry, int>>& gpus) {
  std::optional<StatedValue> value;
  Estimate<Carbon> total;
  for (const auto& [gpu, count] : gpus) {
    const auto part = gpu_embodied(gpu, count);
    if (!part) continue;
    total = value ? sum(total, part->carbon) : part->carbon;
    value = in_kilograms(total, value ? weakest(value->basis, part->basis) : part->basis,
                         (value ? value->origin + ", " : std::string()) + part->label + " (" + part->source + ")");
  }
  return value;
}

StatedValue of_guest(const SetupInput& input, const CpuEntry& cpu, const std::optional<StatedValue>& gpus) {
  StatedValue value = from_default(default_key(input.facts));
  if (const auto share = share_of_host(input.facts, cpu); !share.origin.empty()) widen_by_share(share, value);
  if (!gpus) return value;
  const auto estimate = [](const StatedValue& v, std::string_view name) {
    return Estimate<Carbon>::of(kilograms(v.value), kilograms(v.lower), kilograms(v.upper), name);
  };
  return in_kilograms(sum(estimate(value, "embodied"), estimate(*gpus, "embodied:gpus")),
                      weakest(value.basis, gpus->basis), fmt::format("{}; {}, ours whole", value.origin, gpus->origin));
}

StatedValue of_parts(const SetupInput& input, const CpuEntry& cpu, std::vector<std::pair<GpuEntry, int>> gpus) {
  MachineHardware hardware;
  const std::string& chassis = input.facts.chassis;
  hardware.form = chassis == "laptop"    ? MachineForm::kLaptop
                  : chassis == "desktop" ? MachineForm::kDesktop
                                         : MachineForm::kServer;
  hardware.cpu = cpu;
  hardware.sockets = std::max(1, input.facts.sockets);
  hardware.memory_gb = static_cast<double>(std::max<std::int64_t>(0, input.facts.memory_total_bytes)) / kBytesPerGb;
  hardware.gpus = std::move(gpus);
  if (hardware.form != MachineForm::kServer && hardware.gpus.empty()) return from_default(default_key(input.facts));
  const Result<MachineEmbodied> machine = machine_embodied(hardware);
  if (!machine) return from_default(default_key(input.facts));
  return in_kilograms(machine->total, machine->basis, counted(*machine, hardware));
}

}  // namespace

double host_share(const MachineFacts& facts, const CpuEntry& cpu) { return share_of_host(facts, cpu).value; }

EmbodiedEstimate machine_embodied_kg(const SetupInput& input, const CpuEntry& cpu) {
  auto gpus = gpus_of(input.gpu_names);
  if (!input.facts.guest() && input.facts.chassis == "laptop") gpus.clear();  // they are in the laptop's figure
  EmbodiedEstimate estimate;
  estimate.gpus = gpus_alone(gpus);
  estimate.machine = input.facts.guest() ? of_guest(input, cpu, estimate.gpus) : of_parts(input, cpu, std::move(gpus));
  return estimate;
}

}  // namespace olivine
