#include "account/lifecycle/account_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace olivine {
namespace {

struct TermName {
  std::string_view key, label;
};
constexpr TermName kTerms[] = {{"energy", "energy"},
                               {"it_energy", "IT energy"},
                               {"operational", "operational carbon"},
                               {"upstream", "upstream carbon"},
                               {"losses", "carbon of grid losses"},
                               {"embodied", "embodied carbon"},
                               {"carbon", "carbon"},
                               {"marginal", "marginal carbon"},
                               {"market", "market-based operational carbon"},
                               {"water_site", "water on site"},
                               {"water_grid", "water at power stations"},
                               {"water", "water"},
                               {"cost", "cost"},
                               {"device_hours", "device time"},
                               {"embodied_rate", "embodied carbon per hour of work"},
                               {"scope_1", "scope 1"},
                               {"scope_2", "scope 2"},
                               {"scope_2_and_3", "scopes 2 and 3, electricity"},
                               {"scope_3", "scope 3"}};

bool is_known_term(std::string_view key) {
  return std::any_of(std::begin(kTerms), std::end(kTerms), [&](const TermName& t) { return t.key == key; });
}

// Scopes are of totals: what making the hardware emitted is added to them there.
bool is_part_of_a_group(std::string_view key) { return is_known_term(key) && !key.starts_with("scope_"); }

void once(std::vector<std::string>& list, const std::string& id) {
  if (!id.empty() && std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

}  // namespace

std::string label_of_term(std::string_view term) {
  for (const TermName& t : kTerms)
    if (t.key == term) return std::string(t.label);
  return std::string(term);
}

std::string unit_of_dimension(const Dimension& d, const std::string& currency) {
  if (d == kEnergyDimension) return "kWh";
  if (d == kCarbonDimension) return "kg";
  if (d == kWaterDimension) return "L";
  if (d == kTimeDimension) return "h";
  if (d == kMoneyDimension) return currency;
  if (d == Dimension{.carbon = 1, .time = -1}) return "kg/h";
  return display_unit(d).text;
}

AccountSums::AccountSums(AccountContext& context, const std::vector<ActivityWork>& works,
                         const std::map<std::string, TermMap>& hardware)
    : c_(context), works_(works), hardware_(hardware) {}

void AccountSums::add(NamedFormula formula) {
  by_name_[formula.id] = formula.formula;
  formulas_.push_back(std::move(formula));
}

// carbon = operational + embodied; of a marginal account there is none.
Status AccountSums::add_terms(const std::string& prefix, const std::string& label, Terms terms, bool group) {
  std::vector<FormulaId> carbon;
  for (const char* key : {"operational", "embodied"})
    if (const auto found = terms.find(key); found != terms.end())
      carbon.insert(carbon.end(), found->second.begin(), found->second.end());
  if (c_.options.signal == Signal::kMarginal) {
    terms["carbon"] = {c_.graph.unknown(kCarbonDimension,
                                        "a marginal intensity prices differences only; an inventory's total is asked "
                                        "for with --signal average (METHODS 11)")};
  } else if (!carbon.empty()) {
    terms["carbon"] = carbon;
  }
  for (const TermName& t : kTerms) {
    const auto found = terms.find(std::string(t.key));
    if (found == terms.end()) continue;
    const std::string shown = prefix.starts_with("hardware.")
                                  ? fmt::format("{} of {}", t.label, label)
                                  : fmt::format("{}{}", t.label, label.empty() ? "" : " of " + label);
    OLIVINE_TRY(const FormulaId id, found->second.size() == 1 ? Result<FormulaId>(found->second.front())
                                                              : c_.labelled(c_.graph.sum(found->second), shown,
                                                                            t.key == "carbon" ? "operational + embodied"
                                                                            : group           ? "sum over activities"
                                                                                              : "sum"));
    add({fmt::format("{}.{}", prefix, t.key), shown, id,
         unit_of_dimension(c_.graph.node(id).dimension, c_.manifest.currency), group});
  }
  return {};
}

Status AccountSums::build() {
  OLIVINE_CHECK_STATUS(total());
  OLIVINE_CHECK_STATUS(groups());
  OLIVINE_CHECK_STATUS(activities());
  for (const auto& [id, terms] : hardware_) {
    Terms listed;
    for (const auto& [key, formula] : terms) listed[key] = {formula};
    OLIVINE_CHECK_STATUS(add_terms("hardware." + id, id, std::move(listed), false));
  }
  OLIVINE_CHECK_STATUS(units());
  return own_figures();
}

Status AccountSums::activities() {
  for (const ActivityWork& w : works_) {
    Terms terms;
    for (const auto& [key, id] : w.terms)
      if (is_part_of_a_group(key)) terms[key] = {id};
    if (w.device_time) terms["device_hours"] = {*w.device_time};
    OLIVINE_CHECK_STATUS(add_terms("activity." + w.activity->id, w.activity->id, std::move(terms), false));
  }
  return {};
}

Status AccountSums::group(const std::string& prefix, const std::string& label,
                          const std::vector<const ActivityWork*>& members) {
  Terms terms;
  for (const ActivityWork* w : members)
    for (const auto& [key, id] : w->terms)
      if (is_part_of_a_group(key)) terms[key].push_back(id);
  return add_terms(prefix, label, std::move(terms), true);
}

Status AccountSums::total() {
  Terms terms;
  for (const ActivityWork& w : works_)
    for (const auto& [key, id] : w.terms)
      if (is_known_term(key)) terms[key].push_back(id);
  if (c_.manifest.booking == "purchase") {
    for (const auto& [id, of_hardware] : hardware_)
      if (const auto found = of_hardware.find("embodied"); found != of_hardware.end())
        terms["embodied"].push_back(found->second);
  }
  for (const ActivityWork& w :
       works_)  // what the embodied terms bring to scope 3; declared carbon said its scope itself
    if (const auto found = w.terms.find("embodied"); found != w.terms.end() && w.activity->carbon.absent())
      terms["scope_3"].push_back(found->second);
  if (c_.manifest.booking == "purchase")
    for (const auto& [id, of_hardware] : hardware_)
      if (const auto found = of_hardware.find("embodied"); found != of_hardware.end())
        terms["scope_3"].push_back(found->second);
  return add_terms("total", "", std::move(terms), true);
}

Status AccountSums::groups() {
  for (const ActivityWork& w : works_) {
    once(phases, w.activity->phase);
    once(models, w.activity->model);
    once(projects, w.activity->project);
  }
  const auto of = [&](const std::string& prefix, const std::string& label, auto&& belongs) -> Status {
    std::vector<const ActivityWork*> members;
    for (const ActivityWork& w : works_)
      if (belongs(*w.activity)) members.push_back(&w);
    return members.empty() ? Status{} : group(prefix, label, members);
  };
  for (const std::string& p : phases)
    OLIVINE_CHECK_STATUS(of("phase." + p, p, [&](const ManifestActivity& a) { return a.phase == p; }));
  for (const std::string& m : models)
    OLIVINE_CHECK_STATUS(of("model." + m, m, [&](const ManifestActivity& a) { return a.model == m; }));
  for (const std::string& p : projects)
    OLIVINE_CHECK_STATUS(of("project." + p, p, [&](const ManifestActivity& a) { return a.project == p; }));
  OLIVINE_CHECK_STATUS(
      of("waste.failed", "failed work", [](const ManifestActivity& a) { return a.status == "failed"; }));
  return of("waste.idle", "idle capacity", [](const ManifestActivity& a) { return a.phase == "idle"; });
}

Status AccountSums::units() {
  for (const ManifestUnit& u : c_.manifest.functional_units) {
    const WantedValue wanted{kPlainNumber, "", "230768", 0.0, 1e300, false};
    OLIVINE_TRY(const auto count, c_.values.value(u.count, wanted, fmt::format("unit.{}.count", u.name)));
    if (!count) continue;
    for (const char* key : {"energy", "carbon", "operational", "embodied", "water", "cost"}) {
      const auto found = by_name_.find(fmt::format("total.{}", key));
      if (found == by_name_.end()) continue;
      const std::string label = fmt::format("{} per {}", label_of_term(key), u.name);
      OLIVINE_TRY(const FormulaId id, c_.labelled(c_.graph.quotient(found->second, *count), label, "total / count"));
      const Dimension& d = c_.graph.node(id).dimension;
      add({fmt::format("unit.{}.{}", u.name, key), label, id,
           d == kCarbonDimension   ? "g"
           : d == kEnergyDimension ? "Wh"
                                   : unit_of_dimension(d, c_.manifest.currency),
           false});
    }
  }
  return {};
}

Result<FormulaId> AccountSums::own_figure(const ManifestFigure& figure) {
  const std::string name = "figure." + figure.id;
  if (const auto done = by_name_.find(name); done != by_name_.end()) return done->second;
  const auto open = std::find(open_.begin(), open_.end(), figure.id);
  if (open != open_.end())
    return c_.refuse(figure.line, fmt::format("figure \"{0}\" needs itself: {1} -> {0}", figure.id,
                                              fmt::join(open, open_.end(), " -> ")));
  if (open_.size() > 200)
    return c_.refuse(figure.line, fmt::format("figure \"{}\" is used through more than 200 others", figure.id));
  if (!figure.value.is_expression())
    return c_.refuse(figure.line,
                     fmt::format("figure \"{}\": value is an expression, e.g. \"= total.carbon / gpus\"", figure.id));
  open_.push_back(figure.id);
  auto id = c_.values.expression(figure.value, figure.label.empty() ? figure.id : figure.label);
  open_.pop_back();
  if (!id) return id;
  by_name_[name] = *id;
  return id;
}

Result<FormulaId> AccountSums::resolve(std::string_view name) {
  for (const ManifestFigure& f : c_.manifest.figures)
    if (name == f.id || name == "figure." + f.id) return own_figure(f);
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [each, id] : by_name_) known.push_back(each);
  for (const auto& [each, value] : c_.manifest.parameters) known.push_back(each);
  const std::string near = nearest(name, known);
  return fail(ErrorKind::kNotFound,
              fmt::format("\"{}\" is no parameter and no result{}", printable(name.substr(0, 80)),
                          near.empty() ? "; e.g. total.carbon, phase.training.energy, activity.ID.cost"
                                       : fmt::format("; did you mean \"{}\"?", near)));
}

Status AccountSums::own_figures() {
  c_.values.set_results([this](std::string_view name) { return resolve(name); });
  for (const ManifestFigure& f : c_.manifest.figures) {
    OLIVINE_TRY(const FormulaId id, own_figure(f));
    const Dimension& d = c_.graph.node(id).dimension;
    std::string unit = f.unit.empty() ? unit_of_dimension(d, c_.manifest.currency) : f.unit;
    if (!f.unit.empty() && f.unit != "1") {
      const auto parsed = parse_measure_unit(f.unit, c_.values.units());
      if (!parsed) return c_.refuse(f.line, fmt::format("figure \"{}\": unit: {}", f.id, parsed.error().message));
      if (parsed->dimension != d)
        return c_.refuse(f.line, fmt::format("figure \"{}\" is in {}, not in {}", f.id, name_of(d), printable(f.unit)));
    }
    formulas_.push_back({"figure." + f.id, f.label.empty() ? f.id : f.label, id, unit == "1" ? "" : unit, false});
  }
  return {};
}

}  // namespace olivine
