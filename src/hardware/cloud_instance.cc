#include "hardware/cloud_instance.h"

#include "hardware/hardware_names.h"

namespace olivine {

std::optional<double> CloudInstance::share() const {
  if (!vcpus || !host_vcpus || !(*host_vcpus > 0.0) || *vcpus > *host_vcpus) return std::nullopt;
  return *vcpus / *host_vcpus;
}

CloudInstance cloud_instance(const CsvTable& table, std::size_t row) {
  const auto text = [&](std::string_view column) { return std::string(table.cell(row, column)); };
  const auto number = [&](std::string_view column) { return table.maybe_number(row, column); };
  CloudInstance i;
  i.key = text("key");
  i.provider = text("provider");
  i.name = text("name");
  i.vcpus = number("vcpus");
  i.host_vcpus = number("host_vcpus");
  i.memory_gb = number("memory_gb");
  i.cpu = text("cpu");
  i.gpu = text("gpu");
  const double gpus = number("gpus").value_or(0.0);
  i.gpus = gpus >= 1.0 && gpus < 1e4 ? static_cast<int>(gpus) : 0;
  i.idle_w = number("idle_w");
  i.half_w = number("half_w");
  i.full_w = number("full_w");
  i.vcpu_idle_w = number("vcpu_idle_w");
  i.vcpu_full_w = number("vcpu_full_w");
  i.host_embodied_kg = number("host_embodied_kg");
  i.host_embodied_lower_kg = number("host_embodied_lower_kg");
  i.host_embodied_upper_kg = number("host_embodied_upper_kg");
  i.note = text("note");
  i.row = table.fact(row, "key");
  return i;
}

}  // namespace olivine
