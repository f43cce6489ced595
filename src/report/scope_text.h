// The lines about a scope's quota and service level.
//
//   train: quota 300 Wh: counted 309 Wh while it ran (modelled), used up after 9 min 40 s; billed 312 Wh (104 %), over by 12 Wh
//   train: quota 300 Wh: counted 301 Wh while it ran (modelled), used up after 9 min 40 s; billed 297 Wh (99 %): less than was counted
//   serve: service level "latency p95 < 50ms, accuracy > 0.9": missed; latency 940 of 1000 within 50 ms: missed; accuracy 0.93: met;
//          0.8 J a request
//
// Units: in the text. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "report/render.h"

namespace olivine {

// "" without either.
std::string scope_terms_lines(const RecordScope& scope, const TextStyle& style);

}  // namespace olivine
