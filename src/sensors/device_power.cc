#include "sensors/device_power.h"

#include <algorithm>

#include "base/text.h"
#include "sensors/number_file.h"

namespace olivine {
namespace {
bool says(FileSystem& files, const std::string& path, std::initializer_list<std::string_view> words) {
  const auto text = read_line(files, path);
  return text && std::find(words.begin(), words.end(), *text) != words.end();
}
}  // namespace

bool is_asleep(FileSystem& files, const std::string& device) {
  return says(files, device + "/power/runtime_status", {"suspended", "suspending", "resuming"}) ||
         says(files, device + "/power_state", {"D3cold", "D3hot"});
}

std::vector<PciGpu> list_pci_gpus(FileSystem& files, const std::string& sysfs_root, const std::string& vendor) {
  std::vector<PciGpu> gpus;
  const std::string devices = sysfs_root + "/bus/pci/devices";
  const auto names = patiently([&] { return files.list(devices); });
  if (!names) return gpus;
  for (const std::string& name : *names) {
    const std::string path = devices + "/" + name;
    const auto its_vendor = read_line_patiently(files, path + "/vendor");
    if (!its_vendor || *its_vendor != vendor) continue;
    const auto its_class = read_line_patiently(files, path + "/class");
    if (!its_class || !its_class->starts_with("0x03")) continue;
    gpus.push_back({name, path, is_asleep(files, path)});
  }
  return gpus;
}

std::string plain_pci_address(const std::string& address) {
  std::string plain = to_lower(address);
  const std::size_t colon = plain.find(':');
  if (colon == std::string::npos || colon <= 4) return plain;
  return plain.substr(colon - 4);
}

}  // namespace olivine
