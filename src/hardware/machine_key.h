// machine_key: tells machines apart in a ledger without storing /etc/machine-id, which names a machine for other
// programs too and should not be passed on (machine-id(5)). A keyed cryptographic hash cannot be turned back.
//
//   machine_key_of("4fa0...")  ->  first 16 hexadecimal digits of SHA-256("olivine.machine-key/1:" + id)
//
// Units: none. Errors: none; an empty id has an empty key. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

namespace olivine {

std::string machine_key_of(std::string_view machine_id);

// FIPS 180-4, section 6.2; 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace olivine
