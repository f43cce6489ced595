#include "account/sci/sci_account.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/wall_time_text.h"

namespace olivine {
namespace {

// The mean in coherent units; nullopt when unknown or not part of the account.
std::optional<double> coherent(const Account& account, const std::string& id) {
  const AccountFigure* figure = account.find(id);
  return figure != nullptr && figure->value ? std::optional(*figure->value * figure->factor) : std::nullopt;
}
bool has(const Account& account, const std::string& id) { return account.find(id) != nullptr; }

Result<std::string> chosen_unit(const Account& account, const std::string& asked) {
  if (account.units.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: an SCI is a rate, so the manifest needs a [[functional_unit]] with name and count",
                            printable(account.file)));
  if (asked.empty()) {
    if (account.units.size() == 1) return account.units.front();
    return fail(ErrorKind::kInvalid, fmt::format("there are several functional units; say which with --unit: {}",
                                                 printable(fmt::format("{}", fmt::join(account.units, ", ")))));
  }
  if (std::find(account.units.begin(), account.units.end(), asked) != account.units.end()) return asked;
  const std::string near = nearest(asked, account.units);
  return fail(ErrorKind::kNotFound, fmt::format("there is no functional unit \"{}\"; {}", printable(asked),
                                                near.empty() ? fmt::format("known: {}", fmt::join(account.units, ", "))
                                                             : fmt::format("did you mean \"{}\"?", near)));
}

std::vector<SciComponent> components_of(const Account& account) {
  const bool any_embodied = has(account, "total.embodied");
  std::vector<SciComponent> components;
  for (const AccountActivity& a : account.activities) {
    const std::string id = "activity." + a.id;
    SciComponent c{.name = a.id};
    const bool of_things = a.phase == "manufacture" || a.phase == "end-of-life";
    if (const auto e = coherent(account, id + ".energy"))
      c.energy = joules(*e);
    else if (of_things && !has(account, id + ".energy"))
      c.energy = joules(0.0);
    if (const auto o = coherent(account, id + ".operational"))
      c.operational = grams(*o);
    else if (of_things && !has(account, id + ".operational"))
      c.operational = grams(0.0);
    if (const auto m = coherent(account, id + ".embodied"))
      c.embodied = grams(*m);
    else if (any_embodied && !has(account, id + ".embodied"))
      c.embodied = grams(0.0);
    if (!has(account, id + ".embodied") && !any_embodied) c.why_unknown = "the account declares none";
    if (c.energy && c.operational && in_joules(*c.energy) > 0.0)
      c.intensity = grams_per_kilowatt_hour(in_grams(*c.operational) / in_kilowatt_hours(*c.energy));
    components.push_back(std::move(c));
  }
  return components;
}

Result<double> count_of(const Account& account, const std::string& unit) {
  for (const char* key : {"carbon", "energy", "operational", "embodied"}) {
    const auto total = coherent(account, fmt::format("total.{}", key)),
               each = coherent(account, fmt::format("unit.{}.{}", unit, key));
    if (total && each && *each > 0.0) return *total / *each;
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("how many {} there are is not known, or nothing of the account is known", printable(unit)));
}

}  // namespace

Result<SciOfAccount> sci_of_account(const Account& account, const std::string& asked) {
  SciOfAccount out;
  OLIVINE_TRY(out.unit, chosen_unit(account, asked));
  OLIVINE_TRY(const double count, count_of(account, out.unit));
  out.components = components_of(account);
  OLIVINE_TRY(out.score, sci_score(out.components, count));
  if (const auto energy = coherent(account, "total.energy")) out.energy = joules(*energy);
  if (out.energy && out.score.operational && in_joules(*out.energy) > 0.0)
    out.intensity = grams_per_kilowatt_hour(in_grams(*out.score.operational) / in_kilowatt_hours(*out.energy));
  if (const AccountFigure* f = account.find(fmt::format("unit.{}.carbon", out.unit));
      f != nullptr && f->lower && f->upper && out.score.per_unit) {
    out.lower = grams(*f->lower * f->factor);
    out.upper = grams(*f->upper * f->factor);
  }
  for (const AccountActivity& a : account.activities) {
    const std::string where = a.zone.empty() ? "" : ", " + a.zone;
    out.boundary.push_back(fmt::format("{} ({}{})", a.id, a.phase, where));
  }
  out.not_counted = account.not_counted;
  if (has(account, "total.market"))
    out.notes.emplace_back("contracts are in the account's market-based figure and cannot lower an SCI");
  return out;
}

Result<IfManifest> impact_framework_of(const Account& account, const std::string& asked,
                                       std::optional<WallInterval> otherwise) {
  OLIVINE_TRY(const SciOfAccount sci, sci_of_account(account, asked));
  IfManifest out;
  out.name = account.name;
  out.description = account.description;
  out.functional_unit = sci.unit;
  for (std::size_t i = 0; i < sci.components.size(); ++i) {
    const SciComponent& c = sci.components[i];
    IfObservation o;
    if (const auto& interval = account.activities[i].interval) {
      o.timestamp = interval->begin;
      o.duration_s = static_cast<double>(interval->end.ns - interval->begin.ns) * 1e-9;
    } else if (otherwise) {
      o.timestamp = otherwise->begin;
      o.duration_s = static_cast<double>(otherwise->end.ns - otherwise->begin.ns) * 1e-9;
      if (out.notes.empty()) out.notes.emplace_back("activities that state no time have that of --at");
    } else {
      return fail(ErrorKind::kInvalid, fmt::format("activity \"{}\" does not say when, which an Impact Framework "
                                                   "manifest must; write at = ... or give --at TIME",
                                                   c.name));
    }
    if (c.energy) o.energy_kwh = in_kilowatt_hours(*c.energy);
    if (c.intensity)
      o.g_per_kwh = c.intensity->canonical();
    else if (c.energy && in_joules(*c.energy) == 0.0 && c.operational && in_grams(*c.operational) == 0.0)
      o.g_per_kwh = 0.0;
    if (c.embodied) o.embodied_g = in_grams(*c.embodied);
    o.units = sci.score.functional_units;
    out.components.push_back({c.name, {o}});
  }
  return out;
}

}  // namespace olivine
