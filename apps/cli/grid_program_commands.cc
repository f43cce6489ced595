// libexec/olivine-grid: the commands about grids, features and plans. See grid_program.h.
#include "apps/cli/grid_program.h"

namespace olivine::cli {

int grid_program(App& app) {
  switch (app.options.command) {
    case Command::kGridZones: return grid_zones_command(app);
    case Command::kGridShow: return grid_show_command(app);
    case Command::kGridUpdate: return grid_update_command(app);
    case Command::kGridEstimateMarginal: return grid_estimate_marginal_command(app);
    case Command::kGridImport: return grid_import_command(app);
    case Command::kGridDataLs: return grid_data_ls_command(app);
    case Command::kGridDataRm: return grid_data_rm_command(app);
    case Command::kGridForecast: return grid_forecast_command(app);
    case Command::kGridBacktest: return grid_backtest_command(app);
    case Command::kGridFetch: return grid_fetch_command(app);
    case Command::kGridServeReplay: return grid_serve_replay_command(app);
    case Command::kEstimate: return estimate_command(app);
    case Command::kPlan: return plan_command(app);
    case Command::kImport: return import_command(app);
    case Command::kFeaturesApply: return features_apply_command(app);
    case Command::kFeaturesLs: return features_ls_command(app);
    case Command::kFeaturesGet: return features_get_command(app);
    case Command::kFeaturesMaterialize: return features_materialize_command(app);
    case Command::kFeaturesCheck: return features_check_command(app);
    default: return kExitUsage;
  }
}

}  // namespace olivine::cli
