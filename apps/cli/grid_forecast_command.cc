// grid forecast: the next hours of a zone, from a file of its past.
#include <fmt/core.h>
#include <sys/stat.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/forecast_inputs.h"
#include "apps/cli/forecast_options.h"
#include "apps/cli/plot.h"
#include "base/text.h"
#include "grid/forecast/model_registry.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json trained_json(const std::optional<ModelRecord>& trained) {
  if (!trained) return nullptr;
  Json weights = Json::object();
  for (const auto& [name, weight] : trained->weights) weights[name] = weight;
  return {{"from", format_utc(trained->trained_from)},
          {"to", format_utc(trained->trained_to)},
          {"features", trained->features.size()},
          {"seed", trained->seed},
          {"data_hash", trained->data_hash},
          {"xgboost", trained->xgboost_version.empty() ? Json(nullptr) : Json(trained->xgboost_version)},
          {"weights", weights}};
}

std::string forecast_json(const Forecast& f) {
  const IntensitySeries& s = f.series;
  Json points = Json::array();
  for (const IntensityPoint& p : s.points)
    points.push_back({{"begin", format_utc(p.begin)},
                      {"end", format_utc(p.end)},
                      {"g_per_kwh", p.g_per_kwh},
                      {"lower", p.lower},
                      {"upper", p.upper}});
  const Json json{{"schema", "olivine.forecast/1"},
                  {"zone", s.zone.empty() ? Json(nullptr) : Json(s.zone)},
                  {"issued_at", format_utc(f.issued_at)},
                  {"model", f.model},
                  {"signal", name_of(s.signal)},
                  {"boundary", name_of(s.boundary)},
                  {"gases", s.gases},
                  {"basis", name_of(s.basis)},
                  {"trained", trained_json(f.trained)},
                  {"notes", s.notes},
                  {"points", points}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string forecast_text(const Forecast& f) {
  const IntensitySeries& s = f.series;
  std::string text =
      fmt::format("{}{} intensity, {}, forecast issued {} by {}\n", s.zone.empty() ? "" : printable(s.zone) + ": ",
                  name_of(s.signal), name_of(s.boundary), format_utc(f.issued_at).substr(0, 16), f.model);
  text += fmt::format("{:<17} {:>8} {:>8} {:>8}\n", "hour (UTC)", "g/kWh", "from", "to (95 %)");
  for (const IntensityPoint& p : s.points)
    text += fmt::format("{:<17} {:>8.1f} {:>8.1f} {:>8.1f}\n", format_utc(p.begin).substr(0, 16), p.g_per_kwh, p.lower,
                        p.upper);
  for (const std::string& note : s.notes) text += "note: " + printable(note) + "\n";
  return text;
}

Status save_model(const std::string& directory, const Forecast& forecast) {
  if (!forecast.trained)
    return fail(ErrorKind::kInvalid, "no model was trained, so none is kept: " + forecast.series.notes.back());
  const std::string json = model_json(*forecast.trained);
  const std::string path = directory + "/" + model_file_name(json);
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) return {};  // the same content is there already
  OLIVINE_CHECK_STATUS(write_file(path, json));
  say(fmt::format("model kept in {}\n", path));
  return {};
}

Result<ForecastSettings> settings_of(const App& app) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  ForecastSettings settings;
  OLIVINE_TRY(const Duration horizon, parse_duration(o.horizon));
  if (horizon.ns % kHourNs != 0 || horizon.ns <= 0)
    return fail(ErrorKind::kInvalid,
                fmt::format("--horizon '{}' is no whole number of hours; write it as 96h", printable(o.horizon)));
  settings.horizon_hours = static_cast<std::size_t>(horizon.ns / kHourNs);
  if (!o.at.empty()) {
    OLIVINE_TRY(const WallTime at, parse_hour(o.at));
    settings.at = at;
  }
  if (!o.boundary.empty()) {
    OLIVINE_TRY(settings.boundary, boundary_from(o.boundary));
  }
  settings.models.trees.seed = settings.models.residual_trees.seed = o.seed;
  return settings;
}

}  // namespace

int grid_forecast_command(App& app) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  auto settings = settings_of(app);
  if (!settings) return report_error(settings.error());
  const auto inputs = read_forecast_inputs(app);
  if (!inputs) return report_error(inputs.error());
  if (inputs->boundary) settings->boundary = *inputs->boundary;
  auto forecast =
      make_forecast(inputs->input, *settings, inputs->library, [](const std::string& what) { say(what + "\n"); });
  if (!forecast) return report_error(forecast.error());
  if (o.boundary.empty() && !inputs->boundary)
    forecast->series.notes.emplace_back(
        "the file does not say whether upstream is in it; lifecycle is assumed, --boundary states it");
  if (!o.save_model.empty())
    if (const auto kept = save_model(o.save_model, *forecast); !kept) return report_error(kept.error());
  const int code = app.options.json ? print_json(app, forecast_json(*forecast)) : print(forecast_text(*forecast));
  if (code != 0 || !app.options.plot) return code;
  return show_plot(app, plot_of(app, forecast->series,
                                fmt::format("Forecast of {}, issued {}",
                                            forecast->series.zone.empty() ? "intensity" : forecast->series.zone,
                                            format_utc(forecast->issued_at).substr(0, 16)),
                                "95 % range"));
}

}  // namespace olivine::cli
