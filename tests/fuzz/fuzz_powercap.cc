// Fuzzes powercap's discovery: any folder names, zone names, counters and ranges give sources that can be believed.
//
// The input is a tree: the first byte chooses the processor, records end in 0xff, fields in 0xfe: folder below
// /sys/class/powercap, name, energy_uj, max_energy_range_uj.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "sensors/powercap/powercap.h"
#include "sensors/powercap/powercap_zones.h"
#include "testing/memory_file_system.h"

namespace {

using namespace olivine;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> pieces(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(text, separator)) parts.emplace_back(part);
  return parts;
}

void check(const Discovery& found) {
  std::set<std::string> ids;
  std::set<std::pair<DomainKind, std::string>> counted;
  for (const auto& source : found.sources) {
    const SourceInfo& info = source->info();
    require(ids.insert(info.id).second);
    require(info.id == printable(info.id) && info.domain.device == printable(info.domain.device));
    require(!info.modulus || *info.modulus > 1'000'000);
    require(info.domain.place != Place::kCounted || counted.insert({info.domain.kind, info.domain.device}).second);
    const auto value = source->read();
    require(value || !value.error().message.empty());
  }
  for (const SourceTrouble& trouble : found.troubles) {
    require(trouble.what == printable(trouble.what));
    require(trouble.error.message == printable(trouble.error.message));
    require(trouble.error.message.size() < 1000);
  }
  for (const std::string& note : found.notes) require(note == printable(note));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  MemoryFileSystem files;
  for (const std::string& record : pieces(text.substr(1), '\xff')) {
    const std::vector<std::string> fields = pieces(record, '\xfe');
    require(!is_zone_folder(fields[0]) || fields[0].find('/') == std::string::npos);
    if (fields[0].find('\0') != std::string::npos) continue;
    const std::string folder = "/sys/class/powercap/" + fields[0];
    const char* const names[] = {"", "/name", "/energy_uj", "/max_energy_range_uj"};
    for (std::size_t i = 1; i < fields.size() && i < 4; ++i) files.write(folder + names[i], fields[i]);
    if (fields.size() > 1) (void)parse_zone_name(fields[1]);
  }
  const char* const vendors[] = {"GenuineIntel", "AuthenticAMD", "HygonGenuine", ""};
  const CpuIdentity cpu{vendors[text[0] & 3], "", 6, 0x55, (text[0] & 4) != 0};
  check(discover_powercap(files, Roots{}, cpu));
  (void)parse_cpu_identity(text);
  return 0;
}
