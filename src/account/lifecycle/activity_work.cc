#include "account/lifecycle/activity_work.h"

#include <fmt/format.h>

#include <algorithm>

namespace olivine {
namespace {

void inherit(ActivityWork& work, std::string_view key, std::string ManifestConditions::* member,
             const ManifestConditions& own, const ManifestConditions& defaults) {
  const bool stated = !(own.*member).empty();
  work.own[std::string(key)] = stated;
  work.conditions.*member = stated ? own.*member : defaults.*member;
}
void inherit(ActivityWork& work, std::string_view key, WrittenValue ManifestConditions::* member,
             const ManifestConditions& own, const ManifestConditions& defaults) {
  const bool stated = !(own.*member).absent();
  work.own[std::string(key)] = stated;
  work.conditions.*member = stated ? own.*member : defaults.*member;
}

// What an activity says about where its electricity came from overrides the defaults' numbers as a whole: France's intensity does not
// hold in Poland.
void drop_foreign_intensities(ActivityWork& work) {
  if (!work.own["zone"]) return;
  ManifestConditions& c = work.conditions;
  for (const auto& [key, member] : {std::pair{"intensity", &ManifestConditions::intensity},
                                    std::pair{"upstream_intensity", &ManifestConditions::upstream_intensity},
                                    std::pair{"marginal_intensity", &ManifestConditions::marginal_intensity},
                                    std::pair{"grid_loss", &ManifestConditions::grid_loss}})
    if (!work.own[key]) c.*member = {};
  if (!work.own["boundary"]) c.boundary.clear();
}

}  // namespace

std::string ActivityWork::path(std::string_view key) const {
  const auto found = own.find(std::string(key));
  const bool from_defaults = found != own.end() && !found->second;
  return from_defaults ? fmt::format("defaults.{}", key) : fmt::format("activity.{}.{}", activity->id, key);
}

void AccountContext::note(const std::string& text) {
  if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
}

tl::unexpected<Error> AccountContext::refuse(std::size_t line, std::string_view why) const {
  return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", manifest.file, line, why));
}

Result<FormulaId> AccountContext::labelled(Result<FormulaId> id, const std::string& label,
                                           const std::string& detail) const {
  if (id && graph.node(*id).kind != FormulaKind::kInput && graph.node(*id).label.empty())
    graph.describe(*id, label, detail);
  return id;
}

FormulaId AccountContext::exact(double value, const Dimension& dimension, const std::string& label) const {
  const FormulaId id = graph.constant(value, dimension);
  graph.describe(id, label);
  return id;
}

ActivityWork work_of(const AccountContext& context, const ManifestActivity& activity) {
  ActivityWork work;
  work.activity = &activity;
  const ManifestConditions &own = activity.conditions, &defaults = context.manifest.defaults;
  inherit(work, "zone", &ManifestConditions::zone, own, defaults);
  inherit(work, "at", &ManifestConditions::at, own, defaults);
  inherit(work, "plane", &ManifestConditions::plane, own, defaults);
  inherit(work, "boundary", &ManifestConditions::boundary, own, defaults);
  inherit(work, "tariff", &ManifestConditions::tariff, own, defaults);
  inherit(work, "intensity", &ManifestConditions::intensity, own, defaults);
  inherit(work, "upstream_intensity", &ManifestConditions::upstream_intensity, own, defaults);
  inherit(work, "marginal_intensity", &ManifestConditions::marginal_intensity, own, defaults);
  inherit(work, "grid_loss", &ManifestConditions::grid_loss, own, defaults);
  inherit(work, "pue", &ManifestConditions::pue, own, defaults);
  inherit(work, "wue_site", &ManifestConditions::wue_site, own, defaults);
  inherit(work, "wue_grid", &ManifestConditions::wue_grid, own, defaults);
  inherit(work, "price", &ManifestConditions::price, own, defaults);
  inherit(work, "rest_of_node", &ManifestConditions::rest_of_node, own, defaults);
  inherit(work, "psu_efficiency", &ManifestConditions::psu_efficiency, own, defaults);
  drop_foreign_intensities(work);
  if (work.own["price"]) work.conditions.tariff = own.tariff;
  if (!context.options.zone.empty()) {
    work.conditions.zone = context.options.zone;
    work.conditions.boundary.clear();
    work.conditions.intensity = work.conditions.upstream_intensity = work.conditions.marginal_intensity =
        work.conditions.grid_loss = {};
  }
  if (!context.options.at.empty()) work.conditions.at = context.options.at;
  work.shown.id = activity.id;
  work.shown.phase = activity.phase;
  work.shown.model = activity.model;
  work.shown.project = activity.project;
  work.shown.status = activity.status;
  return work;
}

}  // namespace olivine
