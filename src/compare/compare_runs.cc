#include "compare/compare_runs.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include "compare/student.h"
#include "units/format.h"

namespace olivine {
namespace {

using Pick = std::function<std::optional<Spread>(const ComparedRun&)>;

// One quantity of one side: the runs' mean with the moves of shared inputs, and the scatter of the logarithms.
struct Sample {
  Spread mean;
  std::size_t runs = 0;
  double log_mean = 0.0;
  double log_variance = 0.0;  // of the mean; 0 with one run
  bool positive = true;
};

std::optional<Sample> sample_of(const ComparedSide& side, const Pick& pick, double per) {
  Sample s;
  std::vector<double> logs;
  for (const ComparedRun& run : side.runs) {
    const std::optional<Spread> value = pick(run);
    if (!value) return std::nullopt;
    s.mean = logs.empty() ? *value : Spread::sum(s.mean, *value, 1.0);
    s.positive = s.positive && value->mean() > 0.0;
    logs.push_back(value->mean() > 0.0 ? std::log(value->mean() / per) : 0.0);
  }
  s.runs = logs.size();
  const auto n = static_cast<double>(s.runs);
  s.mean = s.mean.scaled(1.0 / (n * per));
  for (const double v : logs) s.log_mean += v / n;
  if (s.runs < 2) return s;
  double squares = 0.0;
  for (const double v : logs) squares += (v - s.log_mean) * (v - s.log_mean);
  s.log_variance = squares / (n - 1.0) / n;
  return s;
}

// Welch's half width of the difference of mean logarithms; nothing when neither side has repeats.
std::optional<double> scatter_of(const Sample& a, const Sample& b) {
  // A side with one run has no scatter of its own to show; the other's must not stand for it.
  if (a.runs < 2 || b.runs < 2) return std::nullopt;
  const double variance = a.log_variance + b.log_variance;
  if (variance <= 0.0) return 0.0;
  const double degrees = variance * variance /
                         (a.log_variance * a.log_variance / static_cast<double>(a.runs - 1) +
                          b.log_variance * b.log_variance / static_cast<double>(b.runs - 1));
  return student_quantile(0.975, degrees) * std::sqrt(variance);
}

// How ln(b / a) moves when each input goes to its bounds, in quadrature.
struct LogMoves {
  double down = 0.0, up = 0.0;
};

LogMoves shared_moves(const Spread& a, const Spread& b) {
  std::map<std::string, std::pair<Sensitivity, Sensitivity>> inputs;
  for (const Sensitivity& s : a.sensitivities()) inputs[s.input].first = s;
  for (const Sensitivity& s : b.sensitivities()) inputs[s.input].second = s;
  double down = 0.0, up = 0.0;
  const auto moved = [](double mean, double move) { return std::log(std::max(mean + move, 1e-3 * mean) / mean); };
  for (const auto& [name, both] : inputs) {
    const double at_lower = moved(b.mean(), both.second.down) - moved(a.mean(), both.first.down);
    const double at_upper = moved(b.mean(), both.second.up) - moved(a.mean(), both.first.up);
    const double lowest = std::min({at_lower, at_upper, 0.0}), highest = std::max({at_lower, at_upper, 0.0});
    down += lowest * lowest;
    up += highest * highest;
  }
  return {std::sqrt(down), std::sqrt(up)};
}

RelativeDifference difference_of(const std::optional<Sample>& a, const std::optional<Sample>& b) {
  RelativeDifference d;
  if (!a || !b) {
    d.unknown = "not known of every run";
    return d;
  }
  if (!a->positive || !b->positive) {
    d.unknown = "nothing was used by a run";
    return d;
  }
  const bool repeats = a->runs > 1 && b->runs > 1;
  const double middle = repeats ? b->log_mean - a->log_mean : std::log(b->mean.mean() / a->mean.mean());
  const LogMoves shared = shared_moves(a->mean, b->mean);
  d.scatter = scatter_of(*a, *b);
  const double scatter = d.scatter.value_or(0.0);
  d.value = std::expm1(middle);
  d.lower_shared = std::expm1(middle - shared.down);
  d.upper_shared = std::expm1(middle + shared.up);
  d.lower = std::expm1(middle - std::hypot(shared.down, scatter));
  d.upper = std::expm1(middle + std::hypot(shared.up, scatter));
  d.ratio = std::exp(middle);
  d.ratio_lower = std::exp(middle - std::hypot(shared.down, scatter));
  d.ratio_upper = std::exp(middle + std::hypot(shared.up, scatter));
  return d;
}

// `own`: a better range than the moves make, per unit.
std::optional<SideMean> mean_of(const std::optional<Sample>& s, const std::optional<Bounds>& own = std::nullopt) {
  if (!s) return std::nullopt;
  const double mean = s->mean.mean();
  if (own) return SideMean{mean, own->lower, own->upper};
  const double scatter =
      s->runs < 2 ? 0.0 : mean * student_quantile(0.975, static_cast<double>(s->runs - 1)) * std::sqrt(s->log_variance);
  return SideMean{mean, std::max(0.0, mean - std::hypot(mean - s->mean.lower(), scatter)),
                  mean + std::hypot(s->mean.upper() - mean, scatter)};
}

constexpr double kAFactor = 3.0;  // more is said as "4 times", not as 300 %
std::string times(double share) { return format_number(1.0 + share); }
constexpr double kAFraction = -0.99;  // less is said as "1/120", not as 99 or 100 %
constexpr double kSame = 1e-9;
std::string percent(double share) {
  const std::string text = fmt::format("{:.{}f}", 100.0 * share, std::abs(share) < 0.0995 ? 1 : 0);
  return text == "-0.0" ? "0.0" : text;
}
// Nothing uses 100 % less than something.
std::string percent_less(double share) { return share > -kAFraction ? ">99" : percent(share); }
std::string fraction(double ratio) { return "1/" + format_number(1.0 / ratio); }
bool same(const RelativeDifference& d) {
  return std::max({std::abs(d.value), std::abs(d.lower), std::abs(d.upper)}) < kSame;
}

// The one run's range, in units of the side's mean.
std::optional<Bounds> own_bounds(const ComparedSide& side, std::optional<Bounds> ComparedRun::* which, double per) {
  if (side.runs.size() != 1 || !(side.runs.front().*which)) return std::nullopt;
  const Bounds& b = *(side.runs.front().*which);
  return Bounds{b.lower / per, b.upper / per};
}

}  // namespace

Result<CompareReport> compare_sides(const std::vector<ComparedSide>& sides) {
  if (sides.size() < 2) return fail(ErrorKind::kInvalid, "two runs at least are compared, e.g. olivine compare A B");
  for (const ComparedSide& side : sides)
    if (side.runs.empty()) return fail(ErrorKind::kInvalid, fmt::format("{}: no finished run", side.name));
  const bool per_unit = std::all_of(sides.begin(), sides.end(), [](const ComparedSide& s) { return s.units > 0.0; });
  const std::array<Pick, 3> picks{
      [](const ComparedRun& r) { return r.energy_j; }, [](const ComparedRun& r) { return r.carbon_g; },
      [](const ComparedRun& r) { return r.duration_s ? std::optional(Spread(*r.duration_s)) : std::nullopt; }};
  CompareReport report;
  std::array<std::optional<Sample>, 3> first;
  bool single = false;
  for (const ComparedSide& side : sides) {
    SideReport out{.name = side.name,
                   .run_ids = {},
                   .energy_j = {},
                   .carbon_g = {},
                   .duration_s = {},
                   .units = side.units,
                   .energy = {},
                   .carbon = {},
                   .duration = {}};
    for (const ComparedRun& run : side.runs) out.run_ids.push_back(run.id);
    std::array<std::optional<Sample>, 3> samples;
    const double per = per_unit ? side.units : 1.0;
    for (std::size_t i = 0; i < picks.size(); ++i) samples[i] = sample_of(side, picks[i], per);
    if (report.sides.empty()) first = samples;
    out.energy_j = mean_of(samples[0], own_bounds(side, &ComparedRun::energy_bounds_j, per));
    out.carbon_g = mean_of(samples[1], own_bounds(side, &ComparedRun::carbon_bounds_g, per));
    out.duration_s = mean_of(samples[2]);
    if (!report.sides.empty()) {
      out.energy = difference_of(first[0], samples[0]);
      out.carbon = difference_of(first[1], samples[1]);
      out.duration = difference_of(first[2], samples[2]);
    }
    single = single || side.runs.size() < 2;
    report.sides.push_back(std::move(out));
  }
  if (single)
    report.notes.push_back(
        "a side has one run only: how much repeats would scatter is not known and not in its range; repeat both "
        "(A1,A2,A3 B1,B2,B3)");
  return report;
}

std::string verdict_of(const SideReport& side, const std::string& first, std::string_view what,
                       const RelativeDifference& d) {
  if (!d.unknown.empty())
    return fmt::format("the {} of {} and {} cannot be compared: {}", what, side.name, first, d.unknown);
  const auto unscattered = [&] { return d.scatter ? "" : "; the scatter of repeats is not in it"; };
  if (d.value >= kAFactor && d.distinguishable())
    return fmt::format("{} used {} times [{}, {}] the {} of {}{}", side.name, times(d.value), times(d.lower),
                       times(d.upper), what, first, unscattered());
  if (d.value <= kAFraction && d.distinguishable())
    return fmt::format("{} used {} [{}, {}] of the {} of {}{}", side.name, fraction(d.ratio), fraction(d.ratio_lower),
                       fraction(d.ratio_upper), what, first, unscattered());
  if (same(d)) return fmt::format("{} and {} used the same {}", side.name, first, what);
  const std::string range =
      d.value <= 0.0
          ? fmt::format("{} % [{}, {}]", percent_less(-d.value), percent_less(-d.upper), percent_less(-d.lower))
          : fmt::format("{} % [{}, {}]", percent(d.value), percent(d.lower), percent(d.upper));
  const std::string_view direction = d.value <= 0.0 ? "less" : "more";
  if (!d.distinguishable())
    return fmt::format("the {} of {} and {} cannot be told apart ({} {})", what, side.name, first, range, direction);
  return fmt::format("{} used {} {} {} than {}{}", side.name, range, direction, what, first, unscattered());
}

}  // namespace olivine
