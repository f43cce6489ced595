// What a training will use in all, from its first epochs. Works on any positive quantity of an epoch: joules, seconds.
//
// Every shape of epoch_shape.h, each with and without a warm-up (the first epoch dearer by its own factor) and with each
// of some noise levels, is a hypothesis. Bayes' rule weighs them by how well they explain the measured epochs; residuals
// of the logarithm follow Student's t with 4 degrees of freedom, so that one disturbed epoch does not bend the result. A
// hypothesis says what the epochs to come will use, with a lognormal range. The range is the mixture's 2.5 and 97.5 %
// quantiles, the probability of exceeding a budget is the mixture's too; the value is the median under the trend that
// is believed. Warm-ups, drifts and plateaus are "recognised"
// as hypotheses that gain weight as epochs come in.
//
//   measured 10, 10, 10 of 10 planned: 100, steady
//   measured 20, 10, 10 of 10 planned: 110, a warm-up; epochs x mean of measured (carbontracker's rule): 133
//   measured 10, 11, 12, 13 of 10 planned: 145, growing; carbontracker's rule: 115
//
// Carbontracker's rule: Anthony, Kanding, Selvan: "Carbontracker", arXiv 2007.03051, section 3 (linear in the epochs).
//
// With `may_stop` three of four trainings stop, at any later epoch with equal probability (assumed).
//
// Units: the caller's. Errors: kInvalid: no measured epoch, fewer planned than measured, a value that is not above zero.
// Threads: pure. Lifetime: values.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "account/prediction/epoch_shape.h"
#include "base/result.h"

namespace olivine {

inline constexpr std::int64_t kMostPlannedEpochs = 10'000'000;

class EpochPrediction {
 public:
  // Of all planned epochs together, the measured ones included.
  double value() const { return value_; }
  double lower() const { return lower_; }
  double upper() const { return upper_; }
  double measured() const { return measured_; }      // of the measured ones
  double to_the_end() const { return to_the_end_; }  // the median when it does not stop early
  double carbontracker() const { return carbontracker_; }
  double probability_above(double total) const;
  double quantile(double probability) const;
  // How much speaks for each trend, and for a dearer first epoch; 0..1.
  double trend(EpochTrend trend) const { return trends_[static_cast<std::size_t>(trend)]; }
  double warm_up() const { return warm_up_; }

 private:
  friend Result<EpochPrediction> predict_epochs(std::span<const double>, std::int64_t, bool);
  struct Part {  // lognormal, of what is to come
    double weight = 0.0, log_median = 0.0, log_sd = 0.0;
    EpochTrend trend = EpochTrend::kSteady;
  };
  void merge();
  void settle();
  void stop_anywhere();

  std::vector<Part> parts_;
  double measured_ = 0.0, value_ = 0.0, lower_ = 0.0, upper_ = 0.0, to_the_end_ = 0.0, carbontracker_ = 0.0,
         warm_up_ = 0.0;
  std::array<double, kEpochTrends> trends_{};
};

Result<EpochPrediction> predict_epochs(std::span<const double> measured, std::int64_t planned, bool may_stop = false);

// How far the prediction would have been off: after each j < measured epochs, predicted for all measured ones against what
// they were. Relative; empty with fewer than two epochs.
struct PastPrediction {
  std::int64_t after = 0;
  double error = 0.0;
  bool inside = false;
};
std::vector<PastPrediction> check_past(std::span<const double> measured);

}  // namespace olivine
