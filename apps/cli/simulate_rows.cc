#include "apps/cli/simulate_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "olivine.simulate/1";

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
std::optional<double> or_nothing(const Json& json) { return json.is_null() ? std::nullopt : std::optional(json.get<double>()); }

Json json_of(const SimulationRow& r) {
  return {{"policy", r.of.policy},       {"zone", r.of.zone},
          {"signal", name_of(r.of.signal)}, {"forecast", r.of.forecast},
          {"seed", r.of.seed},           {"jobs", r.jobs},
          {"left_out", r.left_out},      {"late", r.late},
          {"worse_than_at_once", r.worse}, {"energy_kwh", r.energy_kwh},
          {"at_once_g", r.at_once_g},    {"policy_g", r.policy_g},
          {"least_g", r.least_g},        {"other_signal_at_once_g", or_null(r.other_at_once_g)},
          {"other_signal_policy_g", or_null(r.other_policy_g)}, {"saving", r.saving},
          {"saving_lower", r.saving_lower}, {"saving_upper", r.saving_upper},
          {"captured", or_null(r.captured())}, {"mean_delay_slots", r.delay_slots},
          {"mean_pauses", r.pauses}};
}

SimulationRow row_of(const Json& j) {
  SimulationRow r;
  r.of = {j.at("policy"), j.at("zone"), j.at("signal") == "marginal" ? Signal::kMarginal : Signal::kAverage, j.at("forecast"), j.at("seed")};
  r.jobs = j.at("jobs");
  r.left_out = j.at("left_out");
  r.late = j.at("late");
  r.worse = j.at("worse_than_at_once");
  r.energy_kwh = j.at("energy_kwh");
  r.at_once_g = j.at("at_once_g");
  r.policy_g = j.at("policy_g");
  r.least_g = j.at("least_g");
  r.other_at_once_g = or_nothing(j.at("other_signal_at_once_g"));
  r.other_policy_g = or_nothing(j.at("other_signal_policy_g"));
  r.saving = j.at("saving");
  r.saving_lower = j.at("saving_lower");
  r.saving_upper = j.at("saving_upper");
  r.delay_slots = j.at("mean_delay_slots");
  r.pauses = j.at("mean_pauses");
  return r;
}

std::string kg(double g) { return fmt::format("{:.4g}", g / 1000.0); }
std::string percent(double fraction) { return fmt::format("{:.1f} %", 100.0 * fraction); }

}  // namespace

std::string simulation_json(const SimulationReport& report) {
  Json rows = Json::array();
  for (const SimulationRow& row : report.rows) rows.push_back(json_of(row));
  return Json{{"schema", kSchema}, {"settings", Json::parse(report.settings)}, {"slot_s", report.slot_s}, {"rows", std::move(rows)}}.dump(
      2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<SimulationReport> simulation_from_json(const std::string& file, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != kSchema) return fail(ErrorKind::kInvalid, fmt::format("{}: not what olivine simulate --json writes", printable(file)));
    SimulationReport report{json.at("settings").dump(), {}, {}, json.at("slot_s")};
    for (const Json& source : json.at("settings").at("sources")) report.sources.push_back(source);
    for (const Json& row : json.at("rows")) report.rows.push_back(row_of(row));
    return report;
  } catch (const Json::exception&) {
    return fail(ErrorKind::kInvalid, fmt::format("{}: not what olivine simulate --json writes, or damaged", printable(file)));
  }
}

Result<SimulationReport> merged(const std::vector<std::pair<std::string, SimulationReport>>& parts) {
  SimulationReport all{parts.front().second.settings, parts.front().second.sources, {}, parts.front().second.slot_s};
  for (const auto& [file, part] : parts) {
    if (part.settings != all.settings)
      return fail(ErrorKind::kInvalid, fmt::format("{}: of another simulation than {}: their settings differ", printable(file), printable(parts.front().first)));
    for (const SimulationRow& row : part.rows) {
      const auto same = std::find_if(all.rows.begin(), all.rows.end(), [&](const SimulationRow& r) { return r.of == row.of; });
      if (same != all.rows.end())
        return fail(ErrorKind::kInvalid, fmt::format("{}: holds {} in {} with seed {}, which another file has too", printable(file), printable(row.of.policy),
                                                     printable(row.of.zone), row.of.seed));
      all.rows.push_back(row);
    }
  }
  return all;
}

std::string simulation_text(const SimulationReport& report, const TextStyle& style) {
  TextTable table({{"policy", 20, false}, {"zone", 14, false}, {"by", 8, false}, {"forecast", 10, false}, {"seed", 6, true}, {"jobs", 6, true},
                   {"at once kg", 10, true}, {"kg", 10, true}, {"saving", 8, true}, {"95 %", 18, true}, {"of possible", 11, true}, {"worse", 7, true},
                   {"late", 5, true}, {"delay h", 7, true}, {"pauses", 6, true}});
  for (const SimulationRow& r : report.rows) {
    const auto captured = r.captured();
    table.add({printable(r.of.policy), printable(r.of.zone), std::string(name_of(r.of.signal)), printable(r.of.forecast), std::to_string(r.of.seed), std::to_string(r.jobs),
               kg(r.at_once_g), kg(r.policy_g), percent(r.saving), fmt::format("{:.1f} .. {:.1f} %", 100.0 * r.saving_lower, 100.0 * r.saving_upper),
               captured ? percent(*captured) : "-", r.jobs == 0 ? "-" : percent(static_cast<double>(r.worse) / static_cast<double>(r.jobs)),
               std::to_string(r.late), fmt::format("{:.1f}", r.delay_slots * report.slot_s / 3600.0), fmt::format("{:.2f}", r.pauses)});
  }
  std::string text;
  for (const std::string& source : report.sources) text += "  " + printable(source) + "\n";
  text += table.render(style);
  std::size_t left_out = 0;
  for (const SimulationRow& r : report.rows) left_out = std::max(left_out, r.left_out);
  if (left_out > 0) text += fmt::format("  up to {} jobs of a case were left out: their slots are not all known, or too few before the deadline\n", left_out);
  return text + "  a simulation, ours: saving against starting at once; of possible: against knowing the whole future\n";
}

}  // namespace olivine::cli
