#include "account/embodied/machine_embodied.h"

#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr int kPowerSupplies = 2;

Result<EmbodiedPart> default_machine(std::string_view key, std::string_view label) {
  OLIVINE_TRY(const Default d, default_value(key));
  EmbodiedPart part;
  part.id = "machine";
  part.label = std::string(label);
  part.carbon = Estimate<Carbon>::of(kilograms(d.value), kilograms(d.lower), kilograms(d.upper), "embodied");
  part.basis = d.basis;
  part.how = "makers' footprints, with the usual chips, memory and drive";
  part.source = d.row.text();
  return part;
}

Status add(MachineEmbodied& machine, Result<EmbodiedPart> part) {
  if (!part) return tl::unexpected(part.error());
  machine.total = machine.parts.empty() ? part->carbon : sum(machine.total, part->carbon);
  machine.basis = machine.parts.empty() ? part->basis : weakest(machine.basis, part->basis);
  machine.parts.push_back(std::move(*part));
  return {};
}

Status add_server(const MachineHardware& hardware, MachineEmbodied& m) {
  OLIVINE_CHECK_STATUS(add(m, piece_embodied("rack_case", 1)));
  OLIVINE_CHECK_STATUS(add(m, piece_embodied("mainboard", 1)));
  OLIVINE_CHECK_STATUS(add(m, piece_embodied("power_supply", kPowerSupplies)));
  OLIVINE_CHECK_STATUS(add(m, piece_embodied("assembly", 1)));
  OLIVINE_CHECK_STATUS(add(m, piece_embodied("server_remainder", 1)));
  OLIVINE_CHECK_STATUS(add(m, cpu_embodied(hardware.cpu, hardware.sockets)));
  if (hardware.memory_gb > 0.0)
    OLIVINE_CHECK_STATUS(add(m, memory_embodied(hardware.memory_gb)));
  else
    m.not_counted.emplace_back("memory: capacity not known");
  if (hardware.ssd_gb > 0.0) OLIVINE_CHECK_STATUS(add(m, storage_embodied(hardware.ssd_gb, "ssd")));
  if (hardware.hdd_gb > 0.0) OLIVINE_CHECK_STATUS(add(m, storage_embodied(hardware.hdd_gb, "hdd")));
  if (!(hardware.ssd_gb > 0.0) && !(hardware.hdd_gb > 0.0)) m.not_counted.emplace_back("drives: capacity not known");
  return {};
}

}  // namespace

Result<MachineEmbodied> machine_embodied(const MachineHardware& hardware) {
  MachineEmbodied m;
  if (hardware.form == MachineForm::kServer) OLIVINE_CHECK_STATUS(add_server(hardware, m));
  if (hardware.form == MachineForm::kDesktop)
    OLIVINE_CHECK_STATUS(add(m, default_machine("embodied_desktop_kg", "a desktop")));
  if (hardware.form == MachineForm::kLaptop)
    OLIVINE_CHECK_STATUS(add(m, default_machine("embodied_laptop_kg", "a laptop")));
  if (hardware.form != MachineForm::kLaptop)
    for (const auto& [gpu, count] : hardware.gpus) OLIVINE_CHECK_STATUS(add(m, gpu_embodied(gpu, count)));
  return m;
}

}  // namespace olivine
