#include "account/manifest/check_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::string_view kPlanes[] = {"chip", "node_dc", "node_ac", "facility"};

class ManifestCheck {
 public:
  explicit ManifestCheck(const Manifest& manifest) : m_(manifest) {}

  Status run() {
    OLIVINE_CHECK_STATUS(hardware());
    std::set<std::string> ids;
    OLIVINE_CHECK_STATUS(conditions(m_.defaults, "[defaults]"));
    for (const ManifestActivity& a : m_.activities) {
      OLIVINE_CHECK_STATUS(id(ids, a.id, "activity", a.line));
      OLIVINE_CHECK_STATUS(activity(a));
    }
    for (const ManifestActivitiesFile& f : m_.activities_files) {
      if (f.path.empty()) return refuse(f.line, "an [[activities_file]] needs a path");
      OLIVINE_CHECK_STATUS(conditions(f.conditions, "activities_file"));
    }
    OLIVINE_CHECK_STATUS(contracts());
    OLIVINE_CHECK_STATUS(units_and_figures());
    if (m_.booking != "use" && m_.booking != "purchase")
      return refuse(1, fmt::format("booking is \"{}\"; it is \"use\" or \"purchase\"", printable(m_.booking)));
    if (m_.activities.empty() && m_.activities_files.empty() && m_.hardware.empty())
      return refuse(1,
                    "there is nothing to account for; write an [[activity]], e.g. id = \"training\", energy = \"10 "
                    "kWh\", plane = \"node_ac\"");
    return {};
  }

 private:
  tl::unexpected<Error> refuse(std::size_t line, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", m_.file, line, why));
  }
  Status id(std::set<std::string>& seen, const std::string& id, std::string_view what, std::size_t line) const {
    if (id.empty()) return refuse(line, fmt::format("this {} has no id; write id = \"...\"", what));
    if (!is_manifest_id(id))
      return refuse(line, fmt::format("{} \"{}\": an id is of letters, digits, '_' and '-', at most 80", what,
                                      printable(std::string_view(id).substr(0, 60))));
    if (!seen.insert(id).second)
      return refuse(line, fmt::format("{} \"{}\" stands here twice; ids are unique", what, id));
    return {};
  }
  // A word of a list, with the nearest when it is none.
  Status word(std::size_t line, std::string_view what, std::string_view value,
              std::span<const std::string_view> known) const {
    if (std::find(known.begin(), known.end(), value) != known.end()) return {};
    const std::string near = nearest(value, std::vector<std::string>(known.begin(), known.end()));
    return refuse(line, fmt::format("{} \"{}\" is not known; {}", what, printable(value.substr(0, 60)),
                                    near.empty() ? fmt::format("it is one of {}", fmt::join(known, ", "))
                                                 : fmt::format("did you mean \"{}\"?", near)));
  }

  Status hardware() {
    std::set<std::string> ids;
    for (const ManifestHardware& h : m_.hardware) OLIVINE_CHECK_STATUS(id(ids, h.id, "hardware", h.line));
    for (const ManifestHardware& h : m_.hardware) {
      if (h.host.empty()) continue;
      OLIVINE_CHECK_STATUS(refers(h.line, fmt::format("hardware \"{}\"", h.id), "host", h.host));
      if (!m_.find_hardware(h.host)->host.empty())
        return refuse(
            h.line,
            fmt::format("hardware \"{}\": its host \"{}\" has a host itself; a device sits in a node and no further",
                        h.id, h.host));
      if (h.devices_per_host.absent())
        return refuse(h.line,
                      fmt::format("hardware \"{}\" has a host but no devices_per_host; how many share one?", h.id));
    }
    return {};
  }
  Status refers(std::size_t line, std::string_view what, std::string_view key, const std::string& to) const {
    if (m_.find_hardware(to) != nullptr) return {};
    std::vector<std::string> known;
    for (const ManifestHardware& h : m_.hardware) known.push_back(h.id);
    const std::string near = nearest(to, known);
    return refuse(line, fmt::format("{}: {} \"{}\" is no [[hardware]] of this manifest{}", what, key,
                                    printable(std::string_view(to).substr(0, 60)),
                                    near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  }

  Status conditions(const ManifestConditions& c, std::string_view what) const {
    if (!c.plane.empty()) OLIVINE_CHECK_STATUS(word(c.line, fmt::format("{}: plane", what), c.plane, kPlanes));
    if (!c.boundary.empty() && c.boundary != "direct" && c.boundary != "lifecycle")
      return refuse(c.line, fmt::format("{}: boundary is \"{}\"; it is \"direct\" or \"lifecycle\"", what,
                                        printable(std::string_view(c.boundary).substr(0, 60))));
    if (!c.tariff.empty() &&
        std::none_of(m_.tariffs.begin(), m_.tariffs.end(), [&](const ManifestTariff& t) { return t.id == c.tariff; }))
      return refuse(c.line, fmt::format("{}: tariff \"{}\" is no [[tariff]] of this manifest", what,
                                        printable(std::string_view(c.tariff).substr(0, 60))));
    return {};
  }

  Status activity(const ManifestActivity& a) const {
    const std::string what = fmt::format("activity \"{}\"", a.id);
    OLIVINE_CHECK_STATUS(conditions(a.conditions, what));
    if (a.phase.empty())
      return refuse(a.line, fmt::format("{} has no phase; it is one of {}", what, fmt::join(kPhases, ", ")));
    OLIVINE_CHECK_STATUS(word(a.line, what + ": phase", a.phase, kPhases));
    if (!a.status.empty() && a.status != "done" && a.status != "failed")
      return refuse(a.line, fmt::format("{}: status is \"done\" or \"failed\"", what));
    if (a.scope < 0 || a.scope > 3) return refuse(a.line, fmt::format("{}: scope is 1, 2 or 3", what));
    if (!a.hardware.empty()) OLIVINE_CHECK_STATUS(refers(a.line, what, "hardware", a.hardware));
    OLIVINE_CHECK_STATUS(energy(a, what));
    return facility(a, what);
  }
  Status energy(const ManifestActivity& a, const std::string& what) const {
    const auto ways = ways_of_energy(a);
    if (ways.empty())
      return refuse(a.line, fmt::format("{} does not say its energy; write one of: energy and plane; hardware and "
                                        "device_hours; runs; flop and flop_per_second; "
                                        "data and energy_per_data; requests and energy_per_request; carbon",
                                        what));
    if (ways.size() > 1)
      return refuse(a.line, fmt::format("{} says its energy in {} ways ({}); write one, or two activities", what,
                                        ways.size(), fmt::join(ways, ", ")));
    const auto pair = [&](const WrittenValue& a_value, const WrittenValue& b_value, std::string_view a_name,
                          std::string_view b_name) -> Status {
      if (a_value.absent() == b_value.absent()) return {};
      return refuse(a.line, fmt::format("{} has {} but no {}", what, a_value.absent() ? b_name : a_name,
                                        a_value.absent() ? a_name : b_name));
    };
    OLIVINE_CHECK_STATUS(pair(a.data, a.energy_per_data, "data", "energy_per_data"));
    OLIVINE_CHECK_STATUS(pair(a.requests, a.energy_per_request, "requests", "energy_per_request"));
    OLIVINE_CHECK_STATUS(pair(a.params, a.tokens, "params", "tokens"));
    if (ways.front() == "flop" && a.flop_per_second.absent())
      return refuse(a.line, fmt::format("{} has operations but no flop_per_second (achieved by one device)", what));
    if (ways.front() == "flop" && !a.flop.absent() && !a.params.absent())
      return refuse(a.line, fmt::format("{} has flop and params; write one of the two", what));
    const bool needs_plane = ways.front() == "energy" || ways.front() == "requests";
    if (needs_plane && a.conditions.plane.empty() && m_.defaults.plane.empty())
      return refuse(a.line,
                    fmt::format("{} has an energy without a plane; write plane = \"chip\" (GPU or CPU meters), "
                                "\"node_dc\", \"node_ac\" (the server's plug) or \"facility\" (cooling included)",
                                what));
    return {};
  }
  Status facility(const ManifestActivity& a, const std::string& what) const {
    const std::string& plane = a.conditions.plane;
    const bool own_pue = !a.conditions.pue.absent() && a.conditions.pue.form != WrittenValue::Form::kNone;
    if (plane == "facility" && own_pue)
      return refuse(a.conditions.pue.line,
                    fmt::format("{}: pue on a facility figure is refused: a facility's meter has seen cooling and "
                                "losses already (METHODS 1); leave pue out, or say plane = \"node_ac\"",
                                what));
    return {};
  }

  Status contracts() const {
    for (const ManifestContract& c : m_.contracts) {
      if (c.energy.absent() == c.share.absent())
        return refuse(c.line, "a [[contract]] covers an energy or a share of what is used; write one of the two");
      if (c.intensity.absent())
        return refuse(c.line, "a [[contract]] has no intensity; write intensity = 0 for certified renewable energy");
    }
    std::set<std::string> tariffs;
    for (const ManifestTariff& t : m_.tariffs) {
      OLIVINE_CHECK_STATUS(id(tariffs, t.id, "tariff", t.line));
      for (const ManifestTariffBand& b : t.bands)
        if (b.price.absent() || (b.hours.empty() && b.days.empty()))
          return refuse(b.line, fmt::format("tariff \"{}\": a band needs a price and hours or days", t.id));
    }
    return {};
  }
  Status units_and_figures() const {
    std::set<std::string> names, ids;
    for (const ManifestUnit& u : m_.functional_units) {
      if (u.name.empty() || u.count.absent())
        return refuse(u.line,
                      "a [[functional_unit]] needs a name and a count, e.g. name = \"request\", count = 230768");
      if (!names.insert(u.name).second)
        return refuse(u.line, fmt::format("functional unit \"{}\" stands here twice", printable(u.name)));
    }
    for (const ManifestFigure& f : m_.figures) {
      OLIVINE_CHECK_STATUS(id(ids, f.id, "figure", f.line));
      if (f.value.absent()) return refuse(f.line, fmt::format("figure \"{}\" has no value", f.id));
    }
    return {};
  }

  const Manifest& m_;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_manifest_name(std::string_view name) {
  return !name.empty() && name.size() <= 80 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}
bool is_manifest_id(std::string_view id) {
  return !id.empty() && id.size() <= 80 && id.front() != '-' && id.back() != '-' &&
         std::all_of(id.begin(), id.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

std::vector<std::string_view> ways_of_energy(const ManifestActivity& a) {
  std::vector<std::string_view> ways;
  const bool work = !a.flop.absent() || !a.params.absent();
  if (!a.energy.absent())
    ways.emplace_back("energy");
  else if (!a.hardware.empty() && !work && a.runs.empty() && a.requests.absent() && a.data.absent())
    ways.emplace_back("hardware");
  else if (a.hardware.empty() && !a.power.absent() && !work)
    ways.emplace_back("hardware");
  if (!a.runs.empty()) ways.emplace_back("runs");
  if (work) ways.emplace_back("flop");
  if (!a.data.absent()) ways.emplace_back("data");
  if (!a.requests.absent()) ways.emplace_back("requests");
  if (!a.carbon.absent()) ways.emplace_back("carbon");
  return ways;
}

Status check_manifest(const Manifest& manifest) { return ManifestCheck(manifest).run(); }

}  // namespace olivine
