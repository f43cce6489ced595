// The batches that ledger_writer appends and kill9_test expects: batch n of a run is a pure function of n.
//
// Units: as ledger.h. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include "ledger/ledger.h"

namespace olivine::kill_test {

inline Batch batch_of(std::int64_t n) {
  Batch batch;
  for (std::int32_t component = 0; component < 4; ++component) {
    const std::int64_t u = n * 7919 + component;
    batch.facts.push_back({component, n * 100, n * 100 + 100, 15 * u, u, 5 * u, 4 * u, 3 * u, 2 * u, u});
  }
  if (n % 5 == 0) batch.gaps.push_back({1, n * 100, n * 100 + 50, "reset"});
  // Now and then a large one, so that kills fall into the writing of many pages.
  const auto size = static_cast<std::size_t>(n % 17 == 0 ? 30'000 : 90 + n % 40);
  batch.segment = Segment{n * 100, n * 100 + 100, 1, std::string(size, static_cast<char>('a' + n % 26))};
  return batch;
}

}  // namespace olivine::kill_test
