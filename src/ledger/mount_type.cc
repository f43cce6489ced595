#include "ledger/mount_type.h"

#include <fmt/core.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace olivine {

namespace {
struct NetworkType {
  std::uint32_t magic;
  std::string_view name;
};

// Numbers from statfs(2), linux/magic.h and the file systems' own sources.
constexpr std::array<NetworkType, 19> kNetwork{{{0x00006969, "NFS"},
                                                {0x0000517B, "SMB"},
                                                {0xFF534D42, "CIFS"},
                                                {0xFE534D42, "SMB2"},
                                                {0x0BD00BD0, "Lustre"},
                                                {0x47504653, "GPFS"},
                                                {0x5346414F, "AFS"},
                                                {0x6B414653, "AFS"},
                                                {0x00C36400, "Ceph"},
                                                {0x01021997, "9p"},
                                                {0x65735546, "FUSE"},
                                                {0x19830326, "BeeGFS"},
                                                {0x7461636F, "OCFS2"},
                                                {0x01161970, "GFS2"},
                                                {0xAAD7AAEA, "PanFS"},
                                                {0x20030528, "PVFS2"},
                                                {0x73757245, "Coda"},
                                                {0x0000564C, "NCP"},
                                                {0x786F4256, "VirtualBox shared folder"}}};

constexpr std::array<std::uint32_t, 26> kLocal{
    0x0000EF53,  // ext2, ext3, ext4
    0x58465342,  // XFS
    0x9123683E,  // btrfs
    0x01021994,  // tmpfs
    0x858458F6,  // ramfs
    0xF2F52010,  // F2FS
    0x794C7630,  // overlayfs
    0x2FC12FC1,  // ZFS
    0xCA451A4E,  // bcachefs
    0x52654973,  // ReiserFS
    0x3153464A,  // JFS
    0x0000F15F,  // eCryptfs
    0x00003434,  // NILFS2
    0x2011BAB0,  // exFAT
    0x00004D44,  // FAT
    0x7366746E,  // NTFS, in the kernel
    0x5346544E,  // NTFS, older
    0x24051905,  // UBIFS
    0x000072B6,  // JFFS2
    0x0000482B,  // HFS+
    0x61756673,  // aufs
    0x53464846,  // WSL 1
    0x73717368,  // squashfs
    0xE0F5E1E2,  // EROFS
    0x00009660,  // ISO 9660
    0x15013346,  // UDF
};
}  // namespace

std::optional<std::string> network_type(std::uint32_t magic) {
  if (std::find(kLocal.begin(), kLocal.end(), magic) != kLocal.end()) return std::nullopt;
  for (const NetworkType& type : kNetwork) {
    if (type.magic == magic) return std::string(type.name);
  }
  return fmt::format("unknown type 0x{:x}", magic);
}

std::optional<std::string> network_file_system(const std::string& directory) {
  struct statfs info{};
  if (::statfs(directory.c_str(), &info) != 0) return "unknown type";
  return network_type(static_cast<std::uint32_t>(info.f_type));
}

}  // namespace olivine
