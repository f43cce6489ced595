#include "apps/cli/breakeven_question.h"

#include <fmt/core.h>

#include <algorithm>

#include "account/embodied/fab.h"
#include "account/impacts.h"
#include "apps/cli/breakeven_options.h"
#include "base/text.h"
#include "grid/zones.h"
#include "provenance/defaults.h"
#include "units/format.h"
#include "units/quantity.h"

namespace olivine::cli {
namespace {

Result<UncertainInput> stated(std::string_view option, const std::string& text, std::string name,
                              const Dimension& dimension, std::string group) {
  auto input = parse_ranged_input(text, option, dimension);
  if (!input) return input;
  input->name = std::move(name);
  input->basis = Basis::kUserStated;
  input->source = std::string(option);
  input->group = std::move(group);
  return input;
}

Result<UncertainInput> assumed(std::string_view key, std::string name, const Dimension& dimension, double unit,
                               std::string group) {
  OLIVINE_TRY(const Default d, default_value(key));
  OLIVINE_TRY(const Distribution distribution,
              ranged(d.value * unit, d.lower * unit, d.upper * unit, SignRule::kNonNegative));
  return UncertainInput{.name = std::move(name),
                        .dimension = dimension,
                        .distribution = distribution,
                        .basis = d.basis,
                        .source = std::string(key),
                        .group = std::move(group)};
}

Result<UncertainInput> constant(std::string name, double value, const Dimension& dimension, std::string group) {
  OLIVINE_TRY(const Distribution d, exactly(value));
  return UncertainInput{.name = std::move(name), .dimension = dimension, .distribution = d, .group = std::move(group)};
}

// The yearly factor of a zone, widened by its age and by no hour: a life is long. `place` says which factor it is.
Result<UncertainInput> of_zone(const App& app, const std::string& zone, std::string& place,
                               std::vector<std::string>& notes) {
  OLIVINE_TRY(const ZoneFactor found, find_zone(zone));
  const int age = std::max(0, year_of(app.clock.now().wall) - found.year);
  OLIVINE_TRY(const RelativeRange range, widened_by_age({1.0, 1.0}, age));
  const double value = found.g_per_kwh / kJoulesPerKilowattHour;
  OLIVINE_TRY(const Distribution d, ranged(value, value * range.lower, value * range.upper, SignRule::kNonNegative));
  place = fmt::format("{} ({}), {} g/kWh of {}", found.zone, found.name, format_number(found.g_per_kwh), found.year);
  notes.insert(notes.end(), found.notes.begin(), found.notes.end());
  // The same name as elsewhere: one place for making and using is one input.
  return UncertainInput{.name = "intensity:" + found.zone,
                        .dimension = kIntensityDimension,
                        .distribution = d,
                        .basis = Basis::kReference,
                        .source = found.source,
                        .group = "grid"};
}

Result<UncertainInput> of_unknown_zone(std::string& place) {
  place = "place not stated, the world's mean";
  return assumed("zone_unknown_g_per_kwh", "intensity:unknown", kIntensityDimension, 1.0 / kJoulesPerKilowattHour,
                 "grid");
}

Result<UncertainInput> use_intensity(const App& app, AskedBreakEven& asked) {
  const BreakevenOptions& o = app.options.of<BreakevenOptions>();
  if (!o.intensity.empty() && !o.zone.empty())
    return fail(ErrorKind::kInvalid, "--intensity and --zone: one of them says how dirty the electricity is");
  if (!o.intensity.empty()) {
    asked.use_place = o.intensity;
    return stated("--intensity", o.intensity, "intensity:use", kIntensityDimension, "grid");
  }
  const std::string zone = o.zone.empty() ? app.config.get("zone") : o.zone;
  asked.notes.push_back("the grid of the coming years is taken to be like the one of that year");
  if (!zone.empty()) return of_zone(app, zone, asked.use_place, asked.notes);
  asked.notes.back() =
      "the place of use is not stated: the world's mean is assumed; add --zone FR or --intensity '57 g/kWh'";
  return of_unknown_zone(asked.use_place);
}

// A zone, else a source of energy or a place of the ACT model: "coal", "taiwan".
Result<UncertainInput> of_fab(const App& app, const std::string& place, AskedBreakEven& asked) {
  auto zone = of_zone(app, place, asked.fab_place, asked.notes);
  if (zone || zone.error().kind != ErrorKind::kNotFound) return zone;
  const auto model = fab_energy_g_per_kwh(to_lower(place));
  if (!model) return zone;
  asked.fab_place =
      fmt::format("{} of the ACT model, {} g/kWh (data/fab_energy.csv)", to_lower(place), format_number(*model));
  OLIVINE_TRY(UncertainInput input,
              constant("intensity:fab", *model / kJoulesPerKilowattHour, kIntensityDimension, "grid"));
  input.basis = Basis::kReference;
  input.source = "data/fab_energy.csv, " + to_lower(place);
  return input;
}

Status add_fab(const App& app, AskedBreakEven& asked) {
  const BreakevenOptions& o = app.options.of<BreakevenOptions>();
  if (!o.fab_intensity.empty() && !o.fab_zone.empty())
    return fail(ErrorKind::kInvalid,
                "--fab-intensity and --fab-zone: one of them says how dirty the fab's electricity is");
  if (!o.fab_intensity.empty()) {
    asked.fab_place = o.fab_intensity;
    OLIVINE_TRY(asked.question.fab_intensity,
                stated("--fab-intensity", o.fab_intensity, "intensity:fab", kIntensityDimension, "grid"));
  } else if (!o.fab_zone.empty()) {
    OLIVINE_TRY(asked.question.fab_intensity, of_fab(app, o.fab_zone, asked));
  }
  auto& q = asked.question;
  for (HardwareChoice* choice : {&q.old_choice, &q.new_choice})
    if (q.fab_intensity && choice->fab_energy && choice->embodied && choice->embodied->basis != Basis::kUserStated) {
      choice->embodied.reset();  // the catalogue's figure holds the fab's electricity
      asked.notes.push_back(fmt::format(
          "{}: fab_energy x the fab's intensity stands in place of the catalogue's embodied carbon", choice->name));
    }
  if (q.fab_intensity && !q.new_choice.fab_energy)
    asked.notes.push_back("the fab's place prices fab_energy, which NEW does not state: it changes nothing");
  if (!q.fab_intensity && q.new_choice.fab_energy && !q.new_choice.embodied)
    asked.notes.push_back("fab_energy is stated, the fab's place is not: add --fab-zone TW for its carbon");
  if (q.fab_intensity && q.new_choice.fab_energy && q.new_choice.embodied)
    asked.notes.push_back(
        "embodied and fab_energy x the fab's intensity are added: embodied must not hold the fab's electricity "
        "already");
  return {};
}

}  // namespace

Result<AskedBreakEven> asked_break_even(const App& app) {
  const BreakevenOptions& o = app.options.of<BreakevenOptions>();
  AskedBreakEven asked;
  BreakEvenQuestion& q = asked.question;
  OLIVINE_TRY(q.old_choice, parse_hardware_choice(app.files, o.old_choice, "old"));
  OLIVINE_TRY(q.new_choice, parse_hardware_choice(app.files, o.new_choice, "new"));
  OLIVINE_TRY(q.activity, o.activity.empty() ? assumed("server_utilisation", "activity", kPlainNumber, 1.0, "use")
                                             : stated("--activity", o.activity, "activity", kPlainNumber, "use"));
  OLIVINE_TRY(q.sleep, o.sleep.empty() ? constant("sleep", 0.0, kPlainNumber, "use")
                                       : stated("--sleep", o.sleep, "sleep", kPlainNumber, "use"));
  OLIVINE_TRY(q.pue, o.pue.empty() ? constant("pue", 1.0, kPlainNumber, "use")
                                   : stated("--pue", o.pue, "pue", kPlainNumber, "use"));
  OLIVINE_TRY(q.life, o.life.empty()
                          ? assumed("server_life_years", "life", kTimeDimension, kHoursPerYear * 3600.0, "use")
                          : stated("--life", o.life, "life", kTimeDimension, "use"));
  OLIVINE_TRY(q.use_intensity, use_intensity(app, asked));
  OLIVINE_CHECK_STATUS(add_fab(app, asked));
  if (!q.old_choice.speed_stated || !q.new_choice.speed_stated)
    asked.notes.push_back(q.old_choice.speed_stated || q.new_choice.speed_stated
                              ? "the side without a speed is taken to have speed=1"
                              : "both are taken as equally fast: add speed=2 to the one that does twice the work");
  if (o.activity.empty())
    asked.notes.push_back("how busy OLD is was not stated: a server's use is assumed; add --activity 40%");
  return asked;
}

}  // namespace olivine::cli
