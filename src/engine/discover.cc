#include "engine/discover.h"

#include <iterator>

#include "hardware/cpu_identity.h"
#include "sensors/amdgpu/amdgpu.h"
#include "sensors/hwmon/hwmon.h"
#include "sensors/nvml/nvml.h"
#include "sensors/perf_rapl/perf_rapl.h"
#include "sensors/powercap/powercap.h"

namespace olivine {
namespace {

void take(Discovery& all, Discovery found) {
  std::move(found.sources.begin(), found.sources.end(), std::back_inserter(all.sources));
  all.troubles.insert(all.troubles.end(), found.troubles.begin(), found.troubles.end());
  all.notes.insert(all.notes.end(), found.notes.begin(), found.notes.end());
}

std::vector<SourceInfo> known(const Discovery& all) {
  std::vector<SourceInfo> infos;
  for (const auto& source : all.sources) infos.push_back(source->info());
  return infos;
}

}  // namespace

std::string hostname_of(FileSystem& files, const Roots& roots) {
  return read_line(files, roots.procfs + "/sys/kernel/hostname").value_or("");
}

std::string boot_id_of(FileSystem& files, const Roots& roots) {
  return read_line(files, roots.procfs + "/sys/kernel/random/boot_id").value_or("");
}

MachineSensors discover_sensors(FileSystem& files, const Roots& roots, const Clock& clock,
                                const DiscoverOptions& options) {
  const CpuIdentity cpu = read_cpu_identity(files, roots.procfs);
  MachineSensors sensors;
  Discovery& all = sensors.found;
  take(all, discover_powercap(files, roots, cpu));
  // perf reads this machine's processor, whatever tree the roots show.
  if (roots.sysfs == "/sys")
    take(all, discover_perf_rapl(files, roots, cpu, std::make_shared<SystemPerfCounters>(), known(all)));
  take(all, discover_amdgpu(files, roots));
  take(all, discover_hwmon(files, roots, known(all)));
  NvmlOptions nvml;
  nvml.worker.sysfs_root = roots.sysfs;
  nvml.visible_devices = options.visible_devices;
  NvmlDiscovery gpus = discover_nvml(files, roots, clock, nvml);
  take(all, std::move(gpus.discovery));
  sensors.nvml = std::move(gpus.meter);
  sensors.gpu_devices = std::move(gpus.devices);
  sensors.gpu_names = std::move(gpus.names);
  return sensors;
}

}  // namespace olivine
