// Ridge regression whose rows arrive in order of time: learn some, ask for the model, learn more.
//
//   minimise  sum over rows (y - b - w.z)^2 + alpha |w|^2,   z = (x - mean) / deviation, clipped to +-clip
//
// The clip keeps a row of nonsense (weather of zeros) from exploding. Mean and deviation come from the rows learnt so far and
// are then kept until half as many rows again have come; between those points only the new rows are added to the normal
// equations. A feature that is not known counts as its mean; a row whose y is not known is left out.
//
// Hoerl and Kennard 1970. Example: x = 0, 1, 2, 3 and y = 1, 3, 5, 7 with alpha -> 0: the prediction for 4 is 9.
//
// Units: the caller's. Errors: model() is empty while fewer than 60 rows with a known y were learnt. Threads: one.
// Lifetime: values.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace olivine {

struct RidgeSettings {
  double alpha = 60.0;
  double clip = 4.0;
  std::size_t least_rows = 60;
};

struct RidgeModel {
  std::vector<double> mean, deviation, weight;
  double intercept = 0.0;
  double clip = 4.0;
  double predict(std::span<const double> x) const;
  bool operator==(const RidgeModel&) const = default;
};

class RidgeLearner {
 public:
  RidgeLearner(std::size_t columns, RidgeSettings settings);
  ~RidgeLearner();
  RidgeLearner(RidgeLearner&&) noexcept;
  RidgeLearner& operator=(RidgeLearner&&) noexcept;
  void learn(std::span<const double> x, double y);
  std::optional<RidgeModel> model();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace olivine
