#include "grid/forecast/ridge.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

double scaled(double x, double mean, double deviation, double clip) {
  return std::isnan(x) ? 0.0 : std::clamp((x - mean) / deviation, -clip, clip);
}

}  // namespace

double RidgeModel::predict(std::span<const double> x) const {
  double sum = intercept;
  for (std::size_t k = 0; k < weight.size(); ++k) sum += weight[k] * scaled(x[k], mean[k], deviation[k], clip);
  return sum;
}

struct RidgeLearner::State {
  std::size_t columns;
  RidgeSettings settings;
  std::vector<double> x, y;             // all rows with a known y
  std::vector<double> mean, deviation;  // as of `based_on` rows
  std::size_t based_on = 0, added = 0;  // rows in the equations
  Eigen::MatrixXd gram;                 // of z with a last column of ones
  Eigen::VectorXd moment;

  std::size_t rows() const { return y.size(); }

  void take_means() {
    mean.assign(columns, 0.0);
    deviation.assign(columns, 1.0);
    for (std::size_t k = 0; k < columns; ++k) {
      double sum = 0.0, squares = 0.0, count = 0.0;
      for (std::size_t r = 0; r < rows(); ++r)
        if (const double v = x[r * columns + k]; !std::isnan(v)) sum += v, count += 1.0;
      if (count == 0.0) continue;
      mean[k] = sum / count;
      for (std::size_t r = 0; r < rows(); ++r)
        if (const double v = x[r * columns + k]; !std::isnan(v)) squares += (v - mean[k]) * (v - mean[k]);
      const double found = std::sqrt(squares / count);
      if (found > 1e-9) deviation[k] = found;
    }
    based_on = rows();
    added = 0;
    const auto size = static_cast<Eigen::Index>(columns + 1);
    gram = Eigen::MatrixXd::Zero(size, size);
    moment = Eigen::VectorXd::Zero(size);
  }

  void add_new_rows() {
    const std::size_t count = rows() - added;
    if (count == 0) return;
    Eigen::MatrixXd z(static_cast<Eigen::Index>(columns + 1), static_cast<Eigen::Index>(count));
    Eigen::VectorXd target(static_cast<Eigen::Index>(count));
    for (std::size_t r = 0; r < count; ++r) {
      const auto column = static_cast<Eigen::Index>(r);
      for (std::size_t k = 0; k < columns; ++k)
        z(static_cast<Eigen::Index>(k), column) =
            scaled(x[(added + r) * columns + k], mean[k], deviation[k], settings.clip);
      z(static_cast<Eigen::Index>(columns), column) = 1.0;
      target(column) = y[added + r];
    }
    gram.selfadjointView<Eigen::Lower>().rankUpdate(z);
    moment.noalias() += z * target;
    added = rows();
  }
};

RidgeLearner::RidgeLearner(std::size_t columns, RidgeSettings settings) : state_(std::make_unique<State>()) {
  state_->columns = columns;
  state_->settings = settings;
}
RidgeLearner::~RidgeLearner() = default;
RidgeLearner::RidgeLearner(RidgeLearner&&) noexcept = default;
RidgeLearner& RidgeLearner::operator=(RidgeLearner&&) noexcept = default;

void RidgeLearner::learn(std::span<const double> x, double y) {
  if (std::isnan(y)) return;
  state_->x.insert(state_->x.end(), x.begin(), x.end());
  state_->y.push_back(y);
}

std::optional<RidgeModel> RidgeLearner::model() {
  State& s = *state_;
  if (s.rows() < s.settings.least_rows) return std::nullopt;
  if (s.based_on == 0 || s.rows() * 2 >= s.based_on * 3) s.take_means();
  s.add_new_rows();
  Eigen::MatrixXd system = s.gram;
  for (Eigen::Index k = 0; k < static_cast<Eigen::Index>(s.columns); ++k) system(k, k) += s.settings.alpha;
  const Eigen::VectorXd solved = system.selfadjointView<Eigen::Lower>().ldlt().solve(s.moment);
  RidgeModel model{s.mean, s.deviation, {}, solved(static_cast<Eigen::Index>(s.columns)), s.settings.clip};
  model.weight.assign(solved.data(), solved.data() + s.columns);
  return model;
}

}  // namespace olivine
