#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/prng.h"
#include "ledger/ledger.h"

namespace olivine {

// RFC 9562, UUID version 7: 48 bits of milliseconds, the version, 12 random bits, the variant, 62 random bits.
std::string new_run_id(WallTime now) {
  std::array<std::uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof random)) {
    // No entropy yet, early at boot: time and process number still tell two runs apart.
    Prng prng(static_cast<std::uint64_t>(now.ns) ^ (static_cast<std::uint64_t>(::getpid()) << 40));
    random = {prng.next(), prng.next()};
  }
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.ns) / 1'000'000) & 0xFFFFFFFFFFFFULL;
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:x}{:03x}-{:012x}", ms >> 16, ms & 0xFFFF, random[0] & 0xFFF,
                     8 + ((random[0] >> 12) & 3), (random[0] >> 14) & 0xFFF, random[1] & 0xFFFFFFFFFFFFULL);
}

}  // namespace olivine
