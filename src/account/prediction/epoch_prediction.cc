#include "account/prediction/epoch_prediction.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace olivine {
namespace {

// Assumed, and chosen on runs that are not scored; see docs/methods/prediction.md.
constexpr double kWarmUpPrior = 0.45;  // that the first epoch is dearer
constexpr double kSmallWarmUps = 0.5;  // part of the warm-ups that are caches and clocks, not preparation
constexpr double kSmallWarmUp = 0.1;   // means of the logarithm of the factor, exponential
constexpr double kLargeWarmUp = 0.5;
constexpr double kDisturbedPrior = 0.05;  // that the last epoch was disturbed by others
constexpr double kDisturbance = 0.25;     // mean of its logarithm
constexpr double kNoiseMedian = 0.018;    // of an epoch, relative
constexpr double kNoiseSpread = 0.6;      // of its logarithm
constexpr std::array<double, 8> kNoise{0.006, 0.01, 0.016, 0.025, 0.04, 0.065, 0.11, 0.2};
constexpr double kCommon = 0.6;       // part of the noise that the first epochs share and later ones do not
constexpr double kModelError = 0.03;  // no shape is exact
constexpr double kClip = 4.0;         // noises above the level, at most, in the mean
constexpr double kFreedom = 4.0;
constexpr double kStopPrior = 0.75;  // where a stop is possible
constexpr double kBelieved = 0.6;
constexpr double kUnbelievable = 0.2;
constexpr int kStops = 16;
constexpr std::size_t kMostFitted = 256;  // more epochs are fitted in blocks
constexpr double kNegligible = 1e-7;

struct Point {  // an epoch, or the mean of a block of them
  double number = 0.0, log_value = 0.0, count = 1.0;
};

std::vector<Point> points_of(std::span<const double> measured) {
  std::vector<Point> points;
  const std::size_t block = (measured.size() + kMostFitted - 1) / kMostFitted;
  for (std::size_t i = 0; i < measured.size();) {
    const std::size_t end = std::min(i == 0 ? 1 : i + block, measured.size());  // the first one stays alone
    double total = 0.0;
    for (std::size_t k = i; k < end; ++k) total += measured[k];
    const auto count = static_cast<double>(end - i);
    points.push_back({0.5 * static_cast<double>(i + 1 + end), std::log(total / count), count});
    i = end;
  }
  return points;
}

// Level and likelihood of one shape at one noise.
struct Fit {
  double log_level = 0.0, log_likelihood = 0.0, weight = 0.0;
  double skew = 0.0;  // of the mean above the level: disturbances only make epochs dearer
};

double log_student(double z, double noise) {
  return -std::log(noise) - 0.5 * (kFreedom + 1.0) * std::log1p(z * z / kFreedom);
}

// Which epoch tells nothing about the others.
enum class Apart { kNone, kFirst, kLast };

// The logarithm of how likely the epoch that stands apart is so much above the level, or below by noise.
double log_excess(Apart apart, double excess, double noise) {
  const double above = std::max(0.0, excess), z = std::min(0.0, excess) / noise;
  const auto exponential = [&](double mean) { return std::exp(-above / mean) / mean; };
  const double density = apart == Apart::kLast ? exponential(kDisturbance)
                                               : kSmallWarmUps * exponential(kSmallWarmUp) +
                                                     (1.0 - kSmallWarmUps) * exponential(kLargeWarmUp);
  return std::log(density) - 0.5 * z * z;
}

Fit fit(const std::vector<double>& residuals, const std::vector<Point>& points, double noise, Apart apart) {
  const std::size_t first = apart == Apart::kFirst ? 1 : 0, end = residuals.size() - (apart == Apart::kLast ? 1 : 0);
  std::vector<double> sorted(residuals.begin() + static_cast<std::ptrdiff_t>(first),
                             residuals.begin() + static_cast<std::ptrdiff_t>(end));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  Fit best{sorted[sorted.size() / 2], 0.0, 0.0, 0.0};
  if (sorted.size() == 2) best.log_level = 0.5 * (sorted[0] + sorted[1]);
  for (int round = 0; round < 4; ++round) {
    double sum = 0.0;
    best.weight = 0.0;
    for (std::size_t i = first; i < end; ++i) {
      const double z = (residuals[i] - best.log_level) / noise;
      const double w = points[i].count * (kFreedom + 1.0) / (kFreedom + z * z);
      sum += w * residuals[i];
      best.weight += w;
    }
    best.log_level = sum / best.weight;
  }
  double mean = 0.0, count = 0.0;
  for (std::size_t i = first; i < end; ++i) {
    mean += points[i].count * std::exp(std::min(residuals[i] - best.log_level, kClip * noise));
    count += points[i].count;
  }
  best.skew = std::log(mean / count);
  for (std::size_t i = first; i < end; ++i) {
    const double scale = noise / std::sqrt(points[i].count);
    best.log_likelihood += log_student((residuals[i] - best.log_level) / scale, scale);
  }
  best.log_likelihood += std::log(noise / std::sqrt(best.weight));  // the level is not known beforehand
  if (apart != Apart::kNone)
    best.log_likelihood += log_excess(apart, residuals[apart == Apart::kFirst ? 0 : end] - best.log_level, noise);
  return best;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

struct Hypothesis {
  const EpochShape* shape;
  Apart apart;
  double noise, log_level, log_weight, level_weight, skew;
};

std::vector<Hypothesis> hypotheses_of(const std::vector<EpochShape>& shapes, const std::vector<Point>& points) {
  std::vector<Hypothesis> all;
  std::vector<double> residuals(points.size());
  for (const EpochShape& shape : shapes) {
    for (std::size_t i = 0; i < points.size(); ++i)
      residuals[i] = points[i].log_value - std::log(shape.at(points[i].number));
    for (const Apart apart : {Apart::kNone, Apart::kFirst, Apart::kLast}) {
      if (apart != Apart::kNone && points.size() < 2) continue;
      const double prior = apart == Apart::kFirst  ? kWarmUpPrior
                           : apart == Apart::kLast ? kDisturbedPrior
                                                   : 1.0 - kWarmUpPrior - kDisturbedPrior;
      for (const double noise : kNoise) {
        const Fit f = fit(residuals, points, noise, apart);
        const double off = std::log(noise / kNoiseMedian) / kNoiseSpread;
        all.push_back({&shape, apart, noise, f.log_level,
                       f.log_likelihood + std::log(shape.prior) + std::log(prior) - 0.5 * off * off, f.weight, f.skew});
      }
    }
  }
  return all;
}

Status check(std::span<const double> measured, std::int64_t planned) {
  if (measured.empty()) return fail(ErrorKind::kInvalid, "no epoch has ended yet: nothing to predict from");
  if (planned < static_cast<std::int64_t>(measured.size()) || planned > kMostPlannedEpochs)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} epochs are planned: type a number from {}, those that are measured, to {}", planned,
                            measured.size(), kMostPlannedEpochs));
  for (std::size_t i = 0; i < measured.size(); ++i)
    if (!(measured[i] > 0.0) || !std::isfinite(measured[i]))
      return fail(ErrorKind::kInvalid, fmt::format("epoch {} has no measured amount above zero", i + 1));
  return {};
}

}  // namespace

double EpochPrediction::probability_above(double total) const {
  if (total < measured_) return 1.0;
  if (parts_.empty()) return 0.0;
  const double log_rest = std::log(std::max(total - measured_, 1e-300));
  double below = 0.0;
  for (const Part& part : parts_) below += part.weight * normal_cdf((log_rest - part.log_median) / part.log_sd);
  return std::clamp(1.0 - below, 0.0, 1.0);
}

double EpochPrediction::quantile(double probability) const {
  if (parts_.empty()) return measured_;
  double low = parts_.front().log_median, high = low;
  for (const Part& part : parts_) {
    low = std::min(low, part.log_median - 8.0 * part.log_sd);
    high = std::max(high, part.log_median + 8.0 * part.log_sd);
  }
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (1.0 - probability_above(measured_ + std::exp(middle)) < probability ? low : high) = middle;
  }
  return measured_ + std::exp(0.5 * (low + high));
}

// The median under the trend that is believed. With two epochs the whole mixture's median lies between the trends, where no
// training is; a training that changes is believed only when that is clearly more probable than one that does not.
void EpochPrediction::settle() {
  lower_ = quantile(0.025);
  upper_ = quantile(0.975);
  const auto among = [this](std::initializer_list<EpochTrend> trends) {
    EpochPrediction only = *this;
    std::erase_if(only.parts_,
                  [&](const Part& p) { return std::find(trends.begin(), trends.end(), p.trend) == trends.end(); });
    double kept = 0.0;
    for (const Part& part : only.parts_) kept += part.weight;
    for (Part& part : only.parts_) part.weight /= kept;
    return only;
  };
  const double grows = trend(EpochTrend::kGrowing) + trend(EpochTrend::kRamp);  // alike at the beginning
  if (grows > kBelieved)
    value_ = among({EpochTrend::kGrowing, EpochTrend::kRamp}).quantile(0.5);
  else if (trend(EpochTrend::kShrinking) > kBelieved)
    value_ = among({EpochTrend::kShrinking}).quantile(0.5);
  else if (trend(EpochTrend::kStep) > kBelieved)
    value_ = among({EpochTrend::kStep}).quantile(0.5);
  else if (trend(EpochTrend::kSteady) > kUnbelievable)
    value_ = among({EpochTrend::kSteady}).quantile(0.5);
  else
    value_ = quantile(0.5);
  value_ = std::clamp(value_, lower_, upper_);
}

// Parts that say nearly the same become one: a hundredth apart in the median, a tenth in the range.
void EpochPrediction::merge() {
  std::map<std::tuple<EpochTrend, long, long>, Part> bins;
  const double log_unit = std::log(measured_);
  double kept = 0.0;
  for (const Part& part : parts_) {
    Part& bin = bins[{part.trend, std::lround((part.log_median - log_unit) * 100.0),
                      std::lround(std::log(part.log_sd) * 10.0)}];
    bin.weight += part.weight;
    bin.log_median += part.weight * part.log_median;
    bin.log_sd += part.weight * part.log_sd;
    bin.trend = part.trend;
    kept += part.weight;
  }
  parts_.clear();
  for (auto& [key, bin] : bins)
    parts_.push_back({bin.weight / kept, bin.log_median / bin.weight, bin.log_sd / bin.weight, bin.trend});
}

void EpochPrediction::stop_anywhere() {
  const std::vector<Part> whole = parts_;
  for (Part& part : parts_) part.weight *= 1.0 - kStopPrior;
  for (int stop = 0; stop < kStops; ++stop) {  // of what is left, in equal parts of it
    const double done = (stop + 0.5) / kStops;
    for (const Part& part : whole)
      parts_.push_back({part.weight * kStopPrior / kStops, part.log_median + std::log(done),
                        part.log_sd + 0.5 / kStops / done, part.trend});
  }
}

Result<EpochPrediction> predict_epochs(std::span<const double> measured, std::int64_t planned, bool may_stop) {
  OLIVINE_CHECK_STATUS(check(measured, planned));
  const auto done = static_cast<std::int64_t>(measured.size());
  const std::int64_t left = planned - done;
  EpochPrediction p;
  p.measured_ = std::accumulate(measured.begin(), measured.end(), 0.0);
  p.carbontracker_ = p.measured_ / static_cast<double>(done) * static_cast<double>(planned);
  const std::vector<EpochShape> shapes = epoch_shapes(planned);
  std::vector<double> rest;
  for (const EpochShape& shape : shapes) rest.push_back(shape.sum(done, planned));
  const std::vector<Hypothesis> all = hypotheses_of(shapes, points_of(measured));
  double most = -1e300, total = 0.0;
  for (const Hypothesis& h : all) most = std::max(most, h.log_weight);
  for (const Hypothesis& h : all) total += std::exp(h.log_weight - most);
  for (const Hypothesis& h : all) {
    const double weight = std::exp(h.log_weight - most) / total;
    p.trends_[static_cast<std::size_t>(h.shape->trend)] += weight;
    if (h.apart == Apart::kFirst) p.warm_up_ += weight;
    if (weight < kNegligible || left == 0) continue;
    const double variance =
        h.noise * h.noise * (1.0 / h.level_weight + 1.0 / static_cast<double>(left) + kCommon * kCommon) +
        kModelError * kModelError + 0.25 * h.skew * h.skew;
    p.parts_.push_back({weight,
                        h.log_level + 0.5 * h.skew + std::log(rest[static_cast<std::size_t>(h.shape - shapes.data())]),
                        std::sqrt(variance), h.shape->trend});
  }
  if (left == 0) {
    p.value_ = p.lower_ = p.upper_ = p.to_the_end_ = p.measured_;
    return p;
  }
  p.merge();
  p.settle();
  p.to_the_end_ = p.value_;
  if (!may_stop) return p;
  p.stop_anywhere();
  p.merge();
  p.settle();
  return p;
}

std::vector<PastPrediction> check_past(std::span<const double> measured) {
  constexpr std::size_t kMostChecks = 64;
  std::vector<PastPrediction> past;
  const double truth = std::accumulate(measured.begin(), measured.end(), 0.0);
  const std::size_t stride = std::max<std::size_t>(1, measured.size() / kMostChecks);
  for (std::size_t after = 1; after < measured.size(); after += stride) {
    const auto p = predict_epochs(measured.first(after), static_cast<std::int64_t>(measured.size()));
    if (!p) continue;
    past.push_back(
        {static_cast<std::int64_t>(after), p->value() / truth - 1.0, p->lower() <= truth && truth <= p->upper()});
  }
  return past;
}

}  // namespace olivine
