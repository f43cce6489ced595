#include "account/host_key.h"

#include <map>
#include <optional>

#include "base/text.h"

namespace olivine {

Result<EnergyTotal> energy_of_hosts(std::span<const HostRecord> records) {
  struct Host {
    std::optional<EnergyAmount> own;
    EnergyTotal guests = 0;
  };
  std::map<std::string, Host> hosts;
  for (const HostRecord& record : records) {
    Host& host = hosts[record.host_key];
    if (record.is_guest) {
      host.guests += record.energy.count();
    } else if (host.own) {
      return fail(ErrorKind::kInvalid, "two records of host " + printable(record.host_key) + " cover the same span");
    } else {
      host.own = record.energy;
    }
  }
  EnergyTotal total = 0;
  for (const auto& [key, host] : hosts) total += host.own ? EnergyTotal{host.own->count()} : host.guests;
  return total;
}

}  // namespace olivine
