// ActivityWork: one activity on its way from written values to formulas; AccountContext: what all steps share. Internal to lifecycle/.
//
// The steps: energy to the facility's meter (energy_formulas), intensities of all (carbon_formulas, twice: ask, then build, because
// zones share one relative range), embodied (embodied_formulas), contracts (market_formulas), sums (totals).
//
// Units: coherent. Errors: none. Threads: one. Lifetime: pointers into the manifest.
#pragma once

#include "account/lifecycle/account.h"

namespace olivine {

using TermMap = std::map<std::string, FormulaId>;  // "energy" -> formula

struct EnergyPart {
  FormulaId facility = 0;            // energy at the facility's meter
  std::optional<FormulaId> it;       // at the node's plug; absent when only the facility's is known
  std::optional<WallInterval> span;  // when; absent: nobody said
  std::vector<EnergySlice> slices;   // of a measured run
  std::string zone;
  std::optional<SpanIntensity> average, marginal;  // by zone; absent where the manifest states a number
};

struct ActivityWork {
  const ManifestActivity* activity = nullptr;
  ManifestConditions conditions;    // own, else the defaults'
  std::map<std::string, bool> own;  // condition key -> stated by the activity itself
  std::string plane;
  std::optional<FormulaId> device_time;
  std::optional<FormulaId> count;
  // Of a group of a table's rows (bulk_activities.h):
  std::optional<FormulaId> preset_energy;
  std::optional<WallInterval> preset_span;
  std::vector<EnergySlice> preset_slices;
  std::vector<EnergyPart> parts;
  TermMap terms;
  AccountActivity shown;

  std::string path(std::string_view key) const;  // "activity.training.power" or "defaults.pue"
};

struct AccountContext {
  const Manifest& manifest;
  const AccountSources& sources;
  const AccountOptions& options;
  FormulaGraph& graph;
  ValueFormulas values;
  std::map<std::string, std::vector<std::string>> left_out;  // why -> of what; becomes not_counted
  std::vector<std::string> notes;
  std::map<std::string, RelativeRange> zone_ranges;  // "FR average lifecycle" -> the widest of its spans

  AccountContext(const Manifest& m, const AccountSources& s, const AccountOptions& o, FormulaGraph& g)
      : manifest(m), sources(s), options(o), graph(g), values(m, g) {}
  void leave_out(const std::string& why, const std::string& what) { left_out[why].push_back(what); }
  void note(const std::string& text);
  tl::unexpected<Error> refuse(std::size_t line, std::string_view why) const;
  // Labels a formula and passes it on.
  Result<FormulaId> labelled(Result<FormulaId> id, const std::string& label, const std::string& detail) const;
  FormulaId exact(double value, const Dimension& dimension, const std::string& label) const;
};

// The conditions of an activity: its own, else the defaults; the command line's zone and time over both.
ActivityWork work_of(const AccountContext& context, const ManifestActivity& activity);

Status build_energy(AccountContext& context, ActivityWork& work);
Status ask_intensities(AccountContext& context, ActivityWork& work);
Status build_carbon(AccountContext& context, ActivityWork& work);  // operational, marginal, upstream, losses, scopes
Status build_water_and_cost(AccountContext& context, ActivityWork& work);
Status build_embodied(AccountContext& context, ActivityWork& work);
Status build_market(AccountContext& context, std::vector<ActivityWork>& works);
// hardware.ID.embodied_rate of all hardware; with booking = "purchase" what was bought.
Result<std::map<std::string, TermMap>> hardware_terms(AccountContext& context, const std::vector<ActivityWork>& works);

}  // namespace olivine
