#include "sensors/nvml/nvml.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sensors/device_power.h"
#include "sensors/nvml/nvml_select.h"

namespace olivine {
namespace {

constexpr double kUnknownCeilingW = 2000.0;

class NvmlSource final : public EnergySource {
 public:
  NvmlSource(SourceInfo info, std::string uuid, std::shared_ptr<NvmlMeter> meter)
      : info_(std::move(info)), uuid_(std::move(uuid)), meter_(std::move(meter)) {}
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override { return meter_->value(uuid_); }

 private:
  SourceInfo info_;
  std::string uuid_;
  std::shared_ptr<NvmlMeter> meter_;
};

SourceInfo info_of(const NvmlGpu& gpu, Duration period) {
  const bool counter = gpu.kind == NvmlMeterKind::kEnergy;
  SourceInfo info;
  info.id = "nvml:" + gpu.uuid;
  info.backend = "nvml";
  info.domain = {DomainKind::kGpu, "gpu-" + gpu.uuid, Plane::kChip, Place::kCounted,
                 counter ? Basis::kMeasured : Basis::kDerived};
  info.signal = counter ? SignalKind::kEnergyCounter : SignalKind::kPowerGauge;
  info.unit = 1e-3;
  info.power_ceiling_w = gpu.power_limit_mw == 0 ? kUnknownCeilingW : 2e-3 * static_cast<double>(gpu.power_limit_mw);
  info.update_period = period;
  info.gain_key = "gain_nvml";
  return info;
}

enum class Presence { kNone, kAllAsleep, kAwake };

// Looks at the PCI bus; where that is hidden (some containers), at what the driver says of itself.
Presence look_for_gpus(FileSystem& files, const Roots& roots, Discovery& found) {
  const std::vector<PciGpu> gpus = list_pci_gpus(files, roots.sysfs, kPciVendorNvidia);
  for (const PciGpu& gpu : gpus)
    if (gpu.asleep)
      found.troubles.push_back(
          {"nvml GPU at " + gpu.address,
           {ErrorKind::kUnsupported, "it sleeps and is not woken; what it draws in this run is not counted"},
           "if the command uses this GPU, wake it first: nvidia-smi -L"});
  if (!gpus.empty())
    return std::all_of(gpus.begin(), gpus.end(), [](const PciGpu& gpu) { return gpu.asleep; }) ? Presence::kAllAsleep
                                                                                               : Presence::kAwake;
  const bool driver = files.resolve(roots.procfs + "/driver/nvidia/version").has_value();
  const bool device = roots.sysfs == "/sys" && files.resolve("/dev/nvidiactl").has_value();
  return driver || device ? Presence::kAwake : Presence::kNone;
}

// CUDA numbers GPUs fastest first unless CUDA_DEVICE_ORDER says otherwise; NVML by bus. They differ only between
// models.
bool numbers_are_ambiguous(const std::vector<NvmlGpu>& gpus, const std::optional<std::string>& visible) {
  std::set<std::string> names;
  for (const NvmlGpu& gpu : gpus) names.insert(gpu.name);
  return visible && names.size() > 1 &&
         std::any_of(visible->begin(), visible->end(), [](char c) { return c != ','; }) &&
         visible->find('-') == std::string::npos;
}

void add_source(const NvmlGpu& gpu, const NvmlOptions& options, NvmlDiscovery& result) {
  Discovery& found = result.discovery;
  result.names.push_back(gpu.name);
  if (gpu.kind == NvmlMeterKind::kNone) {
    found.troubles.push_back({"nvml " + gpu.uuid + " " + gpu.name,
                              {ErrorKind::kUnsupported, "it gives neither an energy counter nor its power"},
                              "",
                              true});
    return;
  }
  if (gpu.kind == NvmlMeterKind::kPower)
    found.notes.push_back(fmt::format("nvml {} {}: no energy counter, its power is integrated", gpu.uuid, gpu.name));
  if (!gpu.mig.empty())
    found.notes.push_back(
        fmt::format("nvml {} {}: {} MIG instances share the GPU's one meter", gpu.uuid, gpu.name, gpu.mig.size()));
  found.sources.push_back(std::make_unique<NvmlSource>(info_of(gpu, options.worker.period), gpu.uuid, result.meter));
  result.devices.push_back("gpu-" + gpu.uuid);
}

}  // namespace

NvmlDiscovery discover_nvml(FileSystem& files, const Roots& roots, const Clock& clock, const NvmlOptions& options) {
  NvmlDiscovery result;
  if (options.visible_devices && options.visible_devices->empty()) {
    result.discovery.notes.push_back("nvml: CUDA_VISIBLE_DEVICES is empty, so the command sees no GPU");
    return result;
  }
  const Presence presence = look_for_gpus(files, roots, result.discovery);
  if (presence != Presence::kAwake && !options.assume_present) return result;
  NvmlHelperOptions helper = options.helper;
  helper.command = options.helper_command;
  for (std::string& word : worker_arguments(options.worker)) helper.command.push_back(std::move(word));
  auto meter = std::make_shared<NvmlMeter>(clock, std::move(helper));
  if (auto ready = meter->wait_until_ready(); !ready) {
    result.discovery.troubles.push_back({"nvml", std::move(ready).error(),
                                         "see whether nvidia-smi works; after a driver update, restart the machine",
                                         true});
    return result;
  }
  result.meter = std::move(meter);
  const std::vector<NvmlGpu> gpus = result.meter->gpus();
  for (const std::size_t i : visible_gpus(gpus, options.visible_devices)) add_source(gpus[i], options, result);
  if (numbers_are_ambiguous(gpus, options.visible_devices))
    result.discovery.notes.push_back(
        "nvml: GPUs of several models are chosen by number; CUDA and NVML agree on numbers only "
        "with CUDA_DEVICE_ORDER=PCI_BUS_ID");
  if (const std::uint64_t unnamed = result.meter->unnamed_gpus(); unnamed > 0)
    result.discovery.troubles.push_back(
        {"nvml",
         {ErrorKind::kTransient,
          fmt::format("{} GPU(s) do not say who they are; what they draw is not counted", unnamed)},
         "see whether nvidia-smi -L lists them",
         true});
  if (result.devices.empty()) result.meter.reset();
  return result;
}

}  // namespace olivine
