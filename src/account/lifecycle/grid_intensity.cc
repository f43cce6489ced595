#include "account/lifecycle/grid_intensity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grid/shipped_span.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr Duration kLongestSpan = hours(20 * 8766);
constexpr Duration kLongestProfile = hours(10 * 8766);
constexpr Duration kWholeYear = hours(360 * 24);

// Slices with weights that count; one even slice where nobody said more.
std::vector<EnergySlice> slices_of(const SpanIntensityQuery& query) {
  if (!query.slices.empty()) return query.slices;
  return {{*query.span, joules(1.0)}};
}

RelativeRange relative(double value, double lower, double upper) {
  return value > 0.0 ? RelativeRange{lower / value, upper / value} : RelativeRange{};
}

SpanIntensity of_figure(const GridFigure& figure) {
  SpanIntensity out;
  out.g_per_kwh = figure.g_per_kwh;
  out.range = relative(figure.g_per_kwh.value_or(0.0), figure.lower, figure.upper);
  out.zone = figure.zone;
  out.name = figure.name;
  out.boundary = figure.boundary;
  out.losses = figure.losses.empty() ? "unknown" : figure.losses;
  out.method = figure.method;
  out.source = figure.row.text();
  out.basis = figure.basis;
  out.reason = figure.reason;
  out.notes = figure.notes;
  out.coverage = 0.0;
  return out;
}

std::string key_of(const SpanIntensityQuery& q) {
  std::string key = fmt::format("{}|{}|{}|", q.zone, name_of(q.signal), q.boundary ? name_of(*q.boundary) : "any");
  if (q.span) key += fmt::format("{}-{}|", q.span->begin.ns, q.span->end.ns);
  return key;
}

// The world's default, where nobody knows the place.
Result<SpanIntensity> world_mean(const SpanIntensityQuery& query) {
  SpanIntensity out;
  out.coverage = 0.0;
  out.boundary = "lifecycle";
  out.losses = "unknown";
  out.basis = Basis::kAssumed;
  if (query.signal == Signal::kMarginal) {
    out.reason = "a marginal intensity needs a zone";
    return out;
  }
  if (query.boundary == Boundary::kDirect) {
    out.reason = "without a zone no direct intensity is known";
    return out;
  }
  OLIVINE_TRY(const Default world, default_value("zone_unknown_g_per_kwh"));
  out.g_per_kwh = world.value;
  out.range = relative(world.value, world.lower, world.upper);
  out.method = "world mean";
  out.source = world.row.text();
  return out;
}

}  // namespace

Result<SpanIntensity> GridIntensity::over(const SpanIntensityQuery& query) {
  if (!query.slices.empty()) return query.zone.empty() ? world_mean(query) : ask(query);  // of one activity only
  const std::string key = key_of(query);
  if (const auto found = kept_.find(key); found != kept_.end()) return found->second;
  OLIVINE_TRY(SpanIntensity answer, query.zone.empty() ? world_mean(query) : ask(query));
  return kept_.emplace(key, std::move(answer)).first->second;
}

Result<SpanIntensity> GridIntensity::ask(const SpanIntensityQuery& query) {
  OLIVINE_TRY(const GridZone zone, resolve_zone(query.zone));
  SpanIntensityQuery resolved = query;
  resolved.zone = zone.key;
  if (query.span && query.span->end.ns - query.span->begin.ns > kLongestSpan.ns)
    return fail(ErrorKind::kInvalid,
                fmt::format("the span {} is longer than 20 years; split the activity", span_text(*query.span)));
  if (store_ != nullptr && query.span) {
    for (const Boundary boundary : {Boundary::kLifecycle, Boundary::kDirect}) {
      // A direct average never stands in for a lifecycle one (METHODS 9); who wants it says so.
      const bool wanted = query.boundary ? *query.boundary == boundary
                                         : boundary == Boundary::kLifecycle || query.signal == Signal::kMarginal;
      if (!wanted) continue;
      OLIVINE_TRY(auto stored, from_series(resolved, boundary));
      if (stored) return *std::move(stored);
    }
  }
  return from_tables(resolved);
}

Result<std::optional<SpanIntensity>> GridIntensity::from_series(const SpanIntensityQuery& query, Boundary boundary) {
  const auto series = store_->points({query.zone, *query.span, query.signal, boundary});
  if (!series && series.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(series.error());
  if (!series || series->points.empty()) return std::optional<SpanIntensity>();
  OLIVINE_TRY(const PricedBySeries priced, price_by_series(slices_of(query), *series));
  if (priced.covered_share <= 0.0) return std::optional<SpanIntensity>();
  SpanIntensity out;
  const double mean = in_grams_per_kilowatt_hour(priced.mean);
  out.g_per_kwh = mean;
  out.range =
      relative(mean, in_grams_per_kilowatt_hour(priced.mean_lower), in_grams_per_kilowatt_hour(priced.mean_upper));
  out.zone = series->zone;
  out.boundary = name_of(boundary);
  out.losses = series->losses;
  out.method = "hourly series";
  out.dataset = series->dataset;
  out.basis = series->basis;
  out.coverage = priced.covered_share;
  out.source = fmt::format("data set {}, {} steps; {}", series->dataset.substr(0, 16), priced.points, series->source);
  out.notes = series->notes;
  if (out.coverage > 1.0 - 1e-9) {
    out.coverage = 1.0;
    return std::optional<SpanIntensity>(std::move(out));
  }
  SpanIntensityQuery rest = query;
  rest.boundary = boundary;
  rest.slices = uncovered_slices(slices_of(query), *series);
  OLIVINE_TRY(const SpanIntensity fill, from_tables(rest));
  if (!fill.g_per_kwh)
    return std::optional<SpanIntensity>();  // the tables say more about the whole than the series about a part
  const double c = out.coverage, total = c * mean + (1.0 - c) * *fill.g_per_kwh;
  const double lower = c * mean * out.range.lower + (1.0 - c) * *fill.g_per_kwh * fill.range.lower;
  const double upper = c * mean * out.range.upper + (1.0 - c) * *fill.g_per_kwh * fill.range.upper;
  out.g_per_kwh = total;
  out.range = relative(total, lower, upper);
  out.source += fmt::format("; the other {:.1f} % of the energy: {}, {}", 100.0 * (1.0 - c), fill.method, fill.source);
  out.notes.push_back(fmt::format("the series covers {:.1f} % of {}; the {} serves for the rest", 100.0 * c,
                                  span_text(*query.span), fill.method));
  return std::optional<SpanIntensity>(std::move(out));
}

Result<SpanIntensity> GridIntensity::from_tables(const SpanIntensityQuery& query) {
  const WallTime when = query.span ? query.span->begin : now_;
  OLIVINE_TRY(const GridFigure figure, shipped_intensity({query.zone, when, query.signal, query.boundary}));
  SpanIntensity out = of_figure(figure);
  if (!figure.g_per_kwh) return out;
  if (figure.profile && query.span && query.span->end.ns - query.span->begin.ns <= kLongestProfile.ns) {
    // Hour by hour, each at the level of its own year.
    OLIVINE_TRY(const ShippedSpan hours, shipped_span({query.zone, *query.span, query.signal, query.boundary}));
    OLIVINE_TRY(const PricedBySeries priced, price_by_series(slices_of(query), hours.series));
    if (priced.covered_share > 0.0) {
      out.g_per_kwh = in_grams_per_kilowatt_hour(priced.mean);
      out.range = relative(*out.g_per_kwh, in_grams_per_kilowatt_hour(priced.mean_lower),
                           in_grams_per_kilowatt_hour(priced.mean_upper));
    }
    return out;
  }
  if (figure.profile && !query.span) {  // nobody said when: the mean of its year
    double mean = 0.0;
    for (const auto& month : figure.profile->g_per_kwh)
      for (const double g : month) mean += g / (12.0 * 24.0);
    out.g_per_kwh = mean;
    out.notes.emplace_back("no time is stated: the mean of the profile's year serves, with the range of an hour");
    return out;
  }
  const Duration length = query.span ? Duration{query.span->end.ns - query.span->begin.ns} : hours(24);
  for (const ZoneFactor& factor : yearly_factors(figure.zone)) {
    if (query.boundary && factor.type != name_of(*query.boundary)) continue;
    OLIVINE_TRY(const GridFigure yearly, yearly_figure(factor, length, when));
    SpanIntensity whole = of_figure(yearly);
    if (length >= kWholeYear) {
      OLIVINE_TRY(const RelativeRange aged, widened_by_age({1.0, 1.0}, std::abs(year_of(when) - factor.year)));
      whole.range = aged;
    }
    whole.notes = {
        fmt::format("no hours of {} are known here: its yearly factor of {} serves", query.zone, factor.year)};
    return whole;
  }
  return out;
}

}  // namespace olivine
