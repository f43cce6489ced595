// NvmlRecord: what the NVML helper process tells its parent, one fixed-size record at a time through a pipe.
//
// Both ends are the same binary, so the layout needs no encoding; the magic number holds the layout's version. A write
// of up to 4,096 bytes (PIPE_BUF) into a pipe is not torn, so the parent never sees part of a record.
//
//   hello, device*, mig*, ready, then again and again: reading*, process*, end
//   failed (at any time): the helper ends after it
//
// Units: per type, below. Errors: code of NVML; 0 is success. Threads: value. Lifetime: value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace olivine {

enum class NvmlRecordType : std::uint32_t {
  kHello = 1,  // the helper runs; NVML has not been called yet
  kDevice =
      2,     // value: NvmlMeterKind, extra: enforced power limit in mW (0 unknown), pid: NVML's number, uuid, name, pci
  kMig = 3,  // device: index of the parent; value: GPU instance, extra: compute instance; uuid
  kReady = 4,    // devices have been told; value: how many there are, text: driver version
  kReading = 5,  // value: mJ (counter) or mW (power) at mono_ns; code
  kProcess = 6,  // pid, value: memory in bytes, percent: SM use
  kEnd = 7,      // a round is complete
  kFailed = 8,   // code, text
};

enum class NvmlMeterKind : std::uint64_t { kNone = 0, kEnergy = 1, kPower = 2 };

inline constexpr std::uint32_t kNvmlMagic = 0x4f4c4e01;  // "OLN", layout 1
inline constexpr std::uint64_t kNvmlUnknownBytes = ~0ULL;
inline constexpr std::uint32_t kNvmlUnknownPercent = ~0U;
inline constexpr std::int32_t kNvmlAsleep = -1;  // a code of ours: the device sleeps and was not asked

struct NvmlRecord {
  std::uint32_t magic = kNvmlMagic;
  NvmlRecordType type = NvmlRecordType::kHello;
  std::int64_t mono_ns = 0;
  std::int32_t device = -1;
  std::int32_t code = 0;
  std::uint64_t value = 0;
  std::uint64_t extra = 0;
  std::uint32_t pid = 0;
  std::uint32_t percent = 0;
  char uuid[96] = {};
  char text[80] = {};
  char pci[32] = {};
};
static_assert(sizeof(NvmlRecord) == 256 && std::is_trivially_copyable_v<NvmlRecord>);

// Text of a field that need not end in a zero byte.
template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  const std::string_view all(field, N);
  return std::string(all.substr(0, all.find('\0')));
}
template <std::size_t N>
void set_text(char (&field)[N], std::string_view text) {
  const std::size_t length = text.size() < N - 1 ? text.size() : N - 1;
  for (std::size_t i = 0; i < length; ++i) field[i] = text[i];
  field[length] = '\0';
}

}  // namespace olivine
