// estimate: which of its modes is meant.
#include "apps/cli/estimate.h"
#include "apps/cli/estimate_ahead_options.h"
#include "apps/cli/estimate_options.h"

namespace olivine::cli {

int estimate_command(App& app) {
  const EstimateOptions& e = app.options.of<EstimateOptions>();
  if (e.after_epochs) return estimate_from_epochs(app);
  if (app.options.of<EstimateAheadOptions>().given()) return estimate_ahead(app);
  return report_error({ErrorKind::kInvalid,
                       "estimate what? before it runs: --gpus 8xH100-SXM --hours 96; from its first epochs: olivine "
                       "estimate last --after-epochs 2 --of 90"});
}

}  // namespace olivine::cli
