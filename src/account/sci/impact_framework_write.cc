#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "account/sci/impact_framework.h"
#include "base/quoted.h"
#include "base/text.h"

namespace olivine {
namespace {

std::string unit_word(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out.empty() ? "units" : out;
}

std::string id_of(std::string_view path) {
  std::string out;
  constexpr std::size_t kLongest = 50;
  for (const char c : path.substr(0, kLongest)) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    out += fine ? c : '-';
  }
  while (out.ends_with('-')) out.pop_back();
  if (out.empty() || !((out[0] >= 'a' && out[0] <= 'z') || (out[0] >= 'A' && out[0] <= 'Z')))
    out = out.empty() ? "component" : "c-" + out;
  return out;
}

std::string time_text(WallTime t) { return format_utc(t).substr(0, 19) + "Z"; }

Status needs(bool known, const IfComponent& component, std::string_view what) {
  if (known) return {};
  return fail(
      ErrorKind::kInvalid,
      fmt::format("{}: its {} is unknown, and an Impact Framework manifest has no word for that; state it first",
                  printable(component.path), what));
}

// Observations that share an intensity, added up.
struct Block {
  IfObservation sum;
  std::optional<WallTime> end;
  bool may_take(const IfObservation& o) const {
    return o.g_per_kwh == sum.g_per_kwh && o.energy_kwh.has_value() == sum.energy_kwh.has_value() &&
           o.operational_g.has_value() == sum.operational_g.has_value() &&
           o.embodied_g.has_value() == sum.embodied_g.has_value() &&
           o.timestamp.has_value() == sum.timestamp.has_value();
  }
  void take(const IfObservation& o) {
    const auto add = [](std::optional<double>& to, const std::optional<double>& part) {
      if (part) to = to.value_or(0.0) + *part;
    };
    add(sum.energy_kwh, o.energy_kwh);
    add(sum.operational_g, o.operational_g);
    add(sum.embodied_g, o.embodied_g);
    if (!o.timestamp) return;
    sum.timestamp = std::min(*sum.timestamp, *o.timestamp);
    end = std::max(*end, end_of(o));
  }
  // The reader refuses what ends beyond the last time there is; only a rounding of ours may.
  static WallTime end_of(const IfObservation& o) { return later(*o.timestamp, o.duration_s).value_or(*o.timestamp); }
};

std::vector<Block> blocks_of(const IfComponent& component) {
  std::vector<Block> blocks;
  for (const IfObservation& o : component.observations) {
    const auto same = std::find_if(blocks.begin(), blocks.end(), [&](const Block& b) { return b.may_take(o); });
    if (same != blocks.end())
      same->take(o);
    else
      blocks.push_back({o, o.timestamp ? std::optional(Block::end_of(o)) : std::nullopt});
    if (blocks.size() > kMaxIfActivities) break;
  }
  return blocks;
}

// Ids that no other activity has.
class UniqueIds {
 public:
  std::string take(const std::string& wanted) {
    std::string id = wanted;
    for (std::size_t n = 2; !used_.insert(id).second; ++n) id = fmt::format("{}-{}", wanted, n);
    return id;
  }

 private:
  std::set<std::string> used_;
};

std::string activity_text(const Block& block, const std::string& wanted, UniqueIds& ids, const IfComponent& component) {
  const std::string id = ids.take(wanted);
  const IfObservation& o = block.sum;
  std::string text = fmt::format("\n[[activity]]  # {}, from line {}\nid = {}\nphase = \"inference\"\n",
                                 printable(component.path), o.line, double_quoted(id));
  if (o.timestamp && block.end) {
    text += fmt::format("at = \"{}", time_text(*o.timestamp));
    text += *block.end > *o.timestamp ? fmt::format("/{}\"\n", time_text(*block.end)) : "\"\n";
  }
  if (o.energy_kwh) {
    text += fmt::format("energy = \"{} kWh\"\nplane = \"facility\"  # the specification's E has PUE in it\n",
                        shortest(*o.energy_kwh));
    if (o.g_per_kwh)
      text += fmt::format("intensity = \"{} g/kWh\"\n", shortest(*o.g_per_kwh));
    else if (o.operational_g && *o.energy_kwh > 0.0)
      text += fmt::format("intensity = \"= {} g / {} kWh\"\n", shortest(*o.operational_g), shortest(*o.energy_kwh));
    else
      text += "intensity = \"unknown\"\n";
  } else if (o.operational_g) {
    text += fmt::format("carbon = \"{} g\"\n", shortest(*o.operational_g));
  } else {
    text += "energy = \"unknown\"\nplane = \"facility\"\n";
  }
  text += fmt::format("\n[[activity]]\nid = {}\nphase = \"manufacture\"\n", double_quoted(ids.take(id + "-embodied")));
  text += o.embodied_g ? fmt::format("carbon = \"{} g\"\n", shortest(*o.embodied_g)) : "carbon = \"unknown\"\n";
  return text;
}

std::string head_text(const IfManifest& m, std::string_view unit) {
  std::string text = fmt::format("name: {}\ndescription: {}\ntags:\n",
                                 double_quoted(m.name.empty() ? "account" : m.name), double_quoted(m.description));
  for (const std::string& note : m.notes) text += "# " + printable(note) + "\n";
  text += fmt::format(
      "aggregation:\n  metrics:\n    - carbon\n    - sci\n  type: both\ninitialize:\n  plugins:\n"
      "    operational-carbon:\n      method: Multiply\n      path: builtin\n      config:\n"
      "        input-parameters:\n          - energy\n          - grid/carbon-intensity\n        output-parameter: "
      "carbon-operational\n"
      "    sum-carbon:\n      method: Sum\n      path: builtin\n      config:\n"
      "        input-parameters:\n          - carbon-operational\n          - carbon-embodied\n        "
      "output-parameter: carbon\n"
      "    sci:\n      method: Sci\n      path: builtin\n      config:\n        functional-unit: {}\n"
      "tree:\n  children:\n",
      unit);
  return text;
}

}  // namespace

IfFunctionalUnits functional_units_of(const IfManifest& manifest) {
  if (manifest.functional_unit.empty())
    return {std::nullopt, "the manifest names no functional unit (a plugin with method Sci)"};
  std::optional<double> common;
  for (const IfComponent& component : manifest.components) {
    double sum = 0.0;
    for (const IfObservation& o : component.observations) {
      if (!o.units)
        return {std::nullopt, fmt::format("{}: an observation does not say its {}", printable(component.path),
                                          printable(manifest.functional_unit))};
      sum += *o.units;
    }
    if (common && std::abs(*common - sum) > 1e-9 * std::max(*common, sum))
      return {std::nullopt, fmt::format("components count different numbers of {}: {} and {}",
                                        printable(manifest.functional_unit), shortest(*common), shortest(sum))};
    common = sum;
  }
  return {common, ""};
}

Result<std::string> write_impact_framework(const IfManifest& manifest) {
  const std::string unit = unit_word(manifest.functional_unit);
  std::string text = head_text(manifest, unit);
  for (const IfComponent& component : manifest.components) {
    text += fmt::format(
        "    {}:\n      pipeline:\n        compute:\n          - operational-carbon\n          - sum-carbon\n          "
        "- sci\n      inputs:\n",
        double_quoted(component.path));
    for (const IfObservation& o : component.observations) {
      OLIVINE_CHECK_STATUS(needs(o.timestamp.has_value(), component, "time"));
      OLIVINE_CHECK_STATUS(needs(o.energy_kwh.has_value(), component, "energy"));
      OLIVINE_CHECK_STATUS(needs(o.g_per_kwh.has_value(), component, "carbon intensity"));
      OLIVINE_CHECK_STATUS(needs(o.embodied_g.has_value(), component, "embodied carbon"));
      OLIVINE_CHECK_STATUS(needs(o.units.has_value(), component, "number of functional units"));
      text += fmt::format(
          "        - timestamp: \"{}\"\n          duration: {}\n          energy: {}\n          grid/carbon-intensity: "
          "{}\n          carbon-embodied: {}\n          {}: {}\n",
          time_text(*o.timestamp), shortest(std::max(1.0, std::round(o.duration_s))), shortest(*o.energy_kwh),
          shortest(*o.g_per_kwh), shortest(*o.embodied_g), unit, shortest(*o.units));
    }
  }
  return text;
}

Result<std::string> account_of_impact_framework(const IfManifest& manifest) {
  std::string text =
      fmt::format("# Made by olivine sci import from an Impact Framework manifest. Plugins were not run.\n");
  for (const std::string& note : manifest.notes) text += "# " + printable(note) + "\n";
  text += fmt::format("schema = \"olivine-account/1\"\nname = {}\n",
                      double_quoted(manifest.name.empty() ? "imported" : manifest.name));
  if (!manifest.description.empty()) text += fmt::format("description = {}\n", double_quoted(manifest.description));
  std::size_t activities = 0;
  UniqueIds ids;
  for (const IfComponent& component : manifest.components) {
    const std::vector<Block> blocks = blocks_of(component);
    activities += blocks.size();
    if (activities > kMaxIfActivities)
      return fail(
          ErrorKind::kInvalid,
          fmt::format("more than {} different intensities: import them as a table of activities", kMaxIfActivities));
    const std::string base = id_of(component.path);
    for (std::size_t i = 0; i < blocks.size(); ++i)
      text += activity_text(blocks[i], blocks.size() == 1 ? base : fmt::format("{}-{}", base, i + 1), ids, component);
  }
  const IfFunctionalUnits units = functional_units_of(manifest);
  if (units.count && *units.count > 0.0)
    text += fmt::format("\n[[functional_unit]]\nname = {}\ncount = {}\n", double_quoted(manifest.functional_unit),
                        shortest(*units.count));
  else
    text += fmt::format("\n# No functional unit: {}\n", units.count ? "its count is zero" : units.why_not);
  return text;
}

}  // namespace olivine
