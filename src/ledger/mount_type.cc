#include "ledger/mount_type.h"

#include <sys/vfs.h>

#include <array>
#include <string_view>
#include <utility>

namespace olivine {
namespace {

// statfs(2) magic numbers, linux/magic.h and the file systems' own sources.
constexpr std::array<std::pair<unsigned long, std::string_view>, 11> kNetwork{{{0x6969, "NFS"},
                                                                              {0x517B, "SMB"},
                                                                              {0xFF534D42, "CIFS"},
                                                                              {0xFE534D42, "SMB2"},
                                                                              {0x0BD00BD0, "Lustre"},
                                                                              {0x47504653, "GPFS"},
                                                                              {0x5346414F, "AFS"},
                                                                              {0x00C36400, "Ceph"},
                                                                              {0x01021997, "9p"},
                                                                              {0x19830326, "BeeGFS"},
                                                                              {0x7461636F, "OCFS2"}}};

}  // namespace

std::optional<std::string> network_file_system(const std::string& directory) {
  struct statfs info {};
  if (::statfs(directory.c_str(), &info) != 0) return std::nullopt;
  for (const auto& [magic, name] : kNetwork)
    if (static_cast<unsigned long>(info.f_type) == magic) return std::string(name);
  return std::nullopt;
}

}  // namespace olivine
