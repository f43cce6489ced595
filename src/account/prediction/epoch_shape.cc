#include "account/prediction/epoch_shape.h"

#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

constexpr std::int64_t kBlocks = 2048;

// n values from `from` to `to`, equal steps of the logarithm.
std::vector<double> log_steps(double from, double to, int n) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(from * std::pow(to / from, static_cast<double>(i) / (n - 1)));
  return values;
}

void spread(std::vector<EpochShape>& all, std::vector<EpochShape> family, EpochTrend trend, double prior) {
  for (EpochShape& shape : family) {
    shape.trend = trend;
    shape.prior = prior / static_cast<double>(family.size());
    all.push_back(shape);
  }
}

}  // namespace

double EpochShape::at(double i) const {
  switch (form_) {
    case Form::kConstant: return 1.0;
    case Form::kLinear: return 1.0 + slope_ * (std::min(i, turn_) - 1.0);
    case Form::kGeometric: return floor_ + (1.0 - floor_) * std::pow(ratio_, i - 1.0);
    case Form::kStep: return i > turn_ ? factor_ : 1.0;
  }
  return 1.0;
}

double EpochShape::sum(std::int64_t first, std::int64_t last) const {
  const std::int64_t count = last - first;
  if (count <= 0) return 0.0;
  if (form_ == Form::kConstant) return static_cast<double>(count);
  double total = 0.0;
  if (count <= kBlocks) {
    for (std::int64_t i = first + 1; i <= last; ++i) total += at(static_cast<double>(i));
    return total;
  }
  const double length = static_cast<double>(count) / static_cast<double>(kBlocks);
  for (std::int64_t b = 0; b < kBlocks; ++b)
    total += length * at(static_cast<double>(first) + 0.5 + (static_cast<double>(b) + 0.5) * length);
  return total;
}

EpochShape EpochShape::steady() { return {}; }

EpochShape EpochShape::linear(double rho, double epochs) { return ramp(rho, epochs, epochs); }

EpochShape EpochShape::ramp(double rho, double turn, double) {
  EpochShape shape;
  shape.form_ = Form::kLinear;
  shape.turn_ = std::max(2.0, turn);
  shape.slope_ = (rho - 1.0) / (shape.turn_ - 1.0);
  return shape;
}

EpochShape EpochShape::geometric(double rho, double epochs) {
  EpochShape shape = decay(std::pow(rho, 1.0 / std::max(1.0, epochs - 1.0)), 0.0);
  return shape;
}

EpochShape EpochShape::decay(double ratio, double floor) {
  EpochShape shape;
  shape.form_ = Form::kGeometric;
  shape.ratio_ = ratio;
  shape.floor_ = floor;
  return shape;
}

EpochShape EpochShape::step(double factor, double turn, double) {
  EpochShape shape;
  shape.form_ = Form::kStep;
  shape.factor_ = factor;
  shape.turn_ = std::max(1.0, turn);
  return shape;
}

std::vector<EpochShape> epoch_shapes(std::int64_t epochs) {
  const auto n = static_cast<double>(epochs);
  std::vector<EpochShape> all, growing, ramps, shrinking, steps;
  spread(all, {EpochShape::steady()}, EpochTrend::kSteady, 0.54);
  for (const double rho : log_steps(1.1, 20.0, 60)) growing.push_back(EpochShape::linear(rho, n));
  for (const double rho : log_steps(1.1, 20.0, 30)) growing.push_back(EpochShape::geometric(rho, n));
  spread(all, growing, EpochTrend::kGrowing, 0.13);
  for (const double turn : {0.25, 0.4, 0.5, 0.6, 0.75})
    for (const double rho : log_steps(1.2, 12.0, 30)) ramps.push_back(EpochShape::ramp(rho, turn * n, n));
  spread(all, ramps, EpochTrend::kRamp, 0.09);
  for (const double floor : {0.02, 0.1, 0.25, 0.4, 0.6})
    for (const double loss : log_steps(0.01, 0.45, 40)) shrinking.push_back(EpochShape::decay(1.0 - loss, floor));
  for (const double rho : log_steps(0.05, 0.9, 20)) shrinking.push_back(EpochShape::linear(rho, n));
  spread(all, shrinking, EpochTrend::kShrinking, 0.15);
  for (const double turn : {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8})
    for (const double factor : {0.3, 0.5, 0.7, 1.4}) steps.push_back(EpochShape::step(factor, turn * n, n));
  spread(all, steps, EpochTrend::kStep, 0.09);
  return all;
}

}  // namespace olivine
