#include "grid/shipped.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "grid/profiles/level.h"

namespace olivine {
namespace {

constexpr std::string_view kAvert = "AVERT-";

std::string how_to_get(const std::string& zone) {
  return fmt::format(
      "bring a series (olivine grid import FILE --zone {0}) or fetch one (olivine grid fetch {0} --provider NAME)",
      zone);
}

std::optional<GridZone> with_key(std::string_view key) {
  const std::vector<ZoneFactor> factors = yearly_factors(key);
  if (!factors.empty())
    return GridZone{factors.front().zone, factors.front().name, factors.front().parent, std::nullopt};
  const std::string wanted = to_lower(trim(key));
  if (!wanted.starts_with("avert-")) return std::nullopt;
  for (const ProfileZone& region : profile_zones(Signal::kMarginal, Boundary::kDirect))
    if (to_lower(region.zone) == wanted) return GridZone{region.zone, region.name, "US", std::nullopt};
  return std::nullopt;
}

GridFigure unknown(const GridZone& zone, const ShippedAsk& ask, std::string why) {
  GridFigure figure;
  figure.zone = zone.key;
  figure.name = zone.name;
  figure.signal = ask.signal;
  figure.boundary = ask.boundary ? std::string(name_of(*ask.boundary)) : "unknown";
  figure.reason = std::move(why);
  return figure;
}

// A profile that answers for a zone, whose it is, and why that one.
struct ShippedProfile {
  MonthHourProfile profile;
  std::string name;
  std::vector<std::string> notes;
};

std::vector<std::string> notes_of_use(const MonthHourProfile& profile, int year) {
  std::vector<std::string> notes{fmt::format("a typical hour of {}, not the grid of that hour", profile.period)};
  if (profile.level) notes.push_back(text_of(*profile.level));
  if (const int age = age_of(profile, year); age >= 1)
    notes.push_back(fmt::format("the range is widened for {} year{} of age", age, age == 1 ? "" : "s"));
  return notes;
}

Result<GridFigure> from_profile(ShippedProfile found, WallTime when) {
  MonthHourProfile& profile = found.profile;
  OLIVINE_TRY(profile, at_level_of(std::move(profile), year_of(when)));
  OLIVINE_TRY(const IntensityPoint point, profile_hour(profile, when));
  GridFigure figure;
  figure.g_per_kwh = point.g_per_kwh;
  figure.lower = point.lower;
  figure.upper = point.upper;
  figure.zone = profile.zone;
  figure.name = found.name;
  figure.signal = profile.signal;
  figure.boundary = name_of(profile.boundary);
  figure.accounting = profile.accounting;
  figure.losses = profile.losses;
  figure.gases = profile.gases;
  figure.method = "month x hour profile";
  figure.period = profile.period;
  figure.year = profile.year;
  figure.source = profile.source;
  figure.licence = profile.licence;
  figure.row = profile.row;
  figure.notes = std::move(found.notes);
  for (std::string& note : notes_of_use(profile, year_of(when))) figure.notes.push_back(std::move(note));
  figure.profile = std::move(profile);
  return figure;
}

// The zone's own profile, else that of another key of the same ground.
Result<std::optional<ShippedProfile>> average_profile(const GridZone& zone, Boundary boundary) {
  auto own = find_profile(zone.key, Signal::kAverage, boundary);
  if (own) {
    const std::string place = yearly_factors(own->zone).back().name;  // profiles are those of Electricity Maps' zones
    ShippedProfile found{*std::move(own), place, {}};
    if (place != zone.name)
      found.notes.push_back(fmt::format("the profile is that of {}; {} is {}", place, zone.key, zone.name));
    return std::optional(std::move(found));
  }
  if (own.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(own.error());
  for (const ZoneAlias& relation : relations_of(zone.key)) {
    if (relation.relation != "area") continue;
    auto same = find_profile(relation.zone, Signal::kAverage, boundary);
    if (!same) continue;
    ShippedProfile found{*std::move(same), "", {}};
    if (const auto named = with_key(found.profile.zone)) found.name = named->name;
    found.notes.push_back(fmt::format("no profile of {} is shipped; {} is the same ground and has one{}", zone.key,
                                      relation.zone, relation.note.empty() ? "" : ": " + relation.note));
    return std::optional(std::move(found));
  }
  return std::optional<ShippedProfile>{};
}

// Why the year and not the hour, and where an hour can be had.
std::vector<std::string> yearly_notes(const GridZone& zone) {
  std::vector<std::string> notes{fmt::format(
      "no month x hour profile of {} is shipped: the yearly factor serves, with the range of single hours", zone.key)};
  for (const ZoneAlias& relation : relations_of(zone.key)) {
    if (relation.relation != "within" || relation.zone.starts_with(kAvert)) continue;
    notes.push_back(fmt::format("{} lies in {}, which has a profile: olivine grid show {}", zone.key, relation.zone,
                                relation.zone));
  }
  return notes;
}

Result<GridFigure> average_of(const GridZone& zone, const ShippedAsk& ask) {
  if (zone.key.starts_with(kAvert))
    return unknown(zone, ask, fmt::format("{} is a region of marginal rates; it has no average", zone.key));
  OLIVINE_TRY(std::optional<ShippedProfile> hour, average_profile(zone, ask.boundary.value_or(Boundary::kLifecycle)));
  if (hour) return from_profile(*std::move(hour), ask.when);
  std::string unstated;
  for (const ZoneFactor& factor : yearly_factors(zone.key)) {
    if (ask.boundary && factor.type != name_of(*ask.boundary)) {
      if (factor.type == "unknown")
        unstated = fmt::format(
            "; its factor ({} g/kWh, {}) does not say whether it is direct or lifecycle (leave --boundary out to see "
            "it)",
            shortest(factor.g_per_kwh), factor.row.table);
      continue;
    }
    OLIVINE_TRY(GridFigure figure, yearly_figure(factor, hours(1), ask.when));
    const auto notes = yearly_notes(zone);
    figure.notes.insert(figure.notes.begin(), notes.begin(), notes.end());
    return figure;
  }
  return unknown(
      zone, ask,
      fmt::format("no {} average of {} is shipped{}; {}", name_of(ask.boundary.value_or(Boundary::kLifecycle)),
                  zone.key, unstated, how_to_get(zone.key)));
}

Result<GridFigure> marginal_of(const GridZone& zone, const ShippedAsk& ask) {
  if (ask.boundary == Boundary::kLifecycle)
    return unknown(zone, ask,
                   "the marginal rates that are shipped (EPA AVERT, USA) are direct: ask with --boundary direct");
  if (zone.key.starts_with(kAvert)) {
    OLIVINE_TRY(MonthHourProfile own, find_profile(zone.key, Signal::kMarginal, Boundary::kDirect));
    const std::string name = own.name.empty() ? zone.name : own.name;
    return from_profile({std::move(own), name, {}}, ask.when);
  }
  for (const ZoneAlias& relation : relations_of(zone.key)) {
    if (!relation.zone.starts_with(kAvert)) continue;
    OLIVINE_TRY(MonthHourProfile region, find_profile(relation.zone, Signal::kMarginal, Boundary::kDirect));
    const std::string name = region.name;
    std::string note = fmt::format("the rate is that of {}, {}, {} {}{}", region.zone, name,
                                   relation.relation == "area" ? "the region that is" : "in which lies", zone.key,
                                   relation.note.empty() ? "" : ": " + relation.note);
    return from_profile({std::move(region), name, {std::move(note)}}, ask.when);
  }
  const bool american = zone.key == "US" || zone.key.starts_with("US-");
  return unknown(
      zone, ask,
      fmt::format("no marginal rate of {} is shipped{}; {}, or estimate it from a generation mix (olivine grid "
                  "estimate-marginal)",
                  zone.key, american ? ": it lies in several AVERT regions or in none (olivine grid zones AVERT)" : "",
                  how_to_get(zone.key)));
}

}  // namespace

Result<GridZone> resolve_zone(std::string_view text) {
  if (auto direct = with_key(text)) return *std::move(direct);
  if (const auto alias = find_alias(text)) {
    if (auto named = with_key(alias->zone)) {
      named->asked_as = alias;
      return *std::move(named);
    }
  }
  OLIVINE_TRY(const ZoneFactor none, find_zone(text));  // an error that names the nearest key
  return GridZone{none.zone, none.name, none.parent, std::nullopt};
}

Result<GridFigure> yearly_figure(const ZoneFactor& factor, Duration length, WallTime when) {
  OLIVINE_TRY(const Intensity used, yearly_intensity_of(factor, length, when));
  GridFigure figure;
  figure.g_per_kwh = factor.g_per_kwh;
  figure.lower = in_grams_per_kilowatt_hour(used.estimate.lower());
  figure.upper = in_grams_per_kilowatt_hour(used.estimate.upper());
  figure.zone = factor.zone;
  figure.name = factor.name;
  figure.boundary = factor.type;
  figure.accounting = factor.accounting;
  figure.losses = factor.losses;
  figure.gases = "co2e";
  figure.method = "yearly factor";
  figure.period = std::to_string(factor.year);
  figure.year = factor.year;
  figure.source = factor.source;
  figure.licence = factor.licence;
  figure.basis = used.basis;
  figure.notes = used.notes;
  figure.row = factor.row;
  return figure;
}

Result<GridFigure> shipped_intensity(const ShippedAsk& ask) {
  OLIVINE_TRY(const GridZone zone, resolve_zone(ask.zone));
  OLIVINE_TRY(GridFigure figure, ask.signal == Signal::kMarginal ? marginal_of(zone, ask) : average_of(zone, ask));
  if (zone.asked_as) figure.notes.insert(figure.notes.begin(), text_of(*zone.asked_as));
  return figure;
}

}  // namespace olivine
