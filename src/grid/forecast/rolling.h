// Rolling forecasts: every model's forecasts as they would have been issued, day after day, each from what was known then.
//
// For the issue of day i and lead L (the target day is i + L) a model is trained on targets before day i, at the latest refit
// at or before i: ridge every week, trees every two months, always on the whole past. The models:
//
//   persistence      the same hour of the day before the issue
//   seasonal_naive   the same hour one week before the target
//   ridge            log intensity, one model a slot and lead (ridge.h)
//   trees            boosted trees of the distance from the last week's mean, one model a lead, the slot a feature
//   trees_on_ridge   boosted trees of what ridge left over; trained on ridge's own rolling forecasts, which are out of sample
//
// Without XGBoost the last two are absent. Changing any intensity at or after an issue changes nothing issued then.
//
// Units: log(g/kWh). Errors: XGBoost's. Threads: one. Lifetime: values.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "grid/forecast/boosted_trees.h"
#include "grid/forecast/day_grid.h"
#include "grid/forecast/ridge.h"

namespace olivine {

struct RollingSettings {
  std::size_t leads = 1;        // target days for each issue
  std::size_t first_issue = 0;  // days of the grid
  std::size_t end_issue = 0;
  std::size_t anchor = 0;  // trees are trained at this day and every trees_refit_days from it, and at first_issue
  std::size_t ridge_refit_days = 7;
  std::size_t trees_refit_days = 62;
  std::size_t least_days = 120;  // of training before ridge forecasts
  RidgeSettings ridge;
  TreeSettings trees;
  TreeSettings residual_trees{.rounds = 150};
};

// One model's forecasts: [lead][(issue - first_issue) * 24 + slot]; NaN where the model had nothing to go on.
struct ModelTrack {
  std::string name;
  std::vector<std::vector<double>> log_g;
};

// What the last training left: kept by the model registry.
struct TrainedLead {
  std::vector<RidgeModel> ridge;                // one a slot
  std::string trees_json, residual_trees_json;  // empty without XGBoost
};

struct RollingForecast {
  std::vector<ModelTrack> models;
  std::vector<TrainedLead> trained;
};

using Progress = std::function<void(const std::string&)>;

// `library` may be null: no trees.
Result<RollingForecast> roll_forecasts(const DayGrid& grid, const RollingSettings& settings,
                                       const BoostedTrees::Library& library, const Progress& progress);

}  // namespace olivine
