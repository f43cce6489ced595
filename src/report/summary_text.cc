#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "report/acted_text.h"
#include "report/figure_text.h"
#include "report/render.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

constexpr std::size_t kShownId = 13;       // the 48 bits of milliseconds in a UUIDv7; `show` takes it
constexpr double kSmallShare = 0.005;      // parts below are not named
constexpr double kWorthMentioning = 0.01;  // of the ticks, missed

bool same_basis(const BasisShare& a, const BasisShare& b) { return a.text() == b.text(); }

// "CPU modelled, DRAM modelled", "GPU measured (1 of 2 unknown)".
std::string components_text(const RecordEnergy& energy, const TextStyle& style) {
  struct Group {
    std::string name;
    std::vector<const RecordComponent*> members;
  };
  std::vector<Group> groups;
  for (const RecordComponent& c : energy.components) {
    if (!c.counted) continue;
    const std::string& name = c.label.empty() ? c.kind : c.label;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == name; });
    if (group == groups.end()) group = groups.insert(groups.end(), {name, {}});
    group->members.push_back(&c);
  }
  std::vector<std::string> texts;
  for (const Group& group : groups) {
    BasisShare basis;
    std::size_t unknown = 0;
    const RecordComponent* first = nullptr;
    bool same = true;
    for (const RecordComponent* c : group.members) {
      if (!c->measured.known()) {
        ++unknown;
        continue;
      }
      if (first == nullptr) first = c;
      same = same && same_basis(first->measured.basis, c->measured.basis);
      basis.add(c->measured.basis);
    }
    std::string text = safe(group.name, style) + " ";
    text += unknown == group.members.size() ? "unknown" : same ? first->measured.basis.text() : basis.text();
    if (unknown > 0 && unknown < group.members.size())
      text += fmt::format(" ({} of {} unknown)", unknown, group.members.size());
    texts.push_back(std::move(text));
  }
  return texts.empty() ? "nothing metered or modelled" : joined(texts, ", ");
}

std::string energy_line(const RunRecord& r, const TextStyle& style) {
  const FigureView total = view_of(r.energy.total);
  std::string line = value_text(total);
  if (!total.known()) line += ": " + safe(total.reason, style);
  if (const std::string range = range_text(total); !range.empty()) line += "  (" + range + ")";
  line += "    " + components_text(r.energy, style);
  if (!r.not_counted.empty()) line += dim("; not counted: " + safe(joined(r.not_counted, ", "), style), style);
  return label("energy", style) + fitted(line, kLabelWidth, style) + "\n";
}

// "FR 56 g/kWh, lifecycle, yearly 2023", "zone unknown, 473 g/kWh assumed"; "PUE 1.2".
std::string factors_text(const RunRecord& r, const TextStyle& style) {
  const RecordIntensity& i = r.intensity;
  FigureView value = view_of(i.value);
  value.lower = value.upper = std::nullopt;  // the carbon's own range holds it
  std::vector<std::string> parts;
  if (!value.known())
    parts.push_back("grid intensity unknown");
  else if (i.zone.empty())
    parts.push_back("zone unknown, " + value_text(value) + " assumed");
  else
    parts.push_back(safe(i.zone, style) + " " + value_text(value));
  if (!i.boundary.empty()) parts.push_back(safe(i.boundary, style));
  if (!i.period.empty()) parts.push_back(safe(i.period, style));
  std::string text = joined(parts, ", ");
  if (!r.pue_applies || !value.known()) return text;
  FigureView pue = view_of(r.pue);
  const bool assumed = pue.known() && pue.basis.weakest_used() == Basis::kAssumed;
  pue.lower = pue.upper = std::nullopt;
  return text + "; PUE " + value_text(pue) + (assumed ? " assumed" : "");
}

// "0.023 g CO2e operational (0.012 .. 0.04; FR 56 g/kWh, lifecycle, yearly 2023) + 0.03 g embodied"
std::string carbon_line(const RunRecord& r, const TextStyle& style) {
  const FigureView operational = view_of(r.emissions.location_average);
  const FigureView embodied = view_of(r.emissions.embodied);
  const std::string range = range_text(operational);
  std::string line = value_text(operational);
  line += operational.known() ? " CO2e operational" : " operational CO2e";
  line += fmt::format(" ({}{})", range.empty() ? "" : range + "; ", factors_text(r, style));
  line += embodied.known() ? " + " + value_text_beside(embodied, operational) + " embodied"
                           : " + embodied " + value_text(embodied);
  return label("carbon", style) + fitted(line, kLabelWidth, style) + "\n";
}

std::optional<double> joules_of(const Figure<Energy>& figure) {
  return figure.known() ? std::optional<double>(in_joules(figure.value->mean())) : std::nullopt;
}

// Parts of the node's energy, in the order in which a reader asks.
std::string shares_text(const RecordEnergy& e) {
  const auto node = joules_of(e.measured_node);
  if (!node) return "shares unknown: " + (e.measured_node.reason.empty() ? "energy not known" : e.measured_node.reason);
  if (*node <= 0.0) return "no energy was metered or modelled";
  const auto part = [&](std::string_view name, const Figure<Energy>& figure) {
    const auto j = joules_of(figure);
    return fmt::format("{} {}", name, j ? percent_text(*j / *node) : "unknown");
  };
  std::vector<std::string> parts{part("this run", e.attributed), part("idle share", e.idle_charged),
                                 part("others", e.others)};
  const auto idle = joules_of(e.idle), charged = joules_of(e.idle_charged);
  if (idle && charged && (*idle - *charged) / *node >= kSmallShare)
    parts.push_back("idle not charged " + percent_text((*idle - *charged) / *node));
  if (const auto j = joules_of(e.unattributed); j && *j / *node >= kSmallShare)
    parts.push_back("unattributed " + percent_text(*j / *node));
  return joined(parts, ", ");
}

std::string who_line(const RunRecord& r, const TextStyle& style) {
  const std::string line =
      fmt::format("{}    coverage {}    olivine itself {}    record {}", safe(shares_text(r.energy), style),
                  percent_text(r.coverage), value_text(view_of(r.energy.self)),
                  safe(std::string_view(r.run_id).substr(0, kShownId), style));
  return label("who", style) + fitted(line, kLabelWidth, style) + "\n";
}

// What went wrong on the way, one sentence a cause.
std::vector<std::string> causes(const RunRecord& r) {
  std::vector<std::string> list;
  const auto add = [&list](std::string text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
  };
  for (const std::string& warning : r.warnings) add(warning);
  struct Sum {
    std::size_t count = 0;
    std::int64_t ns = 0;
    std::string component;
  };
  std::map<std::string, Sum> gaps;
  for (const RecordGap& gap : r.gaps) {
    Sum& sum = gaps[gap.reason];
    sum.component = sum.count == 0 || sum.component == gap.component ? gap.component : "several meters";
    ++sum.count;
    sum.ns += gap.end_ns - gap.begin_ns;
  }
  for (const auto& [reason, sum] : gaps)
    add(fmt::format("{} gap{} of {} in {}: {}; the range is widened", sum.count, sum.count == 1 ? "" : "s",
                    format_duration({sum.ns}), sum.component, reason));
  const double asked = static_cast<double>(r.ticks + r.missed_ticks);
  if (r.missed_ticks > 0 && static_cast<double>(r.missed_ticks) >= kWorthMentioning * asked)
    add(fmt::format("{} of {} readings came late and were left out; counters lose nothing by it", r.missed_ticks,
                    r.ticks + r.missed_ticks));
  if (!r.left_running.empty()) add("still running, no longer counted: " + joined(r.left_running, ", "));
  return list;
}

}  // namespace

std::string render_summary(const RunRecord& record, const TextStyle& style) {
  std::string text = energy_line(record, style) + carbon_line(record, style) + who_line(record, style);
  if (record.schedule) text += schedule_line(*record.schedule, style);
  if (record.budget) text += budget_line(*record.budget, style);
  for (const std::string& cause : causes(record))
    text += label("warning", style) + dim(wrapped(safe(cause, style), kLabelWidth, style), style) + "\n";
  return text;
}

}  // namespace olivine
