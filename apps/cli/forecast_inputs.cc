#include "apps/cli/forecast_inputs.h"

#include <fmt/core.h>

#include <filesystem>

#include "apps/cli/forecast_options.h"
#include "apps/cli/stored_hours.h"
#include "base/text.h"

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

// A word that is no zone and looks like a file's name is one.
bool looks_like_a_file(const App& app, const std::string& word) {
  if (is_known_zone(app, word)) return false;
  return word.find_first_of("./") != std::string::npos || std::filesystem::exists(word);
}

Status read_series(const App& app, ForecastInputs& inputs) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  std::string file = o.data_file;
  if (file.empty() && !o.zone.empty() && looks_like_a_file(app, o.zone)) file = o.zone;
  inputs.input.zone = !o.name.empty() ? o.name : file == o.zone ? "" : o.zone;
  if (!file.empty()) {
    OLIVINE_TRY(inputs.input.intensity, read_hourly_csv(app.files, file));
    return {};
  }
  if (o.zone.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("which zone? e.g. olivine {} FR, or --data FILE", app.options.command));
  std::optional<Boundary> wanted;
  if (!o.boundary.empty()) {
    OLIVINE_TRY(wanted, boundary_from(o.boundary));
  }
  OLIVINE_TRY(StoredHours kept, stored_hours(app, o.zone, wanted));
  if (o.name.empty()) inputs.input.zone = kept.zone;
  inputs.boundary = kept.boundary;
  inputs.input.intensity = std::move(kept.table);
  return {};
}

}  // namespace

Result<ForecastInputs> read_forecast_inputs(const App& app) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  ForecastInputs inputs;
  inputs.input.intensity_column = o.column;
  OLIVINE_CHECK_STATUS(read_series(app, inputs));
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
