// MLflow: the table of runs that `mlflow experiments csv` and search_runs().to_csv() write, and the folder of a file store.
//
// MLflow knows when a run began and ended and whether it failed. An energy it has only when somebody logged one
// (--energy-metric), or when its system metrics sampled the GPUs' power (folder only): their integral, from the first sample to the
// last, of all GPUs of the machine.
#include "account/activities/mlflow.h"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr auto kUnits = std::to_array<std::pair<std::string_view, double>>({{"mwh", 1e3},
                                                                            {"kwh", 1.0},
                                                                            {"wh", 1e-3},
                                                                            {"mj", 1.0 / 3.6},
                                                                            {"kj", 1.0 / 3600.0},
                                                                            {"joules", 1.0 / 3.6e6},
                                                                            {"j", 1.0 / 3.6e6}});

std::optional<double> unit_named(std::string_view unit) {
  for (const auto& [name, kwh] : kUnits)
    if (name == to_lower(unit)) return kwh;
  return std::nullopt;
}

struct MlflowColumns {
  std::size_t status = 0, start = 0, end = 0;
  std::optional<std::size_t> experiment, user, model, energy;
  double kwh_per_unit = 1.0;
};

Result<MlflowColumns> columns_of(const TableRows& rows, const ActivityImportOptions& options) {
  MlflowColumns c;
  OLIVINE_TRY([[maybe_unused]] const std::size_t run, rows.need({"run_id"}));
  OLIVINE_TRY(c.status, rows.need({"status"}));
  OLIVINE_TRY(c.start, rows.need({"start_time"}));
  OLIVINE_TRY(c.end, rows.need({"end_time"}));
  c.experiment = rows.find({"experiment_id"});
  c.user = rows.find({"tags.mlflow.user", "user_id"});
  if (!options.model_column.empty()) {
    const std::string param = "params." + options.model_column, tag = "tags." + options.model_column;
    OLIVINE_TRY(c.model, rows.need({options.model_column, param, tag}));
  }
  if (options.energy_metric.empty()) return c;
  OLIVINE_TRY(const EnergyMetric metric, energy_metric(options.energy_metric));
  const std::string column = "metrics." + metric.name;
  OLIVINE_TRY(c.energy, rows.need({column, metric.name}));
  c.kwh_per_unit = metric.kwh_per_unit;
  return c;
}

// Milliseconds since 1970, or a time.
Result<std::int64_t> time_of(TableRows& rows, std::size_t column, const ActivityImportOptions& options) {
  const std::string_view text = rows.cell(column);
  if (const auto ms = parse_u64(text); ms && *ms < 7'000'000'000'000) return static_cast<std::int64_t>(*ms / 1000);
  return rows.time(column, options.offset_s.value_or(0));
}

}  // namespace

Result<EnergyMetric> energy_metric(std::string_view said) {
  if (const std::size_t colon = said.rfind(':'); colon != std::string_view::npos) {
    if (const auto kwh = unit_named(said.substr(colon + 1)))
      return EnergyMetric{std::string(said.substr(0, colon)), *kwh};
  } else if (const std::size_t mark = said.find_last_of("_./ "); mark != std::string_view::npos) {
    if (const auto kwh = unit_named(said.substr(mark + 1))) return EnergyMetric{std::string(said), *kwh};
  }
  return fail(
      ErrorKind::kInvalid,
      fmt::format("the metric '{}' does not end in its unit: write --energy-metric {}:kWh (or Wh, MWh, J, kJ, MJ)",
                  shown_value(said), shown_value(said.substr(0, said.rfind(':')))));
}

std::optional<MlflowState> mlflow_state(std::string_view text) {
  if (text == "FINISHED" || text == "3") return MlflowState{true, ActivityStatus::kDone};
  if (text == "FAILED" || text == "4") return MlflowState{true, ActivityStatus::kFailed};
  if (text == "KILLED" || text == "5") return MlflowState{true, ActivityStatus::kCancelled};
  if (text == "RUNNING" || text == "1" || text == "SCHEDULED" || text == "2") return MlflowState{};
  return std::nullopt;
}

double integrate_power(std::span<const std::pair<double, double>> samples) {
  double joules = 0.0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    joules += (samples[i].first - samples[i - 1].first) * (samples[i].second + samples[i - 1].second) / 2.0;
  return joules;
}

Status read_mlflow_csv(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source, ','));
  OLIVINE_TRY(const MlflowColumns c, columns_of(rows, sink.options()));
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) break;
    sink.count_row(rows.line());
    const auto state = mlflow_state(rows.cell(c.status));
    if (!state)
      return rows.bad(c.status, rows.cell(c.status),
                      "is no state of a run: RUNNING, SCHEDULED, FINISHED, FAILED, KILLED");
    if (!state->finished || rows.cell(c.end).empty()) {
      sink.skip("not finished; export again when it is", rows.line());
      continue;
    }
    Activity a;
    OLIVINE_TRY(a.begin_s, time_of(rows, c.start, sink.options()));
    OLIVINE_TRY(a.end_s, time_of(rows, c.end, sink.options()));
    OLIVINE_TRY(const double energy, rows.amount(c.energy));
    a.energy_kwh = energy * c.kwh_per_unit;
    a.plane = sink.options().plane.value_or(ActivityPlane::kChip);
    a.status = state->status;
    a.project = rows.cell(c.experiment);
    a.user = rows.cell(c.user);
    a.model = rows.cell(c.model);
    a.reported_by = std::isnan(a.energy_kwh) ? "" : "mlflow";
    a.row = static_cast<std::uint32_t>(rows.line());
    OLIVINE_CHECK_STATUS(sink.take(a));
  }
  if (!rows.times_said_zone()) sink.note_local_times();
  if (!c.energy) sink.note("MLflow has times, no energy: --energy-metric NAME names a metric that has");
  return {};
}

}  // namespace olivine
