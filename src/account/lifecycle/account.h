// Account: what a manifest amounts to. Figures by name, each with its range by Monte Carlo and to first order, its basis, and a
// formula that `--explain` follows down to factor rows and settings; and the lists that say what is in it and what is not.
//
// Names: total.X, phase.P.X, model.M.X, project.P.X, waste.failed.X, waste.idle.X, activity.ID.X, hardware.ID.X, unit.NAME.X, and the
// manifest's own figures, with X one of
//   energy (as billed: after PUE), it_energy, operational, upstream, losses, embodied, carbon, marginal, market, water_site,
//   water_grid, water, cost, device_hours; of hardware embodied_rate; of totals scope_1, scope_2, scope_2_and_3, scope_3
//
// carbon = operational (location-based average, with upstream and losses where stated) + embodied. marginal is for differences only
// and in no sum (METHODS 11). A figure that rests on something unknown has no value and, where one is known, a lower bound.
//
// Units: each figure names its own. Errors: none. Threads: values. Lifetime: FormulaIds are of `graph`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/lifecycle/sources.h"
#include "account/lifecycle/value_formula.h"
#include "account/uncertainty/monte_carlo.h"
#include "account/uncertainty/tornado.h"

namespace olivine {

struct AccountFigure {
  std::string id, label, unit;
  double factor = 1.0;  // coherent units in one of `unit`
  Dimension dimension;
  FormulaId formula = 0;
  std::optional<double> value;                     // in `unit`: every input at its mean
  std::optional<double> lower, upper;              // 95 %, Monte Carlo
  std::optional<double> first_lower, first_upper;  // 95 %, first order
  bool orders_agree = true;                        // GUM supplement 1, clause 8
  std::optional<double> at_least;                  // lower bound of what is not known
  std::string reason;                              // why not known
  Basis basis = Basis::kAssumed;                   // the weakest that it rests on
  BasisShare shares;                               // of totals: how much of it rests on which
};

struct AccountActivity {
  std::string id, phase, model, project, status, zone, zone_name, span, plane;
  std::string intensity_method, intensity_source, dataset, boundary;
  double coverage = 0.0;
  std::optional<WallInterval> interval;  // what `span` says; absent: nobody said when
  std::vector<std::string> notes;
};

struct AccountInput {  // a line of the budget
  std::string name, unit, source, group, distribution;
  double mean = 0.0, lower = 0.0, upper = 0.0;  // in `unit`
  Basis basis = Basis::kAssumed;
  double variance_share = 0.0;
};
struct AccountBar {  // of the tornado, in the unit of the figure
  std::string input;
  double at_lower = 0.0, at_upper = 0.0;
};

struct Account {
  std::string name, description, functional, currency, file, booking;
  std::string signal = "average";
  std::vector<AccountFigure> figures;
  std::vector<AccountActivity> activities;
  std::vector<std::string> phases, models, projects, hardware, units, own_figures;  // ids, in order of first appearance
  std::string governed;  // the figure that tornado and budget are about
  std::vector<AccountBar> tornado;
  std::vector<AccountInput> budget;
  std::vector<std::string> not_counted, notes;
  std::vector<QualityNote> quality;
  std::size_t samples = 0;
  std::uint64_t seed = 1;
  std::shared_ptr<FormulaGraph> graph;

  const AccountFigure* find(std::string_view id) const;

 private:
  friend class AccountEvaluation;
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

struct AccountOptions {
  std::string zone, at;              // in place of what the manifest says, everywhere
  Signal signal = Signal::kAverage;  // marginal: differences only; totals of carbon are then not given
  std::size_t samples = 100'000;
  std::uint64_t seed = 1;
};

Result<Account> evaluate_account(const Manifest& manifest, const AccountSources& sources,
                                 const AccountOptions& options);

}  // namespace olivine
