// supply: what a job's own supply gives to a load for a while. Exit 1 when it is short.
#include <fmt/core.h>

#include <cmath>

#include "apps/cli/app.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_parts.h"
#include "apps/cli/plan_render.h"
#include "apps/cli/plan_request.h"
#include "apps/cli/plan_supply.h"
#include "apps/cli/supply_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "planning/slot_means.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr Duration kLongest = hours(24);

Status set_charge(const std::string& text, PowerSupply& supply) {
  if (text.empty()) return {};
  OLIVINE_TRY(const double part, percent_of("--charge", text));
  if (!supply.battery) return fail(ErrorKind::kInvalid, "--charge is of a battery, and the supply has none");
  supply.battery->content_j = supply.battery->capacity_j * part;
  return {};
}

Result<double> sun_at(const LoadedSupply& supply, WallTime time, Duration length) {
  if (supply.file.sun_file.empty()) return 0.0;
  OLIVINE_CHECK_STATUS(
      reaches_over(supply.sun, "sun's power in " + supply.file.sun_file, {time, {time.ns + length.ns}}));
  const double mean = means_of(supply.sun, time, length, 1, [](const SunPoint& p) { return p.power_w; }).front();
  if (std::isnan(mean))
    return fail(ErrorKind::kNotFound,
                fmt::format("{} does not know {}: fill in the gap", supply.file.sun_file, format_utc(time)));
  return mean;
}

Result<SupplyNow> now_of(App& app) {
  const SupplyOptions& o = app.options.of<SupplyOptions>();
  SupplyNow now;
  OLIVINE_TRY(const Power power, named("--power", parse_power(o.power)));
  OLIVINE_TRY(now.length, named("--for", parse_duration(o.length)));
  if (now.length.ns <= 0 || now.length > kLongest)
    return fail(ErrorKind::kInvalid,
                fmt::format("--for: \"{}\" does not lie above 0 and at most at 24h", printable(o.length)));
  if (!(in_watts(power) > 0.0) || in_watts(power) > 1e9)
    return fail(ErrorKind::kInvalid,
                fmt::format("--power: \"{}\" is not a power above 0 and up to 1 GW", printable(o.power)));
  now.time = app.clock.now().wall;
  if (o.at != "now") {
    OLIVINE_TRY(now.time, named("--at", parse_wall_time(o.at)));
  }
  if (o.zones.size() > 1) return fail(ErrorKind::kInvalid, "a supply stands in one zone, e.g. --zones FR");
  OLIVINE_TRY(LoadedSupply supply, load_supply(app, o.file));
  OLIVINE_CHECK_STATUS(set_charge(o.charge, supply.file.supply));
  std::vector<std::string> zones = o.zones;
  if (zones.empty() && !supply.file.zone.empty()) zones = {supply.file.zone};
  OLIVINE_TRY(const PlanIntensities grid,
              plan_intensities(app, IntensityQuestion{zones, o.intensity, "", true, now.time, now.length}));
  if (grid.zones.size() > 1)
    return fail(ErrorKind::kInvalid, fmt::format("{} has several zones: say which, e.g. --zones {}",
                                                 printable(o.intensity), printable(grid.zones.front().zone)));
  const ZoneIntensity& zone = grid.zones.front();
  OLIVINE_TRY(const std::vector<std::string> sun, set_solar(supply, zone));
  now.zone = zone.zone;
  SupplyMoment moment;
  OLIVINE_TRY(moment.solar_w, sun_at(supply, now.time, now.length));
  if (zone.average) moment.grid.average = slot_means(*zone.average, now.time, now.length, 1).front();
  if (zone.marginal) moment.grid.marginal = slot_means(*zone.marginal, now.time, now.length, 1).front();
  moment.grid.cost = app.config.number("price_per_kwh").value_or(kNotKnown);
  now.grid = moment.grid;
  OLIVINE_CHECK_STATUS(check(supply.file.supply));
  SupplySettlement settlement(supply.file.supply);
  if (const auto& battery = supply.file.supply.battery) now.battery_charge = battery->content_j / battery->capacity_j;
  now.step = settlement.step(in_watts(power), in_seconds(now.length), moment);
  for (const std::string& source : grid.sources) now.notes.push_back(source);
  now.notes.insert(now.notes.end(), sun.begin(), sun.end());
  return now;
}

std::string per_kwh_text(const SupplyNow& now, double grams) {
  const auto figure = per_kwh_of(now, grams);
  return figure ? format_number(*figure) + " g/kWh" : "unknown";
}

std::string now_text(const SupplyNow& now) {
  const SupplyFlows& f = now.step.flows;
  const Burden total = now.step.bill.total();
  std::string text = fmt::format("supply    {} from {} on, in {}\n", format_duration(now.length), clock_text(now.time),
                                 printable(now.zone));
  text += fmt::format("  work    {}\n", shares_text(f));
  text += fmt::format("  carbon  {} by average, {} at the margin\n", per_kwh_text(now, total.average),
                      per_kwh_text(now, total.marginal));
  if (now.battery_charge)
    text += fmt::format("  battery {} % before, charged {}\n",
                        format_number(std::round(*now.battery_charge * 1000.0) / 10.0),
                        format_energy(joules(joules_of(f.solar_to_battery + f.grid_to_battery))));
  for (const std::string& note : now.notes) text += "  note    " + note + "\n";
  return text;
}

}  // namespace

int supply_command(App& app) {
  const auto now = now_of(app);
  if (!now) return report_error(now.error());
  if (const int code = app.options.json ? print_json(app, supply_now_json(*now)) : print(now_text(*now)); code != 0)
    return code;
  return now->step.flows.shortfall > 0 ? kExitNo : 0;
}

}  // namespace olivine::cli
