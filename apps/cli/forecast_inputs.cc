#include "apps/cli/forecast_inputs.h"

#include <fmt/core.h>

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

}  // namespace

Result<ForecastInputs> read_forecast_inputs(const App& app) {
  const ForecastOptions& o = app.options.forecast;
  ForecastInputs inputs;
  inputs.input.zone = o.zone;
  inputs.input.intensity_column = o.column;
  OLIVINE_TRY(inputs.input.intensity, read_hourly_csv(app.files, o.data_file));
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
