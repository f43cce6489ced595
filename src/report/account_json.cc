// olivine.account/1 (docs/schemas/account.schema.json).
#include <nlohmann/json.hpp>

#include "report/account_view.h"

namespace olivine {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json figure_json(const AccountFigure& f) {
  return {{"label", f.label},
          {"value", number(f.value)},
          {"lower", number(f.lower)},
          {"upper", number(f.upper)},
          {"unit", f.unit.empty() ? "1" : f.unit},
          {"basis", name_of(f.basis)},
          {"at_least", number(f.at_least)},
          {"reason", text_or_null(f.reason)},
          {"first_order",
           {{"lower", number(f.first_lower)}, {"upper", number(f.first_upper)}, {"agrees", f.orders_agree}}}};
}

Json activity_json(const AccountActivity& a) {
  return {{"id", a.id},
          {"phase", a.phase},
          {"model", text_or_null(a.model)},
          {"project", text_or_null(a.project)},
          {"status", text_or_null(a.status)},
          {"plane", text_or_null(a.plane)},
          {"span", text_or_null(a.span)},
          {"zone", text_or_null(a.zone)},
          {"intensity",
           {{"method", text_or_null(a.intensity_method)},
            {"boundary", text_or_null(a.boundary)},
            {"source", text_or_null(a.intensity_source)},
            {"dataset", text_or_null(a.dataset)},
            {"coverage", a.coverage}}},
          {"notes", a.notes}};
}

Json budget_json(const Account& account) {
  Json list = Json::array();
  for (const AccountInput& i : account.budget)
    list.push_back({{"input", i.name},
                    {"mean", i.mean},
                    {"lower", i.lower},
                    {"upper", i.upper},
                    {"unit", i.unit.empty() ? "1" : i.unit},
                    {"distribution", i.distribution},
                    {"basis", name_of(i.basis)},
                    {"group", i.group},
                    {"source", i.source},
                    {"variance_share", i.variance_share}});
  return list;
}

}  // namespace

std::string render_account_json(const Account& account) {
  Json out{{"schema", "olivine.account/1"},
           {"name", text_or_null(account.name)},
           {"description", text_or_null(account.description)},
           {"functional", text_or_null(account.functional)},
           {"file", account.file},
           {"currency", text_or_null(account.currency)},
           {"booking", account.booking},
           {"signal", account.signal}};
  Json figures = Json::object();
  for (const AccountFigure& f : account.figures) figures[f.id] = figure_json(f);
  out["figures"] = std::move(figures);
  Json activities = Json::array();
  for (const AccountActivity& a : account.activities) activities.push_back(activity_json(a));
  out["activities"] = std::move(activities);
  out["phases"] = account.phases;
  out["models"] = account.models;
  out["projects"] = account.projects;
  out["hardware"] = account.hardware;
  out["functional_units"] = account.units;
  out["own_figures"] = account.own_figures;
  out["governed"] = text_or_null(account.governed);
  out["monte_carlo"] = {{"samples", account.samples}, {"seed", account.seed}};
  Json bars = Json::array();
  for (const AccountBar& bar : account.tornado)
    bars.push_back({{"input", bar.input}, {"at_lower", bar.at_lower}, {"at_upper", bar.at_upper}});
  out["tornado"] = std::move(bars);
  out["budget"] = budget_json(account);
  out["not_counted"] = account.not_counted;
  Json quality = Json::array();
  for (const QualityNote& q : account.quality) quality.push_back({{"what", q.what}, {"why", q.why}, {"fix", q.fix}});
  out["quality"] = std::move(quality);
  out["notes"] = account.notes;
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace olivine
