// Content hashes of the ledger's rows: SQLite notices a broken page, not a changed digit in a sound one. Each run, each
// end and each batch (its facts, its gaps and its segment together) carries the hash of all its values.
//
// The input of a hash is the values in the order of the structures: an integer as 8 bytes, least significant first; a
// text as its length (an integer), then its bytes; an absent value as the text "-"; a list as its length, then the items.
//
// Units: hex digits of XXH3-128. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "ledger/ledger.h"

namespace olivine {

std::string hash_of(const RunStart& start);
std::string hash_of(const RunEnd& end, std::int64_t batches);
std::string hash_of(const std::string& run_id, std::int64_t sequence, const Batch& batch);

}  // namespace olivine
