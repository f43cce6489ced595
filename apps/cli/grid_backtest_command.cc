// grid backtest: forecasts of a past span as they would have been issued, scored.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/forecast_inputs.h"
#include "apps/cli/forecast_options.h"
#include "base/text.h"
#include "grid/forecast/backtest.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json score_json(const ModelScore& s) {
  return {{"name", s.name},
          {"hours", s.hours},
          {"mape_percent", number(s.mape_percent)},
          {"wmape_percent", number(s.wmape_percent)},
          {"mae_g_per_kwh", number(s.mae_g_per_kwh)},
          {"second_day_mape_percent", number(s.second_day_mape_percent)},
          {"pinball", number(s.pinball)},
          {"coverage90", number(s.coverage90)},
          {"width90", number(s.width90)},
          {"saving_percent", number(s.saving_percent)},
          {"captured_saving", number(s.captured_saving)}};
}

Json days_json(const std::vector<DayScore>& days) {
  Json list = Json::array();
  for (const DayScore& d : days)
    list.push_back({{"issued_at", format_utc(d.issued_at)},
                    {"mape_percent", number(d.mape_percent)},
                    {"peer_mape_percent", number(d.peer_mape_percent)},
                    {"coverage90", number(d.coverage90)},
                    {"width90", number(d.width90)},
                    {"saving_percent", number(d.saving_percent)},
                    {"oracle_saving_percent", number(d.oracle_saving_percent)}});
  return list;
}

std::string report_json(const BacktestReport& r) {
  const ModelScore& e = r.ensemble();
  Json models = Json::array(), quarters = Json::array(), weights = Json::object();
  for (const ModelScore& s : r.models) models.push_back(score_json(s));
  for (const QuarterScore& q : r.quarters)
    quarters.push_back({{"quarter", q.quarter},
                        {"hours", q.hours},
                        {"mape_percent", number(q.mape_percent)},
                        {"coverage90", number(q.coverage90)},
                        {"width90", number(q.width90)}});
  for (const auto& [name, weight] : r.last_weights) weights[name] = weight;
  const Json json{{"schema", "olivine.backtest/1"},
                  {"zone", r.zone.empty() ? Json(nullptr) : Json(r.zone)},
                  {"from", format_utc(r.from)},
                  {"to", format_utc(r.to)},
                  {"hours", e.hours},
                  {"mape_percent", number(e.mape_percent)},
                  {"pinball", number(e.pinball)},
                  {"coverage90", number(e.coverage90)},
                  {"width90", number(e.width90)},
                  {"captured_saving", number(e.captured_saving)},
                  {"oracle_saving_percent", number(r.oracle_saving_percent)},
                  {"models", models},
                  {"peer", r.peer ? score_json(*r.peer) : Json(nullptr)},
                  {"quarters", quarters},
                  {"weights", weights},
                  {"data_hash", r.data_hash},
                  {"notes", r.notes},
                  {"per_day", days_json(r.days)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string cell(double value, const char* unit = "") {
  return std::isfinite(value) ? fmt::format("{:.2f}{}", value, unit) : std::string("-");
}

std::string score_line(const ModelScore& s) {
  return fmt::format("{:<15} {:>7} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}\n", s.name, cell(s.mape_percent),
                     cell(s.second_day_mape_percent), cell(s.pinball), cell(100.0 * s.coverage90), cell(s.width90),
                     cell(s.saving_percent), cell(100.0 * s.captured_saving));
}

std::string report_text(const BacktestReport& r) {
  std::string text = fmt::format("{}day-ahead forecasts issued daily at 00:00 UTC, {} to {}, {} hours\n\n",
                                 r.zone.empty() ? "" : r.zone + ": ", format_utc(r.from).substr(0, 10),
                                 format_utc({r.to.ns - kHourNs}).substr(0, 10), r.ensemble().hours);
  text += fmt::format("{:<15} {:>7} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}\n", "model", "MAPE %", "day 2 %", "pinball",
                      "in 90 %", "width", "saving %", "captured %");
  for (const ModelScore& s : r.models) text += score_line(s);
  if (r.peer) text += score_line(*r.peer);
  text += fmt::format("{:<15} {:>63}\n\n", "oracle", cell(r.oracle_saving_percent));
  for (const QuarterScore& q : r.quarters)
    text += fmt::format("{}: MAPE {}, {} of the actual values inside the 90 % ranges, which are {} wide\n", q.quarter,
                        cell(q.mape_percent, " %"), cell(100.0 * q.coverage90, " %"), cell(q.width90, " g/kWh"));
  text +=
      "\nSaving: a job of 12 h that may pause, within 48 h, against starting at once. Width and pinball in g/kWh.\n";
  for (const std::string& note : r.notes) text += "note: " + printable(note) + "\n";
  return text;
}

}  // namespace

int grid_backtest_command(App& app) {
  const ForecastOptions& o = app.options.of<ForecastOptions>();
  auto inputs = read_forecast_inputs(app);
  if (!inputs) return report_error(inputs.error());
  BacktestSettings settings;
  settings.models.trees.seed = settings.models.residual_trees.seed = o.seed;
  const auto span = backtest_span(o, inputs->input.intensity);
  if (!span) return report_error(span.error());
  settings.from = span->begin;
  settings.to = span->end;
  const auto report = run_backtest(inputs->input, inputs->peer, settings, inputs->library,
                                   [](const std::string& what) { say(what + "\n"); });
  if (!report) return report_error(report.error());
  return app.options.json ? print_json(app, report_json(*report)) : print(report_text(*report));
}

}  // namespace olivine::cli
