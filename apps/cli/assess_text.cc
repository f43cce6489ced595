// assess for people: one place with its lines, several as a table.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "apps/cli/assess_figures.h"
#include "report/figure_text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

std::string line(std::string_view name, const std::string& text, const TextStyle& style) {
  constexpr std::size_t kWidth = 13;
  return bold(fmt::format("{:<{}}", name, kWidth), style) + wrapped(safe(text, style), kWidth, style) + "\n";
}

std::string carbon_text(const std::optional<Estimate<Carbon>>& c) {
  if (!c) return "unknown";
  return format_carbon_range(c->mean(), grams(std::max(0.0, in_grams(c->lower()))), c->upper());
}

// "DE 374.2 g/kWh (201 .. 540), lifecycle, profile 2022 at the level of 2024"
std::string intensity_text(const RecordIntensity& i) {
  std::string text =
      (i.zone.empty() ? std::string("zone unknown") : i.zone) + " " + value_and_range_text(view_of(i.value));
  for (const std::string& part : {i.boundary, i.period})
    if (!part.empty()) text += ", " + part;
  return text;
}

std::string figure_line(std::string_view name, const FigureView& v, const std::string& what, const TextStyle& style) {
  const std::string text =
      v.known() ? value_and_range_text(v) + (what.empty() ? "" : "  " + what) : value_text(v) + ": " + v.reason;
  return line(name, text, style);
}

std::string starts_text(const AssessedPlace& p, const TextStyle& style) {
  if (p.runs.size() != 1 || !p.runs.front().starts) return "";
  const StartRange& s = *p.runs.front().starts;
  const auto when = [](WallTime t) { return format_utc(t).substr(0, 16); };
  return line("starts",
              fmt::format("{} hours: from {:.1f} g/kWh (begun {}) to {:.1f} g/kWh (begun {}); the value is their mean",
                          s.starts, s.lowest_g_per_kwh, when(s.lowest_at), s.highest_g_per_kwh, when(s.highest_at)),
              style);
}

std::string market_text(const AssessedPlace& p, const TextStyle& style) {
  if (!p.market) return "";
  const MarketBased& m = *p.market;
  std::string text = line("market",
                          m.carbon ? carbon_text(m.carbon) + " CO2e, after contracts"
                                   : fmt::format("unknown (at least {}): {}", format_carbon(m.at_least), m.reason),
                          style);
  for (const MarketLine& l : m.lines)
    text += line("",
                 fmt::format("{} of the energy: {}, {}", percent_text(l.share), l.name,
                             l.carbon ? format_carbon(l.carbon->mean()) : "no factor"),
                 style);
  return text;
}

std::string scopes_text(const AssessedPlace& p, const TextStyle& style) {
  if (!p.scopes) return p.scopes_reason.empty() ? "" : line("scopes", "unknown: " + p.scopes_reason, style);
  const ScopeMap& m = *p.scopes;
  std::string text;
  if (m.scope2) text += line("scope 2", carbon_text(m.scope2), style);
  if (m.scopes_2_and_3)
    text += line("scopes 2+3", carbon_text(m.scopes_2_and_3) + "  " + m.reason, style);
  else if (m.scope3)
    text += line("scope 3", carbon_text(m.scope3) + "  what is known of it", style);
  const auto part = [&](std::string_view name, const std::optional<Estimate<Carbon>>& c) {
    if (c) text += line("", fmt::format("{} {}", name, carbon_text(c)), style);
  };
  part("upstream", m.electricity.upstream);
  part("losses, direct", m.electricity.losses_direct);
  part("losses, upstream", m.electricity.losses_upstream);
  if (!m.scopes_2_and_3 && !m.reason.empty()) text += line("", m.reason, style);
  return text;
}

std::string notes_text(const std::vector<std::string>& notes, const TextStyle& style) {
  std::string text;
  std::set<std::string> said;
  for (const std::string& note : notes)
    if (said.insert(note).second) text += dim(line("note", note, style), style);
  return text;
}

std::vector<std::string> notes_of(const AssessedPlace& p) {
  std::vector<std::string> notes;
  for (const Reassessed& r : p.runs)
    for (const auto* i : {&r.record.intensity, &r.record.marginal})
      for (const std::string& note : i->notes) notes.push_back((i->signal == "marginal" ? "marginal: " : "") + note);
  if (p.market) notes.insert(notes.end(), p.market->notes.begin(), p.market->notes.end());
  return notes;
}

std::string one_place(const AssessedRuns& a, const AssessedPlace& p, const TextStyle& style) {
  const ImpactTotal& t = p.total;
  const RunRecord& first = p.first();
  std::string text = figure_line("energy", view_of(t.energy), "", style);
  if (first.pue_applies)
    text += figure_line("facility", view_of(t.facility_energy), "with PUE " + value_text(view_of(first.pue)), style);
  text += figure_line("operational", view_of(t.average), "CO2e, location-based, average", style);
  for (const Reassessed& r : p.runs)
    if (r.record.intensity.value.known())
      text +=
          line("", (a.ids.size() > 1 ? r.record.run_id.substr(0, 13) + ": " : "") + intensity_text(r.record.intensity),
               style);
  text += starts_text(p, style);
  text += figure_line("marginal", view_of(t.marginal), "for differences only", style);
  if (first.marginal.value.known()) text += line("", intensity_text(first.marginal), style);
  text += market_text(p, style);
  text += figure_line("embodied", view_of(t.embodied), "CO2e of making the hardware", style);
  text += figure_line("total", view_of(t.total), "CO2e, operational average + embodied", style);
  text += scopes_text(p, style);
  text += figure_line("water", view_of(t.water_site), "on site", style);
  text += figure_line("", view_of(t.water_grid), "at the power station", style);
  text += figure_line("cost", view_of(t.cost, first.currency.empty() ? MoneyTag::kUnit : first.currency), "", style);
  if (!first.intensity.source.empty()) text += dim(line("source", first.intensity.source, style), style);
  return text + notes_text(notes_of(p), style);
}

// Two digits more than the range alone would leave: neighbours in a table are compared.
std::string table_of(const AssessedRuns& a, const TextStyle& style) {
  TextTable table({{"zone", 14, false},
                   {"g/kWh", 10, true},
                   {"average", 34, false},
                   {"marginal", 34, false},
                   {"with embodied", 16, true},
                   {"from", 44, false}});
  for (const AssessedPlace& p : a.places) {
    const RecordIntensity& i = p.first().intensity;
    const auto g =
        i.value.value ? format_number(in_grams_per_kilowatt_hour(i.value.value->mean())) : std::string("unknown");
    table.add({i.zone.empty() ? "(unknown)" : i.zone, p.runs.size() == 1 ? g : "",
               value_and_range_text(view_of(p.total.average)),
               p.total.marginal.known() ? value_and_range_text(view_of(p.total.marginal)) : "unknown",
               value_text(view_of(p.total.total)),
               i.value.known() ? (i.boundary.empty() ? i.period : i.boundary + ", " + i.period) : i.value.reason});
  }
  std::string text = table.render(style);
  text +=
      dim(fmt::format("  sorted by {}; CO2e, location-based; the marginal column is for differences only", a.signal),
          style) +
      "\n";
  return text;
}

}  // namespace

std::string render_assess_text(const AssessedRuns& a, const TextStyle& style) {
  std::string who = a.names.front().empty() ? a.ids.front().substr(0, 13)
                                            : a.names.front() + " (" + a.ids.front().substr(0, 13) + ")";
  if (a.ids.size() > 1) who += fmt::format(" and {} more", a.ids.size() - 1);
  std::string text =
      line(a.ids.size() > 1 ? "runs" : "run", who + (a.at.empty() ? ", when it ran" : ", begun " + a.at), style);
  if (a.places.size() == 1) return text + one_place(a, a.places.front(), style);
  text +=
      figure_line("energy", view_of(a.places.front().total.energy), "the same everywhere", style) + table_of(a, style);
  std::vector<std::string> without, partly;
  for (const AssessedPlace& p : a.places) {
    const std::string& zone = p.first().intensity.zone;
    if (!p.total.marginal.known()) without.push_back(zone);
    for (const Reassessed& r : p.runs)
      if (!r.record.intensity.fallback.empty())
        partly.push_back(fmt::format("{}: {} of the energy is covered by the data set; the rest is priced by the {}",
                                     zone, percent_text(r.record.intensity.value.coverage),
                                     r.record.intensity.fallback));
  }
  if (!without.empty())
    partly.push_back("marginal unknown in " + joined(without, ", ") +
                     ": no rate is shipped; olivine grid import FILE --zone ZONE --signal marginal brings one");
  partly.emplace_back("olivine assess RUN --zone ZONE says where each figure came from");
  return text + notes_text(partly, style);
}

}  // namespace olivine::cli
