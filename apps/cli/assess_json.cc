// assess --json: olivine.assess/1, docs/schemas/assess.schema.json.
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/assess_figures.h"
#include "report/figure_view.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); }

Json figure(const FigureView& v) {
  Json j{{"value", or_null(v.value)},
         {"lower", or_null(v.lower)},
         {"upper", or_null(v.upper)},
         {"unit", v.unit},
         {"basis", v.known() ? Json(name_of(v.basis.weakest_used())) : Json(nullptr)}};
  if (!v.known()) j["reason"] = v.reason;
  return j;
}

Json carbon(const std::optional<Estimate<Carbon>>& c) {
  if (!c) return nullptr;
  return {{"value", in_grams(c->mean())},
          {"lower", std::max(0.0, in_grams(c->lower()))},
          {"upper", in_grams(c->upper())},
          {"unit", "g"}};
}

Json intensity(const RecordIntensity& i) {
  return {{"zone", or_null(i.zone)},
          {"name", or_null(i.name)},
          {"boundary", or_null(i.boundary)},
          {"value", figure(view_of(i.value))},
          {"covered", i.value.coverage},
          {"method", or_null(i.method)},
          {"dataset", or_null(i.dataset)},
          {"fallback", or_null(i.fallback)},
          {"period", or_null(i.period)},
          {"source", or_null(i.source)},
          {"notes", i.notes}};
}

Json starts(const std::optional<StartRange>& s) {
  if (!s) return nullptr;
  return {{"starts", s->starts},
          {"lowest_g_per_kwh", s->lowest_g_per_kwh},
          {"lowest_at", format_utc(s->lowest_at)},
          {"highest_g_per_kwh", s->highest_g_per_kwh},
          {"highest_at", format_utc(s->highest_at)}};
}

Json market(const std::optional<MarketBased>& m) {
  if (!m) return nullptr;
  Json lines = Json::array();
  for (const MarketLine& l : m->lines)
    lines.push_back({{"name", l.name}, {"share", l.share}, {"carbon_g", carbon(l.carbon)}});
  return {{"carbon_g", carbon(m->carbon)}, {"at_least_g", in_grams(m->at_least)},
          {"reason", or_null(m->reason)},  {"contracted_share", m->contracted_share},
          {"lines", std::move(lines)},     {"notes", m->notes}};
}

Json scopes(const AssessedPlace& p) {
  if (!p.scopes) return {{"reason", or_null(p.scopes_reason)}};
  const ScopeMap& m = *p.scopes;
  return {{"scope2_g", carbon(m.scope2)},
          {"scope3_g", carbon(m.scope3)},
          {"scopes_2_and_3_g", carbon(m.scopes_2_and_3)},
          {"upstream_g", carbon(m.electricity.upstream)},
          {"losses_direct_g", carbon(m.electricity.losses_direct)},
          {"losses_upstream_g", carbon(m.electricity.losses_upstream)},
          {"reason", or_null(m.reason)}};
}

Json place(const AssessedPlace& p) {
  const ImpactTotal& t = p.total;
  const std::string currency = p.first().currency.empty() ? MoneyTag::kUnit : p.first().currency;
  Json runs = Json::array();
  for (const Reassessed& r : p.runs)
    runs.push_back(
        {{"run_id", r.record.run_id},
         {"energy_j", figure(view_of(r.record.energy.total))},
         {"operational_average_g", figure(view_of(r.record.emissions.location_average))},
         {"intensity", intensity(r.record.intensity)},
         {"intensity_marginal", r.record.marginal.value.known() ? intensity(r.record.marginal) : Json(nullptr)},
         {"starts", starts(r.starts)}});
  return {{"zone", or_null(p.first().intensity.zone)},
          {"name", or_null(p.first().intensity.name)},
          {"energy_j", figure(view_of(t.energy))},
          {"facility_energy_j", figure(view_of(t.facility_energy))},
          {"operational_average_g", figure(view_of(t.average))},
          {"operational_marginal_g", figure(view_of(t.marginal))},
          {"market", market(p.market)},
          {"embodied_g", figure(view_of(t.embodied))},
          {"total_g", figure(view_of(t.total))},
          {"scopes", scopes(p)},
          {"water_site_l", figure(view_of(t.water_site))},
          {"water_grid_l", figure(view_of(t.water_grid))},
          {"cost", figure(view_of(t.cost, currency))},
          {"runs", std::move(runs)}};
}

}  // namespace

std::string render_assess_json(const AssessedRuns& a) {
  Json j{{"schema", "olivine.assess/1"},
         {"runs", a.ids},
         {"at", or_null(a.at)},
         {"sorted_by", a.signal},
         {"places", Json::array()}};
  for (const AssessedPlace& p : a.places) j["places"].push_back(place(p));
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace olivine::cli
