// gunzip: the text inside a gzip file that somebody handed to us.
//
// Bounded: what would grow beyond `max_bytes` is refused, however small the file is (a bomb of 10 kB may hold 10 MB).
//
// Units: bytes. Errors: kInvalid when it is no gzip, cut short, damaged or too large; `name` begins the message.
// Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

bool is_gzip(std::string_view bytes);
// All members of the file, one after the other. max_bytes, below 4 GiB, bounds the file and the text.
Result<std::string> gunzip(std::string_view name, std::string_view bytes, std::size_t max_bytes);

}  // namespace olivine
