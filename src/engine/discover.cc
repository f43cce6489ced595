#include "engine/discover.h"

#include "base/file_system.h"
#include "hardware/cpu_identity.h"
#include "sensors/powercap/powercap.h"

namespace olivine {
namespace {

void take(Discovery& all, Discovery found) {
  for (auto& source : found.sources) all.sources.push_back(std::move(source));
  all.troubles.insert(all.troubles.end(), found.troubles.begin(), found.troubles.end());
  all.notes.insert(all.notes.end(), found.notes.begin(), found.notes.end());
}

}  // namespace

std::string boot_id_of(FileSystem& files, const Roots& roots) {
  return read_line(files, roots.procfs + "/sys/kernel/random/boot_id").value_or("");
}

Discovery discover_sources(FileSystem& files, const Roots& roots, const DiscoverOptions&) {
  const CpuIdentity cpu = read_cpu_identity(files, roots.procfs);
  Discovery all;
  take(all, discover_powercap(files, roots, cpu));
  return all;
}

}  // namespace olivine
