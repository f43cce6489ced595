#include "apps/cli/forecast_inputs.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/forecast_options.h"
#include "base/text.h"
#include "grid/shipped.h"
#include "grid/store/series_store.h"
#include "planning/single_job.h"

namespace olivine::cli {
namespace {

constexpr std::int64_t kDayNs = 24 * kHourNs;
constexpr std::int64_t kUsualDays = 90;

Result<WallTime> day_from(const std::string& text, const char* flag) {
  const auto day = parse_hour(text);
  if (!day || day->ns % kDayNs != 0)
    return fail(ErrorKind::kInvalid, fmt::format("{} '{}' is no date; write it as 2021-07-01", flag, printable(text)));
  return *day;
}

// The newest data set of the zone that `grid import` keeps, as hours.
Result<HourlyTable> stored_table(const App& app, std::optional<Boundary>& boundary) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  if (o.zone.empty()) return fail(ErrorKind::kInvalid, "which zone? e.g. olivine grid forecast FR, or --data FILE");
  OLIVINE_TRY(const GridZone zone, resolve_zone(o.zone));
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  std::optional<Boundary> wanted;
  if (!o.boundary.empty()) {
    OLIVINE_TRY(wanted, boundary_from(o.boundary));
  }
  for (const Dataset& d : store.datasets()) {
    if (d.about.zone != zone.key || d.about.signal != Signal::kAverage || (wanted && d.about.boundary != *wanted)) continue;
    const WallInterval whole{d.begin, d.end};
    OLIVINE_TRY(const IntensitySeries series, store.points_of(d.hash, {zone.key, whole, Signal::kAverage, d.about.boundary}));
    boundary = d.about.boundary;
    HourlyTable table;
    table.name = "data set " + d.hash.substr(0, 12);
    table.begin = {(d.begin.ns + kHourNs - 1) / kHourNs * kHourNs};
    table.columns = {"carbon_intensity"};
    table.values = {slot_means(series, table.begin, hours(1), static_cast<std::size_t>(std::max<std::int64_t>(0, (d.end.ns - table.begin.ns) / kHourNs)))};
    table.notes = {fmt::format("from {}, {} .. {}", table.name, format_utc(d.begin).substr(0, 16), format_utc(d.end).substr(0, 16))};
    return table;
  }
  return fail(ErrorKind::kNotFound, fmt::format("no average intensities of {} are kept; olivine grid import FILE brings some, or name a file with --data", zone.key));
}

}  // namespace

Result<ForecastInputs> read_forecast_inputs(const App& app) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  ForecastInputs inputs;
  inputs.input.zone = o.zone;
  inputs.input.intensity_column = o.column;
  if (o.data_file.empty()) {
    OLIVINE_TRY(inputs.input.intensity, stored_table(app, inputs.boundary));
  } else {
    OLIVINE_TRY(inputs.input.intensity, read_hourly_csv(app.files, o.data_file));
  }
  if (!o.weather_file.empty()) {
    OLIVINE_TRY(inputs.input.weather, read_hourly_csv(app.files, o.weather_file));
  }
  if (!o.peer_file.empty()) {
    OLIVINE_TRY(HourlyTable table, read_hourly_csv(app.files, o.peer_file));
    inputs.peer = PeerForecast{std::move(table), {}};
  }
  if (o.no_trees) return inputs;
  auto library = XgboostLibrary::load();
  if (library)
    inputs.library = std::move(*library);
  else
    say(fmt::format("olivine: {}\n", library.error().message));
  return inputs;
}

Result<WallInterval> backtest_span(const ForecastOptions& options, const HourlyTable& table) {
  WallInterval span{{}, {table.end().ns / kDayNs * kDayNs}};
  if (!options.to.empty()) {
    OLIVINE_TRY(const WallTime last, day_from(options.to, "--to"));
    span.end = {last.ns + kDayNs};
  }
  span.begin = {span.end.ns - kUsualDays * kDayNs};
  if (!options.from.empty()) {
    OLIVINE_TRY(span.begin, day_from(options.from, "--from"));
  }
  return span;
}

}  // namespace olivine::cli
