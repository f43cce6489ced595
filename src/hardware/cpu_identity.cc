#include "hardware/cpu_identity.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kHeadBytes = 16 * 1024;  // the first processor's block has 1 to 4 KiB
constexpr std::size_t kMostTextBytes = 128;

// Intel family 6 before the regulator measured: Sandy Bridge, Ivy Bridge, and the Atom lines up to Goldmont Plus.
constexpr std::array kIntelModelled{0x2a, 0x2d, 0x3a, 0x3e, 0x37, 0x4a, 0x4c, 0x4d, 0x5a, 0x5c, 0x5d, 0x5f, 0x7a};
// Intel family 6 server parts: SNB-EP, IVB-EP, HSW-EP, BDW-EP, BDW-DE, SKX to CPX, ICX, ICX-D, SPR, EMR, GNR, GNR-D,
// SRF.
constexpr std::array kIntelServer{0x2d, 0x3e, 0x3f, 0x4f, 0x56, 0x55, 0x6a, 0x6c, 0x8f, 0xcf, 0xad, 0xae, 0xaf};

int small_number(std::string_view text) {
  const auto value = parse_u64(text);
  return value && *value <= 0xffff ? static_cast<int>(*value) : 0;
}

std::string short_text(std::string_view text) { return printable(text.substr(0, kMostTextBytes)); }

bool has_word(std::string_view text, std::string_view word) {
  const auto words = split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool contains(const auto& list, int value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace

CpuIdentity parse_cpu_identity(std::string_view cpuinfo) {
  CpuIdentity cpu;
  for (const std::string_view line : split(cpuinfo, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (key == "vendor_id" && cpu.vendor.empty()) cpu.vendor = short_text(value);
    if (key == "model name" && cpu.model_name.empty()) cpu.model_name = short_text(value);
    if (key == "cpu family" && cpu.family == 0) cpu.family = small_number(value);
    if (key == "model" && cpu.model == 0) cpu.model = small_number(value);
    if (key == "flags") {  // the last line that matters; further processors are the same
      cpu.hypervisor = has_word(value, "hypervisor");
      break;
    }
  }
  return cpu;
}

CpuIdentity read_cpu_identity(FileSystem& files, const std::string& procfs_root) {
  const auto file = files.open(procfs_root + "/cpuinfo");
  if (!file) return {};
  std::string head(kHeadBytes, '\0');
  const auto count = (*file)->read_at_start(head);
  if (!count) return {};
  return parse_cpu_identity(std::string_view(head).substr(0, *count));
}

bool is_amd_like(const CpuIdentity& cpu) { return cpu.vendor == "AuthenticAMD" || cpu.vendor == "HygonGenuine"; }

bool rapl_is_measured(const CpuIdentity& cpu) {
  if (cpu.vendor != "GenuineIntel" || cpu.hypervisor) return false;
  if (cpu.family == 6) return cpu.model >= 0x3c && !contains(kIntelModelled, cpu.model);
  return cpu.family == 18 || cpu.family == 19;  // the families after 6
}

bool dram_is_outside_package(const CpuIdentity& cpu) {
  if (cpu.vendor != "GenuineIntel" || cpu.family != 6 || !contains(kIntelServer, cpu.model)) return false;
  return !has_word(cpu.model_name, "Max");  // Xeon Max: HBM inside the package
}

}  // namespace olivine
