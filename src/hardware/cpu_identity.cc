#include "hardware/cpu_identity.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace olivine {
namespace {

// Family 6 models before Haswell: Sandy Bridge and Ivy Bridge, client and server. Older ones have no RAPL.
constexpr std::array kBeforeHaswell{42, 45, 58, 62};

int number_or_zero(std::string_view text) {
  const auto number = parse_i64(text);
  return number && *number >= 0 && *number < 100'000 ? static_cast<int>(*number) : 0;
}

}  // namespace

CpuIdentity parse_cpu_identity(std::string_view cpuinfo) {
  CpuIdentity cpu;
  for (const std::string_view line : split(cpuinfo, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (!cpu.vendor.empty()) break;  // the first processor's block is enough
      continue;
    }
    const std::string_view key = trim(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (key == "vendor_id") cpu.vendor = value;
    if (key == "model name") cpu.name = value;
    if (key == "cpu family") cpu.family = number_or_zero(value);
    if (key == "model") cpu.model = number_or_zero(value);
    if (key == "flags") {
      const auto flags = split_words(value);
      cpu.hypervisor = std::find(flags.begin(), flags.end(), "hypervisor") != flags.end();
    }
  }
  return cpu;
}

CpuIdentity read_cpu_identity(FileSystem& files, const std::string& procfs_root) {
  const auto text = read_text(files, procfs_root + "/cpuinfo", std::size_t{16} << 20);
  return text ? parse_cpu_identity(*text) : CpuIdentity{};
}

Basis rapl_basis(const CpuIdentity& cpu) {
  const bool old = cpu.family == 6 && std::find(kBeforeHaswell.begin(), kBeforeHaswell.end(), cpu.model) != kBeforeHaswell.end();
  return cpu.vendor == "GenuineIntel" && !old && !cpu.hypervisor ? Basis::kMeasured : Basis::kDerived;
}

}  // namespace olivine
