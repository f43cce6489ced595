#include "grid/forecast/panel_ridge.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>

namespace olivine {
namespace {

constexpr std::size_t kWeek = 168, kFirst = kWeek;  // hours of past that every feature finds
constexpr std::size_t kFeatures = 19;
constexpr double kLeastRows = 500.0;  // of all zones; before, the profile alone
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
using Row = Eigen::Matrix<double, kFeatures, 1>;
using Normal = Eigen::Matrix<double, kFeatures, kFeatures>;

double mean_before(const std::vector<double>& sum, std::size_t end, std::size_t hours) {
  return (sum[end] - sum[end - hours]) / static_cast<double>(hours);
}

struct Sight {
  Row z;
  double mean = 0.0, profile = 0.0;  // g/kWh; relative
};

// What is known at t about t + h.
Sight sight(const std::vector<double>& g, const std::vector<double>& sum, std::size_t t, std::size_t h) {
  Sight s;
  s.mean = std::max(mean_before(sum, t + 1, kWeek), 1e-6);
  const std::size_t same = t + h - 24 * ((h + 23) / 24), week = t + h - kWeek * ((h + kWeek - 1) / kWeek);
  double profile = 0.0, now = 0.0;
  for (std::size_t d = 0; d < 7; ++d) {
    profile += g[same - 24 * d];
    now += g[t - 24 * (d + 1)];
  }
  const std::array<double, kFeatures - 1> of{g[t],
                                             g[t - 1],
                                             g[t - 2],
                                             g[t - 3],
                                             g[t - 5],
                                             g[t - 8],
                                             g[t - 12],
                                             g[same],
                                             g[same - 1],
                                             g[std::min(same + 1, t)],
                                             g[same - 24],
                                             g[same - 48],
                                             g[week],
                                             profile / 7,
                                             now / 7,
                                             mean_before(sum, t + 1, 24),
                                             mean_before(sum, t + 1, 6),
                                             mean_before(sum, t - 23, 24)};
  s.z[0] = 1.0;
  for (std::size_t i = 0; i < of.size(); ++i) s.z[static_cast<Eigen::Index>(i + 1)] = of[i] / s.mean - 1.0;
  s.profile = profile / 7 / s.mean;
  return s;
}

struct Normals {
  Normal gram = Normal::Zero();
  Row moment = Row::Zero();
  double rows = 0.0;
  void operator+=(const Normals& other) {
    gram += other.gram;
    moment += other.moment;
    rows += other.rows;
  }
};

Row solve(const Normals& n, double alpha, const Row& towards) {
  const Normal a = n.gram + alpha * Normal::Identity();
  const Row b = n.moment + alpha * towards;
  return a.ldlt().solve(b);
}

}  // namespace

PanelForecaster::PanelForecaster(const HourlyTable& table, std::vector<std::size_t> zones, PanelSettings settings)
    : settings_(settings), zones_(std::move(zones)), place_(table.columns.size(), kNone), hours_(table.hours()) {
  for (const auto& values : table.values) {
    Zone zone{.g = values, .sum = {0.0}, .square_sum = {0.0}, .known = {}, .first = 0};
    while (zone.first < hours_ && std::isnan(values[zone.first])) ++zone.first;
    double last = zone.first < hours_ ? values[zone.first] : 0.0;
    for (double& g : zone.g) {
      zone.known.push_back(std::isnan(g) ? 0 : 1);
      last = g = std::isnan(g) ? last : g;
      zone.sum.push_back(zone.sum.back() + g);
      zone.square_sum.push_back(zone.square_sum.back() + g * g);
    }
    columns_.push_back(std::move(zone));
  }
  for (std::size_t i = 0; i < zones_.size(); ++i) place_[zones_[i]] = i;
  refits_ = hours_ > kFirst ? (hours_ - kFirst) / settings_.refit_hours + 1 : 0;
  weights_.resize(settings_.most_hours);
  for (std::size_t h = 1; h <= settings_.most_hours; ++h) fit_horizon(h);
}

double PanelForecaster::one(std::size_t column, std::size_t now, std::size_t h) const {
  const Zone& zone = columns_[column];
  const std::size_t refit = (now - kFirst) / settings_.refit_hours;
  const Sight s = sight(zone.g, zone.sum, now, h);
  const float* const w = weights_[h - 1][place_[column]].data() + refit * kFeatures;
  double relative = s.profile;
  for (std::size_t f = 0; f < kFeatures; ++f) relative += static_cast<double>(w[f]) * s.z[static_cast<Eigen::Index>(f)];
  return relative * s.mean;
}

bool PanelForecaster::usable(const Zone& zone, std::size_t now) const { return zone.first + kFirst <= now; }

void PanelForecaster::fit_horizon(std::size_t h) {
  auto& weights = weights_[h - 1];
  weights.resize(zones_.size());
  std::vector<Normals> own(columns_.size());
  std::size_t next = kFirst;  // row to learn
  for (std::size_t r = 0; r < refits_; ++r) {
    const std::size_t issue = kFirst + r * settings_.refit_hours;
    for (; next + h < issue; next += settings_.step_hours)
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const Zone& zone = columns_[c];
        if (!usable(zone, next) || zone.known[next + h] == 0) continue;
        const Sight s = sight(zone.g, zone.sum, next, h);
        const double square = mean_before(zone.square_sum, next + 1, kWeek) / (s.mean * s.mean) - 1.0;
        const double v = 0.02 / (0.01 + std::max(square, 0.0));
        own[c].gram.selfadjointView<Eigen::Lower>().rankUpdate(s.z, v);
        own[c].moment += v * (zone.g[next + h] / s.mean - s.profile) * s.z;
        own[c].rows += 1.0;
      }
    Normals all;
    for (const Normals& n : own) all += n;
    all.gram = all.gram.selfadjointView<Eigen::Lower>();
    const Row common = all.rows > kLeastRows ? solve(all, settings_.alpha, Row::Zero()) : Row::Zero();
    for (std::size_t i = 0; i < zones_.size(); ++i) {
      if (all.rows <= kLeastRows) {
        weights[i].resize((r + 1) * kFeatures, 0.0F);
        continue;
      }
      Normals mine = own[zones_[i]];
      mine.gram = mine.gram.selfadjointView<Eigen::Lower>();
      const Row w = solve(mine, settings_.own, common);
      for (std::size_t f = 0; f < kFeatures; ++f)
        weights[i].push_back(static_cast<float>(w[static_cast<Eigen::Index>(f)]));
    }
  }
}

std::vector<double> PanelForecaster::forecast(std::size_t column, std::size_t now, std::size_t count) const {
  std::vector<double> out;
  const Zone& zone = columns_[column];
  if (!usable(zone, now) || now >= hours_ || place_[column] == kNone) return out;
  for (std::size_t h = 1; h <= std::min(count, settings_.most_hours); ++h)
    out.push_back(std::max(one(column, now, h), 0.0));
  return out;
}

}  // namespace olivine
