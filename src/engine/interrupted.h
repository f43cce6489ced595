// Closing the runs that were cut off, in bounded time: a start must not wait for a long past on a slow disk.
//
//   closed = close_interrupted_runs(ledger, live, {clock, milliseconds(250), abandoned});    closed->left: for the next time
//
// At least one is closed each time, so that all are in the end. One that cannot be closed does not keep the others from it.
//
// Units: ns. Errors: the first of a run that could not be closed, when the others are; those of reading the ledger. Threads: one.
// Lifetime: none.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "engine/verify.h"

namespace olivine {

struct InterruptedClosing {
  std::size_t closed = 0;
  std::size_t left = 0;  // there was no more time
  std::optional<Error> trouble;
};

struct ClosingRules {
  const Clock& clock;
  std::optional<Duration> within;                // absent: as long as it takes
  std::function<bool(const RunRow&)> abandoned;  // its writer is gone; asked of every run that has no end
};

Result<InterruptedClosing> close_interrupted_runs(Ledger& ledger, const LiveSources& live, const ClosingRules& rules);

}  // namespace olivine
