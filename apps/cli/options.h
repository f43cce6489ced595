// The command line as plain values. Parsing is pure: text in, values or an exit out.
//
// Units: as typed; quantities carry units ("100ms"). Errors: usage errors have exit code 2 and one line that says what to
// type. Threads: pure. Lifetime: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/assess_options.h"
#include "apps/cli/account_options.h"
#include "apps/cli/breakeven_options.h"
#include "apps/cli/compare_options.h"
#include "apps/cli/estimate_options.h"
#include "apps/cli/features_options.h"
#include "apps/cli/fleet_options.h"
#include "apps/cli/grid_data_options.h"
#include "apps/cli/grid_options.h"
#include "apps/cli/estimate_ahead_options.h"
#include "apps/cli/hardware_options.h"
#include "apps/cli/import_options.h"
#include "apps/cli/mark_options.h"
#include "apps/cli/options_forecast.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/studies_options.h"
#include "apps/cli/schedule_options.h"

namespace olivine::cli {

inline constexpr int kExitNo = 1;          // the answer is no: verify differs, doctor --strict
inline constexpr int kExitUsage = 2;
inline constexpr int kExitIncomplete = 3;  // the record is incomplete or interrupted
inline constexpr int kExitOurFailure = 125;

enum class Command {
  kNone, kRun, kMark, kReplay, kLs, kShow, kExplain, kVerify, kRm, kExport,
  kDoctor, kSources, kGridZones, kGridShow, kGridUpdate, kGridImport, kGridDataLs, kGridDataRm, kGridEstimateMarginal,
  kFeaturesApply, kFeaturesLs, kFeaturesGet, kFeaturesMaterialize, kFeaturesCheck, kGridForecast, kGridBacktest, kGridFetch, kGridServeReplay,
  kPlan, kBreakeven, kCompare, kHardwareShow, kHardwareLs, kAssess, kImport, kFleet, kEstimate, kAccount, kAccountInit, kStudiesLs, kStudiesShow, kStudiesRun, kSciShow, kSciExport, kSciImport, kConfigShow, kCompletion
};

struct MarginalArguments {  // grid estimate-marginal, as typed
  std::string file, factors, regressors, by, boundary = "direct", zone;
};

struct Options {
  Command command = Command::kNone;
  std::map<std::string, std::string> settings;  // configuration keys that flags set: "zone" -> "FR"
  std::vector<std::string> child;               // run: everything after "--"
  std::string name;
  bool json = false;
  std::string json_file;     // --json=FILE; "" without a file
  bool plot = false;         // grid show, grid forecast
  std::string plot_file;     // --plot=FILE
  std::string output_file;   // run -o
  bool quiet = false;
  bool origin = false;       // config show
  bool all = false;          // ls: removed runs too
  std::string run = "last";  // show, explain, verify, rm, export
  std::string figure;        // explain
  std::string text;          // grid zones, show and update, completion shell, replay file
  std::string at;            // grid show: a time, "now" or "" for now
  std::string signal, boundary;  // grid show; "" when not asked
  std::string format = "json";
  bool ascii = false;
  MarkOptions mark;
  MarginalArguments marginal;
  std::vector<std::string> runs;  // export, rm
  GridImportOptions grid_import;
  FeaturesOptions features;
  PlanOptions plan;
  HardwareOptions hardware;
  EstimateAheadOptions estimate_ahead;
  AssessOptions assess;
  StudiesOptions studies;
  SciOptions sci;
  AccountCommandOptions account;
  ScheduleOptions schedule;       // run: when it may wait and pause
  BreakevenOptions breakeven;
  CompareOptions compare;
  EstimateOptions estimate;
  ActivityImportArguments activity_import;  // import
  FleetArguments fleet;
  ForecastOptions forecast;       // grid forecast, grid backtest
  GridFetchOptions grid_fetch;
  ServeReplayOptions serve_replay;
};

struct ParseOutcome {
  std::optional<Options> options;
  int exit_code = 0;   // when there are no options
  std::string out;     // to stdout: help, version
  std::string error;   // to stderr: usage error
};

ParseOutcome parse_command_line(const std::vector<std::string>& arguments);

}  // namespace olivine::cli
