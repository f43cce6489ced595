// Host key: energies that were measured on one physical host and inside its virtual machines or containers must not be
// added: the host's meter has seen the guests. Records with equal host keys are of the same host over the same span.
//
//   host 200 J, guest 50 J with the same host key       -> 200 J
//   guests 50 J and 30 J of one host, no host record    -> 80 J (each guest sees its own share)
//   host A 200 J, guest of host B 50 J                  -> 250 J
//
// Units: whole microjoules. Errors: kInvalid when one host has two records of its own: they would count twice. Threads:
// pure. Lifetime: values. Source: METHODS 8.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "units/amount.h"

namespace olivine {

struct HostRecord {
  std::string host_key;   // of the physical machine; a guest knows its host's
  bool is_guest = false;  // measured inside a virtual machine or container
  EnergyAmount energy;
};

Result<EnergyTotal> energy_of_hosts(std::span<const HostRecord> records);

}  // namespace olivine
