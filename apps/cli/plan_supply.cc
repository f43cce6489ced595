#include "apps/cli/plan_supply.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "grid/import/byte_source.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostSunBytes = std::size_t{64} << 20U;
constexpr Duration kFinestSlot = seconds(300);

std::string energy_text(std::int64_t uj) { return format_energy(joules(joules_of(uj))); }

// Of a file beside another.
std::string beside(const std::string& path, const std::string& file) {
  const std::size_t slash = path.rfind('/');
  return file.starts_with('/') || slash == std::string::npos ? file : path.substr(0, slash + 1) + file;
}

}  // namespace

Result<LoadedSupply> load_supply(App& app, const std::string& path) {
  LoadedSupply out;
  OLIVINE_TRY(const std::string text, read_text(app.files, path));
  OLIVINE_TRY(out.file, supply_from_toml(text, path));
  if (out.file.sun_file.empty()) return out;
  const std::string sun = beside(path, out.file.sun_file);
  OLIVINE_TRY(auto source, named(printable(path) + ": solar.power", open_input(app.files, sun)));
  OLIVINE_TRY(const std::string csv, read_whole(*source, kMostSunBytes));
  OLIVINE_TRY(out.sun, sun_from_csv(csv, sun, out.file.sun_share));
  out.file.sun_file = printable(sun);
  return out;
}

Status check_supply_options(const PlanOptions& o) {
  const auto bad = [](std::string_view why) { return fail(ErrorKind::kInvalid, "--supply " + std::string(why)); };
  if (o.follow) return bad("goes without --follow: a plan that is followed asks when, not how much");
  if (!o.jobs.empty()) return bad("is of one job: it goes without --jobs");
  if (!o.scales.empty() || !o.points.empty())
    return bad("goes without --scale and --points: the battery has no share of a scale");
  if (!o.data.empty() || !o.from.empty())
    return bad("goes without --data and --from: the supply stands where the job runs");
  if (o.zones.size() > 1) return bad("stands in one zone, e.g. --zones FR");
  if (o.objective.starts_with("both")) return bad("goes with --objective average, marginal or cost");
  return {};
}

std::vector<std::string> fit_slot(const PlanOptions& o, const LoadedSupply& supply, Duration& slot) {
  if (supply.sun.empty()) return {};
  Duration step = slot;
  for (const SunPoint& p : supply.sun) step = std::min(step, Duration{p.end.ns - p.begin.ns});
  if (o.slot.empty()) slot = std::min(slot, std::max(step, kFinestSlot));
  if (slot <= step) return {};
  return {fmt::format("slots of {} are longer than the sun's steps of {}: in a slot its mean counts",
                      format_duration(slot), format_duration(step))};
}

Result<std::vector<std::string>> set_solar(LoadedSupply& supply, const ZoneIntensity& zone) {
  std::vector<std::string> text;
  if (supply.file.sun_file.empty()) return text;
  OLIVINE_TRY(supply.file.supply.solar,
              solar_burden(supply.file, zone.average ? std::optional(zone.average->boundary) : std::nullopt, text));
  return text;
}

double joules_of(std::int64_t uj) { return static_cast<double>(uj) * 1e-6; }

std::string shares_text(const SupplyFlows& f) {
  if (f.work == 0) return "nothing";
  std::string text;
  const auto add = [&](const char* name, std::int64_t uj) {
    if (uj == 0) return;
    const double percent = 100.0 * static_cast<double>(uj) / static_cast<double>(f.work);
    text += fmt::format("{}{} {} %", text.empty() ? "" : ", ", name,
                        format_number(percent < 10.0 ? std::round(percent * 10.0) / 10.0 : std::round(percent)));
  };
  add("sun", f.solar_to_work);
  add("battery", f.battery_to_work);
  add("grid", f.grid_to_work);
  add("short", f.shortfall);
  return text + " of " + energy_text(f.work);
}

std::string supply_text(const PowerSupply& supply, const SupplyPlan& plan) {
  std::string text;
  for (const auto* settled : {&plan.baseline, &plan.best}) {
    const SupplyFlows& f = settled->flows;
    text += fmt::format("supply    {}: {}\n", settled == &plan.best ? "plan" : "baseline", shares_text(f));
    if (supply.battery)
      text += fmt::format("            battery {} -> {}, charged {} ({} lost)\n",
                          energy_text(settled->content_before_uj), energy_text(settled->content_uj),
                          energy_text(f.solar_to_battery + f.grid_to_battery), energy_text(f.losses));
    if (f.solar > 0)
      text += fmt::format("            sun {}, {} of it {}\n", energy_text(f.solar), energy_text(f.surplus),
                          supply.surplus_exported ? "exported" : "not used");
  }
  text += plan.exact ? fmt::format("            the best of all schedules ({} settled)\n", plan.settled)
                     : fmt::format(
                           "            the best of {} settled: every start, and pauses at 13 prices\n            of "
                           "the battery's energy\n",
                           plan.settled);
  return text;
}

}  // namespace olivine::cli
