#include "account/sci/sci.h"

#include <fmt/core.h>

#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

Status positive(double value, std::string_view what) {
  if (std::isfinite(value) && value > 0.0) return {};
  return fail(ErrorKind::kInvalid, fmt::format("{} is {}: it has to be above zero", what, shortest(value)));
}
Status not_negative(double value, std::string_view what) {
  if (std::isfinite(value) && value >= 0.0) return {};
  return fail(ErrorKind::kInvalid, fmt::format("{} is {}: it cannot be below zero", what, shortest(value)));
}

std::optional<Carbon> operational_of(const SciComponent& c) {
  if (c.operational) return c.operational;
  if (c.energy && c.intensity) return *c.energy * *c.intensity;
  return std::nullopt;
}

struct KnownSum {
  Carbon known;
  bool complete = true;
  void add(const std::optional<Carbon>& part) {
    if (part) known += *part;
    complete = complete && part.has_value();
  }
  std::optional<Carbon> value() const { return complete ? std::optional(known) : std::nullopt; }
};

Status check(const SciComponent& c) {
  if (c.energy) OLIVINE_CHECK_STATUS(not_negative(in_kilowatt_hours(*c.energy), fmt::format("{}: energy", c.name)));
  if (c.intensity) OLIVINE_CHECK_STATUS(not_negative(c.intensity->canonical(), fmt::format("{}: intensity", c.name)));
  if (c.embodied) OLIVINE_CHECK_STATUS(not_negative(in_grams(*c.embodied), fmt::format("{}: embodied carbon", c.name)));
  return {};
}

}  // namespace

Result<SciScore> sci_score(std::span<const SciComponent> components, double functional_units) {
  OLIVINE_CHECK_STATUS(positive(functional_units, "the number of functional units (R)"));
  if (components.empty())
    return fail(ErrorKind::kInvalid, "a software carbon intensity needs at least one component in its boundary");
  SciScore score;
  score.functional_units = functional_units;
  KnownSum operational, embodied;
  for (const SciComponent& c : components) {
    OLIVINE_CHECK_STATUS(check(c));
    const auto o = operational_of(c);
    operational.add(o);
    embodied.add(c.embodied);
    const std::string why = c.why_unknown.empty() ? "" : ": " + c.why_unknown;
    if (!o) score.unknown.push_back(fmt::format("{}: its operational carbon{}", c.name, why));
    if (!c.embodied) score.unknown.push_back(fmt::format("{}: its embodied carbon{}", c.name, why));
  }
  score.operational = operational.value();
  score.embodied = embodied.value();
  score.at_least = operational.known + embodied.known;
  score.at_least_per_unit = score.at_least / functional_units;
  if (score.operational && score.embodied) {
    score.total = score.at_least;
    score.per_unit = score.at_least_per_unit;
  }
  return score;
}

}  // namespace olivine
