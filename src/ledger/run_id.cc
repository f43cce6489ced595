#include <fmt/core.h>
#include <sys/random.h>

#include <array>

#include "ledger/ledger.h"

namespace olivine {

// RFC 9562, UUID version 7.
std::string new_run_id(WallTime now) {
  std::array<std::uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random))
    random = {static_cast<std::uint64_t>(now.ns), static_cast<std::uint64_t>(now.ns) * 0x9e3779b97f4a7c15ULL};
  const auto ms = static_cast<std::uint64_t>(now.ns / 1'000'000) & 0xFFFFFFFFFFFFULL;
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:x}{:03x}-{:012x}", ms >> 16, ms & 0xFFFF, random[0] & 0xFFF,
                     8 + ((random[0] >> 12) & 3), (random[0] >> 14) & 0xFFF, random[1] & 0xFFFFFFFFFFFFULL);
}

}  // namespace olivine
