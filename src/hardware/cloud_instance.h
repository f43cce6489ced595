// CloudInstance: what a virtual machine of a cloud is, from data/cloud_instances.csv: its share of the host, its watts where they
// are known, and what making the host emitted.
//
//   hardware_item("p4d.24xlarge") -> aws, 96 of 96 vCPUs, 8 GPUs "a100 sxm4 40gb", 744.8 W idle, 3,781.8 W at half load
//
// Units: W, kg CO2e, GB. Errors: as hardware_names.h. Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "provenance/table.h"

namespace olivine {

struct CloudInstance {
  std::string key, provider, name;  // "aws p4d.24xlarge", "aws", "p4d.24xlarge"
  std::optional<double> vcpus, host_vcpus, memory_gb;
  std::string cpu, gpu;  // as the source names it; key of gpus.csv, "" without
  int gpus = 0;
  std::optional<double> idle_w, half_w, full_w;    // of the whole instance
  std::optional<double> vcpu_idle_w, vcpu_full_w;  // of one vCPU, the processor alone
  std::optional<double> host_embodied_kg, host_embodied_lower_kg, host_embodied_upper_kg;
  std::string note;
  FactRow row;

  // vcpus / host_vcpus; absent where one of them is not known.
  std::optional<double> share() const;
};

CloudInstance cloud_instance(const CsvTable& table, std::size_t row);

}  // namespace olivine
