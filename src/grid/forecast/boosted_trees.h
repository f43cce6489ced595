// BoostedTrees: gradient-boosted regression trees, trained and evaluated by XGBoost (Chen and Guestrin 2016).
//
// Features that are not known (NaN) go the way that a split learnt for them. The same rows, settings and seed give the same
// trees: one thread, histogram method.
//
//   trees = BoostedTrees::fit(library, rows, y, settings);   trees->predict(rows)
//
// Units: the caller's. Errors: kInvalid for no rows or rows and y of different number; else XGBoost's own words. Threads: one.
// Lifetime: owns its booster and keeps the library loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "grid/forecast/xgboost_api.h"

namespace olivine {

struct TreeSettings {
  int rounds = 300;
  double learning_rate = 0.04;
  int depth = 5;
  int least_child_weight = 20;
  double row_share = 0.7;     // of the rows for each tree
  double column_share = 0.3;  // of the features for each tree
  int bins = 64;
  std::uint32_t seed = 1;
};

struct FloatRows {
  std::size_t columns = 0;
  std::vector<float> values;
  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
};

class BoostedTrees {
 public:
  using Library = std::shared_ptr<const XgboostLibrary>;
  static Result<BoostedTrees> fit(Library library, const FloatRows& x, const std::vector<float>& y,
                                  const TreeSettings& settings);
  static Result<BoostedTrees> from_json(Library library, std::string_view json);
  ~BoostedTrees();
  BoostedTrees(BoostedTrees&& other) noexcept;
  BoostedTrees& operator=(BoostedTrees&& other) noexcept;
  Result<std::vector<double>> predict(const FloatRows& x) const;
  Result<std::string> to_json() const;  // XGBoost's own model format

 private:
  BoostedTrees(Library library, XgboostApi::Handle booster) : library_(std::move(library)), booster_(booster) {}
  Library library_;
  XgboostApi::Handle booster_ = nullptr;
};

}  // namespace olivine
