#include "engine/prepare.h"

namespace olivine {

ZoneChoice zone_from(FileSystem& files, const Config& config) {
  ZoneInputs inputs;
  if (const Setting* zone = config.find("zone"); zone != nullptr && !zone->value.empty()) {
    // Config already let the strongest win; only where it came from is left to say.
    if (zone->origin.starts_with("flag"))
      inputs.flag = zone->value;
    else if (zone->origin.starts_with("environment"))
      inputs.environment = zone->value;
    else
      inputs.config = zone->value;
    inputs.config_origin = zone->origin;
  }
  if (const std::string file = config.get("cloud_metadata_file"); !file.empty()) inputs.cloud_metadata_file = file;
  return choose_zone(files, inputs);
}

Preparation prepare(FileSystem& files, const Roots& roots, const Clock& clock, const Config& config,
                    const DiscoverOptions& options) {
  Preparation p;
  p.setup.facts = probe_machine(files, roots.sysfs, roots.procfs, roots.cgroup);
  p.sensors = discover_sensors(files, roots, clock, options);
  for (const auto& source : p.sensors.found.sources) p.setup.sources.push_back(source->info());
  p.setup.gpu_names = p.sensors.gpu_names;
  p.setup.troubles = p.sensors.found.troubles;
  p.interval = choose_interval(p.setup.sources);
  p.setup.interval = config.duration("interval").value_or(p.interval.interval);
  p.setup.plane_node = config.get("plane") == "node";
  p.machine = describe_machine(p.setup);
  p.zone = zone_from(files, config);
  return p;
}

}  // namespace olivine
