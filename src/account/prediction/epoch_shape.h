// EpochShape: how the cost of an epoch may change over a training, as far as anybody knows beforehand. Each shape is a
// function g(i) of the epoch's number i = 1..N with g(1) = 1, and a prior probability; what a training costs is its level
// times g. The shapes that are thought of:
//
//   steady      g = 1
//   growing     linear to rho x, or geometric to rho x, at the last epoch (data are added: curriculum, active learning)
//   ramp        linear until epoch c N, then level (a curriculum that ends)
//   shrinking   floor + (1 - floor) q^(i-1) (pruning, mining of hard examples; the floor is a plateau), or linear to rho x
//   step        steady until epoch c N, then s x (layers are frozen, the resolution changes)
//
// The priors say that most trainings are steady; they are assumed, and chosen on runs other than those that are scored
// (docs/methods/prediction.md).
//
// Units: relative. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <vector>

namespace olivine {

enum class EpochTrend { kSteady, kGrowing, kRamp, kShrinking, kStep };
inline constexpr std::size_t kEpochTrends = 5;

class EpochShape {
 public:
  EpochTrend trend = EpochTrend::kSteady;
  double prior = 0.0;
  // Relative cost of epoch i, from 1.
  double at(double i) const;
  // Sum of `at` over first < i <= last. Beyond some thousand epochs by blocks.
  double sum(std::int64_t first, std::int64_t last) const;

  static EpochShape steady();
  static EpochShape linear(double rho, double epochs);
  static EpochShape geometric(double rho, double epochs);
  static EpochShape ramp(double rho, double turn, double epochs);
  static EpochShape decay(double ratio, double floor);
  static EpochShape step(double factor, double turn, double epochs);

 private:
  enum class Form { kConstant, kLinear, kGeometric, kStep };
  Form form_ = Form::kConstant;
  double slope_ = 0.0, turn_ = 1e18;  // linear: 1 + slope (min(i, turn) - 1)
  double ratio_ = 1.0, floor_ = 0.0;  // geometric: floor + (1 - floor) ratio^(i-1)
  double factor_ = 1.0;               // step: from `turn` on
};

// All of them for a training of so many epochs; the priors sum to 1.
std::vector<EpochShape> epoch_shapes(std::int64_t epochs);

}  // namespace olivine
