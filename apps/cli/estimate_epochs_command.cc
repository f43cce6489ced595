// estimate --after-epochs: what a training will use in all, from its first epochs. Exit 1 when the budget will more likely
// than not be exceeded.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/estimate.h"
#include "apps/cli/estimate_options.h"
#include "base/text.h"
#include "engine/forecast_run.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLikely = 0.95;
constexpr std::array<const char*, kEpochTrends> kTrendNames{"steady", "growing", "growing, then level", "shrinking",
                                                            "one step"};
constexpr std::array<const char*, kEpochTrends> kTrendKeys{"steady", "growing", "ramp", "shrinking", "step"};

Json range_json(const ForecastRange& r) {
  return {{"value", r.value},
          {"lower", r.lower},
          {"upper", r.upper},
          {"known_lower", r.known_lower},
          {"known_upper", r.known_upper}};
}
Json range_json(const std::optional<ForecastRange>& r) { return r ? range_json(*r) : Json(nullptr); }

const char* advice(const BudgetAnswer& b) {
  if (b.probability >= kLikely) return "stop";
  if (b.probability > 0.5) return "stop_likely";
  return b.probability > 1.0 - kLikely ? "watch" : "go_on";
}

std::string forecast_json(const RunRecord& record, const RunForecast& f) {
  Json j{{"schema", "olivine.estimate/1"}, {"mode", "after_epochs"},  {"run_id", record.run_id},
         {"status", record.status},        {"after_epochs", f.after}, {"of", f.of}};
  j["used"] = {{"energy_j", f.used_j}, {"time_s", f.used_s}};
  j["prediction"] = {{"energy_j", range_json(f.energy_j)},
                     {"time_s", range_json(f.time_s)},
                     {"carbon_g", range_json(f.carbon_g)},
                     {"cost", range_json(f.cost)},
                     {"energy_to_the_end_j", f.to_the_end_j}};
  j["carbontracker"] = {{"energy_j", f.carbontracker_j}, {"time_s", f.carbontracker_s}};
  Json trends = Json::object();
  for (std::size_t i = 0; i < kEpochTrends; ++i) trends[kTrendKeys[i]] = f.energy.trend(static_cast<EpochTrend>(i));
  j["trend"] = std::move(trends);
  j["warm_up"] = f.energy.warm_up();
  j["self_check"] = Json::array();
  for (const PastPrediction& p : f.past)
    j["self_check"].push_back({{"after", p.after}, {"error", p.error}, {"inside", p.inside}});
  j["actual"] = f.actual_j ? Json{{"energy_j", *f.actual_j}, {"epochs", *f.actual_epochs}} : Json(nullptr);
  j["budget"] = nullptr;
  if (const auto& b = f.budget)
    j["budget"] = {{"amount", b->amount},
                   {"unit", b->unit},
                   {"used", b->used},
                   {"probability_of_exceeding", b->probability},
                   {"epochs_that_fit", b->epochs_that_fit},
                   {"advice", advice(*b)}};
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string amount_text(double value, const std::string& unit) {
  if (unit == "J") return format_energy(joules(value));
  if (unit == "g") return format_carbon(grams(value)) + " CO2e";
  return format_number(value) + " " + unit;
}

std::string range_text(const ForecastRange& r, const std::string& unit) {
  return fmt::format("{} ({} .. {})", amount_text(r.value, unit), amount_text(r.lower, unit),
                     amount_text(r.upper, unit));
}

std::string percent(double share) {
  if (share > 0.995 && share < 1.0) return "> 99 %";
  if (share > 0.0 && share < 0.005) return "< 1 %";
  return fmt::format("{:.0f} %", 100.0 * share);
}

std::string time_text(double s) { return format_duration(seconds_from(s)); }

std::string time_line(const RunRecord& record, const RunForecast& f) {
  std::string text = fmt::format("time      {} ({} .. {})", time_text(f.time_s.value), time_text(f.time_s.lower),
                                 time_text(f.time_s.upper));
  const auto ends = later(record.started_at, f.time_s.value);
  if (record.status == "running" && ends) {
    const std::string end = format_utc(*ends);
    text += fmt::format("; ends about {} {} UTC", end.substr(0, 10), end.substr(11, 5));
  }
  return text + "\n";
}

std::string trend_line(const RunForecast& f) {
  std::string text = "epochs    ";
  std::vector<std::pair<double, std::string>> parts;
  for (std::size_t i = 0; i < kEpochTrends; ++i)
    if (const double p = f.energy.trend(static_cast<EpochTrend>(i)); p >= 0.005) parts.emplace_back(p, kTrendNames[i]);
  std::sort(parts.rbegin(), parts.rend());
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += fmt::format("{}{} {}", i > 0 ? ", " : "", parts[i].second, percent(parts[i].first));
  if (f.energy.warm_up() > 0.5) text += fmt::format("; the first one was a warm-up ({})", percent(f.energy.warm_up()));
  return text + "\n";
}

std::string check_line(const RunForecast& f) {
  if (f.past.empty()) return "check     one epoch alone says nothing about how far predictions are off\n";
  std::string text = "check     ";
  const std::size_t step = std::max<std::size_t>(1, (f.past.size() + 3) / 4);
  for (std::size_t i = 0; i < f.past.size(); i += step)
    text += fmt::format("{}after {} it would have said {:+.0f} %", i > 0 ? ", " : "", f.past[i].after,
                        100.0 * f.past[i].error);
  return text + fmt::format(" of what the first {} used\n", f.after);
}

std::string budget_line(const BudgetAnswer& b, const RunForecast& f) {
  std::string text = fmt::format(
      "budget    {}, of which {} are used: exceeded with a probability of {}; as likely as not {} of {} epochs fit\n",
      amount_text(b.amount, b.unit), amount_text(b.used, b.unit), percent(b.probability), b.epochs_that_fit, f.of);
  const std::string_view what = advice(b);
  if (what == "go_on") return text + "answer    go on\n";
  if (what == "watch") return text + "answer    go on, and ask again after some epochs\n";
  if (what == "stop") return text + "answer    stop now, or plan fewer epochs\n";
  return text +
         "answer    stop or plan fewer epochs, unless the end is worth more than the budget; more epochs make it "
         "surer\n";
}

std::string forecast_text(const RunRecord& record, const RunForecast& f) {
  std::string text = fmt::format("run       {}{}, {}: from the first {} of {} epochs{}\n", record.run_id.substr(0, 13),
                                 record.name.empty() ? "" : " " + printable(record.name), record.status, f.after, f.of,
                                 f.of_from_run ? ", as the program says" : "");
  text +=
      "energy    " + range_text(f.energy_j, "J") + fmt::format("; {} used so far\n", format_energy(joules(f.used_j)));
  text += time_line(record, f);
  text += f.carbon_g ? "carbon    " + range_text(*f.carbon_g, "g") + " operational, average\n"
                     : std::string("carbon    unknown\n");
  if (f.cost) text += "cost      " + range_text(*f.cost, record.currency) + "\n";
  text += trend_line(f) + check_line(f);
  text += fmt::format("beside    epochs x mean of the measured (carbontracker's rule): {}\n",
                      format_energy(joules(f.carbontracker_j)));
  if (f.actual_j)
    text += fmt::format("really    {} in {} epochs\n", format_energy(joules(*f.actual_j)), *f.actual_epochs);
  if (f.budget) text += budget_line(*f.budget, f);
  text += fmt::format("note      ranges are of the prediction; with how well the energy is known: {} .. {}\n",
                      format_energy(joules(f.energy_j.known_lower)), format_energy(joules(f.energy_j.known_upper)));
  if (std::abs(f.to_the_end_j - f.energy_j.value) > 1e-6 * f.to_the_end_j)
    text += fmt::format("note      early stopping is counted with; to the end it would be {}\n",
                        format_energy(joules(f.to_the_end_j)));
  else if (f.of > f.after)
    text += "note      a training that stops early uses less; --may-stop counts with it\n";
  return text;
}

Result<int> estimate(App& app) {
  const EstimateOptions& e = app.options.of<EstimateOptions>();
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRecord record, record_of(app, *ledger, e.run.empty() ? "last" : e.run));
  OLIVINE_TRY(const RunForecast f, forecast_run(record, {*e.after_epochs, e.of, e.may_stop, e.budget}));
  const int code = app.options.json ? print_json(app, forecast_json(record, f)) : print(forecast_text(record, f));
  if (code != 0) return code;
  return f.budget && f.budget->probability > 0.5 ? kExitNo : 0;
}

}  // namespace

int estimate_from_epochs(App& app) {
  const Result<int> result = estimate(app);
  return result ? *result : report_error(result.error());
}

}  // namespace olivine::cli
