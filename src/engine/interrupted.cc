#include "engine/interrupted.h"

namespace olivine {

Result<InterruptedClosing> close_interrupted_runs(Ledger& ledger, const LiveSources& live, const ClosingRules& rules) {
  const std::int64_t begun_ns = rules.clock.now().mono.ns;
  OLIVINE_TRY(const auto open_runs, ledger.unfinished());
  InterruptedClosing out;
  bool tried = false;
  for (const RunRow& run : open_runs) {
    if (tried && rules.within && rules.clock.now().mono.ns - begun_ns >= rules.within->ns) {
      ++out.left;
      continue;
    }
    if (!rules.abandoned(run)) continue;
    tried = true;
    const Status closed = close_interrupted(ledger, run.start.run_id, live, rules.clock.now());
    if (closed)
      ++out.closed;
    else if (!out.trouble)
      out.trouble = closed.error();
  }
  return out;
}

}  // namespace olivine
