#include "engine/embodied_estimate.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "account/embodied/machine_embodied.h"
#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr double kBytesPerGb = 1e9;

StatedValue from_default(std::string_view key) {
  const auto row = default_value(key);
  if (!row) throw std::logic_error(row.error().message);
  return {row->value, row->lower, row->upper, row->basis, row->row.text()};
}

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
  return {in_grams(carbon.mean()) / 1000.0, in_grams(carbon.lower()) / 1000.0, in_grams(carbon.upper()) / 1000.0, basis, std::move(origin)};
}

std::string counted(const MachineEmbodied& machine, const MachineHardware& hardware) {
  std::string text = "the sum of its parts:";
  for (const EmbodiedPart& part : machine.parts)
    if (part.id == "cpu" || part.id == "memory" || part.id == "gpu" || part.id == "machine") text += " " + part.label + ",";
  if (hardware.form == MachineForm::kServer) text += " case, boards and the rest (data/server_parts.csv), ";
  for (const std::string& each : machine.not_counted) text += " without " + printable(each) + ",";
  return text + " docs/methods/embodied.md";
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

StatedValue of_guest(const SetupInput& input, const std::optional<StatedValue>& gpus) {
  StatedValue value = from_default(default_key(input.facts));
  if (!gpus) return value;
  const auto estimate = [](const StatedValue& v, std::string_view name) {
    return Estimate<Carbon>::of(kilograms(v.value), kilograms(v.lower), kilograms(v.upper), name);
  };
  return in_kilograms(sum(estimate(value, "embodied"), estimate(*gpus, "embodied:gpus")), weakest(value.basis, gpus->basis),
                      fmt::format("{}; {}, ours whole", value.origin, gpus->origin));
}

StatedValue of_parts(const SetupInput& input, const CpuEntry& cpu, std::vector<std::pair<GpuEntry, int>> gpus) {
  MachineHardware hardware;
  const std::string& chassis = input.facts.chassis;
  hardware.form = chassis == "laptop" ? MachineForm::kLaptop : chassis == "desktop" ? MachineForm::kDesktop : MachineForm::kServer;
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

EmbodiedEstimate machine_embodied_kg(const SetupInput& input, const CpuEntry& cpu) {
  auto gpus = gpus_of(input.gpu_names);
  if (!input.facts.guest() && input.facts.chassis == "laptop") gpus.clear();  // they are in the laptop's figure
  EmbodiedEstimate estimate;
  estimate.gpus = gpus_alone(gpus);
  estimate.machine = input.facts.guest() ? of_guest(input, estimate.gpus) : of_parts(input, cpu, std::move(gpus));
  return estimate;
}

}  // namespace olivine
