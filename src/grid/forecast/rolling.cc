#include "grid/forecast/rolling.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "grid/forecast/features.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The forecasts of one lead.
class Lead {
 public:
  Lead(const DayGrid& grid, const RollingSettings& settings, const BoostedTrees::Library& library, std::size_t lead)
      : grid_(grid),
        settings_(settings),
        library_(library),
        lead_(lead),
        table_(feature_table(grid, lead, settings.end_issue)) {}

  void run_ridge();
  Status run_trees(bool on_ridge, std::vector<double>& out, std::string& json) const;
  std::vector<double> naive(bool seasonal) const;
  std::vector<double> ridge_out() const { return issued(ridge_); }
  const std::vector<RidgeModel>& ridge_models() const { return models_; }

 private:
  bool known(std::size_t issue) const { return issue + lead_ < grid_.days; }
  double target(std::size_t issue, std::size_t slot) const { return grid_.target.at(issue + lead_, slot); }
  // From [day * 24 + slot] of the whole table to the issues asked for.
  std::vector<double> issued(const std::vector<double>& all) const {
    return {all.begin() + static_cast<std::ptrdiff_t>(settings_.first_issue * kSlots), all.end()};
  }
  double base(bool on_ridge, std::size_t issue, std::size_t slot) const {
    return on_ridge ? ridge_[issue * kSlots + slot] : grid_.target.week_at(issue, slot);
  }
  void add_row(bool on_ridge, std::size_t issue, std::size_t slot, FloatRows& rows) const;
  Result<BoostedTrees> train(bool on_ridge, std::size_t issue) const;

  const DayGrid& grid_;
  const RollingSettings& settings_;
  const BoostedTrees::Library& library_;
  std::size_t lead_;
  std::vector<Matrix> table_;
  std::vector<double> ridge_;  // rolling forecasts of all days from least_days on
  std::vector<RidgeModel> models_;
};

void Lead::run_ridge() {
  ridge_.assign(settings_.end_issue * kSlots, kUnknown);
  models_.assign(kSlots, {});
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const Matrix& x = table_[slot];
    RidgeLearner learner(x.columns, settings_.ridge);
    std::size_t learnt = kFirstDay;
    std::optional<RidgeModel> model;
    for (std::size_t issue = settings_.least_days; issue < settings_.end_issue; ++issue) {
      if (!model || (issue - settings_.least_days) % settings_.ridge_refit_days == 0) {
        for (; learnt + lead_ < issue; ++learnt) learner.learn({x.row(learnt), x.columns}, target(learnt, slot));
        model = learner.model();
      }
      if (model && known(issue)) ridge_[issue * kSlots + slot] = model->predict({x.row(issue), x.columns});
    }
    if (model) models_[slot] = std::move(*model);
  }
}

void Lead::add_row(bool on_ridge, std::size_t issue, std::size_t slot, FloatRows& rows) const {
  const Matrix& x = table_[slot];
  for (std::size_t k = 0; k < x.columns; ++k) rows.values.push_back(static_cast<float>(x.row(issue)[k]));
  rows.values.push_back(static_cast<float>(slot));
  if (!on_ridge) return;
  const double ridge = ridge_[issue * kSlots + slot];
  rows.values.push_back(static_cast<float>(ridge));
  rows.values.push_back(static_cast<float>(ridge - grid_.target.week_at(issue, slot)));
}

Result<BoostedTrees> Lead::train(bool on_ridge, std::size_t issue) const {
  FloatRows rows{table_[0].columns + (on_ridge ? 3 : 1), {}};
  std::vector<float> y;
  for (std::size_t day = kFirstDay; day + lead_ < issue; ++day)
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const double distance = target(day, slot) - base(on_ridge, day, slot);
      if (std::isnan(distance)) continue;
      add_row(on_ridge, day, slot, rows);
      y.push_back(static_cast<float>(distance));
    }
  return BoostedTrees::fit(library_, rows, y, on_ridge ? settings_.residual_trees : settings_.trees);
}

Status Lead::run_trees(bool on_ridge, std::vector<double>& out, std::string& json) const {
  std::vector<double> all(settings_.end_issue * kSlots, kUnknown);
  std::optional<BoostedTrees> trees;
  for (std::size_t issue = settings_.first_issue; issue < settings_.end_issue; ++issue) {
    const std::size_t from_anchor = issue > settings_.anchor ? issue - settings_.anchor : settings_.anchor - issue;
    if (!trees || from_anchor % settings_.trees_refit_days == 0) {
      OLIVINE_TRY(trees, train(on_ridge, issue));
    }
    if (!known(issue)) continue;
    FloatRows rows{table_[0].columns + (on_ridge ? 3 : 1), {}};
    for (std::size_t slot = 0; slot < kSlots; ++slot) add_row(on_ridge, issue, slot, rows);
    OLIVINE_TRY(const std::vector<double> distance, trees->predict(rows));
    for (std::size_t slot = 0; slot < kSlots; ++slot)
      all[issue * kSlots + slot] = distance[slot] + base(on_ridge, issue, slot);
  }
  out = issued(all);
  if (trees) {
    OLIVINE_TRY(json, trees->to_json());
  }
  return {};
}

std::vector<double> Lead::naive(bool seasonal) const {
  std::vector<double> all(settings_.end_issue * kSlots, kUnknown);
  for (std::size_t issue = settings_.first_issue; issue < settings_.end_issue; ++issue) {
    const std::size_t back = seasonal ? 7 : 1;
    const std::size_t from = seasonal ? issue + lead_ : issue;
    if (from < back || !known(issue)) continue;
    for (std::size_t slot = 0; slot < kSlots; ++slot) all[issue * kSlots + slot] = grid_.target.at(from - back, slot);
  }
  return issued(all);
}

}  // namespace

Result<RollingForecast> roll_forecasts(const DayGrid& grid, const RollingSettings& settings,
                                       const BoostedTrees::Library& library, const Progress& progress) {
  RollingForecast result;
  for (const char* name : {"persistence", "seasonal_naive", "ridge", "trees", "trees_on_ridge"})
    if (library || !std::string_view(name).starts_with("trees")) result.models.push_back({name, {}});
  for (std::size_t lead = 0; lead < settings.leads; ++lead) {
    Lead one(grid, settings, library, lead);
    TrainedLead trained;
    result.models[0].log_g.push_back(one.naive(false));
    result.models[1].log_g.push_back(one.naive(true));
    progress(fmt::format("day {} of {}: ridge", lead + 1, settings.leads));
    one.run_ridge();
    result.models[2].log_g.push_back(one.ridge_out());
    trained.ridge = one.ridge_models();
    if (library) {
      progress(fmt::format("day {} of {}: boosted trees", lead + 1, settings.leads));
      for (const bool on_ridge : {false, true}) {
        std::vector<double> out;
        OLIVINE_CHECK_STATUS(one.run_trees(on_ridge, out, on_ridge ? trained.residual_trees_json : trained.trees_json));
        result.models[on_ridge ? 4 : 3].log_g.push_back(std::move(out));
      }
    }
    result.trained.push_back(std::move(trained));
  }
  return result;
}

}  // namespace olivine
