// libexec/olivine-grid: the commands about grids, features and plans. See grid_program.h.
#include "apps/cli/grid_program.h"

#include "apps/cli/account_options.h"
#include "apps/cli/assess_options.h"
#include "apps/cli/breakeven_options.h"
#include "apps/cli/commands.h"
#include "apps/cli/compare_options.h"
#include "apps/cli/estimate_options.h"
#include "apps/cli/features_options.h"
#include "apps/cli/fleet_options.h"
#include "apps/cli/forecast_options.h"
#include "apps/cli/grid_data_options.h"
#include "apps/cli/grid_marginal_options.h"
#include "apps/cli/grid_options.h"
#include "apps/cli/hardware_options.h"
#include "apps/cli/import_options.h"
#include "apps/cli/jobs_options.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/simulate_options.h"
#include "apps/cli/studies_options.h"
#include "apps/cli/supply_options.h"

namespace olivine::cli {

namespace {

constexpr NamedCommand kCommands[] = {
    {"grid zones", grid_zones_command},
    {"grid show", grid_show_command},
    {"grid update", grid_update_command},
    {"grid estimate-marginal", grid_estimate_marginal_command},
    {"grid import", grid_import_command},
    {"grid data ls", grid_data_ls_command},
    {"grid data rm", grid_data_rm_command},
    {"grid forecast", grid_forecast_command},
    {"grid backtest", grid_backtest_command},
    {"grid fetch", grid_fetch_command},
    {"grid serve-replay", grid_serve_replay_command},
    {"estimate", estimate_command},
    {"plan", plan_command},
    {"simulate", simulate_command},
    {"supply", supply_command},
    {"slurm submit", slurm_submit_command},
    {"slurm follow", slurm_follow_command},
    {"slurm hook", slurm_hook_command},
    {"k8s suspend", k8s_suspend_command},
    {"k8s resume", k8s_resume_command},
    {"k8s follow", k8s_follow_command},
    {"k8s manifest", k8s_manifest_command},
    {"systemd", systemd_command},
    {"hardware show", hardware_show_command},
    {"hardware ls", hardware_ls_command},
    {"assess", assess_command},
    {"studies ls", studies_ls_command},
    {"studies show", studies_show_command},
    {"studies run", studies_run_command},
    {"sci show", sci_show_command},
    {"sci export", sci_export_command},
    {"sci import", sci_import_command},
    {"account", account_command},
    {"account init", account_init_command},
    {"compare", compare_command},
    {"breakeven", breakeven_command},
    {"import", import_command},
    {"fleet", fleet_command},
    {"features apply", features_apply_command},
    {"features ls", features_ls_command},
    {"features get", features_get_command},
    {"features materialize", features_materialize_command},
    {"features check", features_check_command},
};

}  // namespace

int grid_program(App& app) { return carry_out(kCommands, app).value_or(kExitUsage); }

}  // namespace olivine::cli
