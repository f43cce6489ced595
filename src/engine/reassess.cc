#include "engine/reassess.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "account/impacts.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kHourNs = std::int64_t{3600} * 1'000'000'000;
constexpr std::size_t kMostMoved = 8'000'000;  // slices of all starts

// Hours since the first slice, so that many starts stay cheap.
std::vector<EnergySlice> by_the_hour(const std::vector<EnergySlice>& slices) {
  std::map<std::int64_t, EnergySlice> hours;
  for (const EnergySlice& s : slices) {
    const std::int64_t hour = (s.interval.begin.ns - slices.front().interval.begin.ns) / kHourNs;
    const auto [at, added] = hours.emplace(hour, s);
    if (added) continue;
    at->second.energy += s.energy;
    at->second.interval.end = std::max(at->second.interval.end, s.interval.end);
  }
  std::vector<EnergySlice> merged;
  for (const auto& [hour, s] : hours) merged.push_back(s);
  return merged;
}

std::vector<WallTime> start_times(WallInterval span) {
  if (span.end.ns - span.begin.ns <= 1) return {span.begin};
  std::vector<WallTime> starts;
  for (std::int64_t t = span.begin.ns; t < span.end.ns; t += kHourNs) starts.push_back({t});
  return starts;
}

void shift(std::vector<EnergySlice>& slices, WallTime from, WallTime to) {
  for (EnergySlice& s : slices) {
    s.interval.begin.ns += to.ns - from.ns;
    s.interval.end.ns += to.ns - from.ns;
  }
}

// The run's curve at every start.
Result<std::vector<EnergySlice>> at_all_starts(std::vector<EnergySlice> own, const std::vector<WallTime>& starts) {
  if (starts.size() > 1) own = by_the_hour(own);
  if (own.size() * starts.size() > kMostMoved)
    return fail(ErrorKind::kInvalid,
                fmt::format("a run of {} hours at {} starts is too much; ask for a month or an instant", own.size(),
                            starts.size()));
  std::vector<EnergySlice> all;
  for (const WallTime start : starts) {
    std::vector<EnergySlice> moved = own;
    shift(moved, own.front().interval.begin, start);
    all.insert(all.end(), moved.begin(), moved.end());
  }
  return all;
}

Result<std::optional<StartRange>> range_of_starts(const std::vector<EnergySlice>& all,
                                                  const std::vector<WallTime>& starts, const IntensitySeries& series) {
  if (starts.size() < 2 || series.points.size() < 2) return std::optional<StartRange>{};
  StartRange range{starts.size(), 0.0, 0.0, {}, {}};
  bool first = true;
  const std::size_t each = all.size() / starts.size();
  for (std::size_t i = 0; i < starts.size(); ++i) {
    OLIVINE_TRY(const PricedBySeries priced, price_by_series(std::span(all).subspan(i * each, each), series));
    if (priced.covered_share < 1.0) continue;
    const double g = in_grams_per_kilowatt_hour(priced.mean);
    if (first || g < range.lowest_g_per_kwh) range.lowest_g_per_kwh = g, range.lowest_at = starts[i];
    if (first || g > range.highest_g_per_kwh) range.highest_g_per_kwh = g, range.highest_at = starts[i];
    first = false;
  }
  return first ? std::optional<StartRange>{} : std::optional(range);
}

RunIntensity stated_intensity(const StatedValue& v, const std::string& zone, std::optional<Boundary> boundary) {
  RunIntensity i;
  i.zone = zone;
  i.boundary = boundary ? std::string(name_of(*boundary)) : "unknown";
  i.method = "stated";
  i.period = "stated";
  i.source = v.origin;
  i.g_per_kwh = v;
  return i;
}

std::optional<EstimatedFactor> typed(const ChosenIntensity& c) {
  if (!c.estimate) return std::nullopt;
  FactorType type;
  type.scope = c.boundary == "direct" ? FactorScope::kDirect : FactorScope::kLifecycle;
  type.accounting =
      c.series.accounting == "consumption" ? FactorAccounting::kConsumption : FactorAccounting::kProduction;
  type.losses = c.series.losses == "included" ? FactorLosses::kIncluded : FactorLosses::kExcluded;
  type.gases = c.series.gases == "co2" ? FactorGases::kCo2 : FactorGases::kCo2e;
  return EstimatedFactor{*c.estimate, type};
}

// Carbon of the zone, average and marginal, for the slices.
Status price(const Circumstances& where, const std::vector<WallTime>& starts, SeriesStore* store, AssessmentInput& run,
             Reassessed& out) {
  RunIntensities& found = run.closing.intensities.emplace();
  const std::string zone = run.context.zone;
  if (where.intensity) {
    found.average = stated_intensity(*where.intensity, zone, where.boundary);
  } else if (zone.empty()) {
    found.marginal_reason = "the zone is unknown";
    return {};
  } else {
    OLIVINE_TRY(ChosenIntensity average,
                choose_intensity({zone, out.slices, Signal::kAverage, where.boundary, where.dataset, false}, store));
    if (average.estimate) {
      found.average = kept_form(average);
      OLIVINE_TRY(out.starts, range_of_starts(out.slices, starts, average.series));
      (average.boundary == "direct" ? out.direct : out.lifecycle) =
          average.boundary == "unknown" ? std::nullopt : typed(average);
    } else {
      found.average_reason = average.reason;
    }
    const Boundary other = average.boundary == "direct" ? Boundary::kLifecycle : Boundary::kDirect;
    OLIVINE_TRY(const ChosenIntensity beside,
                choose_intensity({zone, out.slices, Signal::kAverage, other, "", false}, store));
    if (beside.estimate) (other == Boundary::kDirect ? out.direct : out.lifecycle) = typed(beside);
  }
  if (zone.empty()) return {};
  OLIVINE_TRY(const ChosenIntensity marginal,
              choose_intensity({zone, out.slices, Signal::kMarginal, std::nullopt, "", false}, store));
  if (marginal.estimate)
    found.marginal = kept_form(marginal);
  else
    found.marginal_reason = marginal.reason;
  return {};
}

void apply(const Circumstances& where, RunContext& c) {
  if (where.zone) {
    c.zone = where.zone->key;
    c.zone_name = where.zone->name;
    c.zone_origin = "flag --zone";
  }
  if (where.zone || where.intensity || where.boundary || where.starts || !where.dataset.empty())
    c.intensity_notes.clear();
  if (where.pue) c.pue = where.pue;
  if (where.price) c.price_per_kwh = where.price;
  if (!where.currency.empty()) c.currency = where.currency;
  if (where.water_site) c.water_site_l_per_kwh = where.water_site;
  if (where.water_grid) c.water_grid_l_per_kwh = *where.water_grid;
}

template <class Q>
void add(Figure<Q>& sum_so_far, const Figure<Q>& f, bool first) {
  if (first) {
    sum_so_far = f;
    return;
  }
  Figure<Q>& s = sum_so_far;
  const auto known_part = [](const Figure<Q>& x) { return x.value ? std::optional(x.value->mean()) : x.at_least; };
  const auto least = known_part(s), more = known_part(f);
  s.coverage = std::min(s.coverage, f.coverage);
  if (s.value && f.value) {
    s.value = sum(*s.value, *f.value);
    s.basis.add(f.basis);
  } else {
    s.value.reset();
    if (least || more) s.at_least = least.value_or(Q{}) + more.value_or(Q{});
    if (s.reason.empty()) s.reason = f.reason;
  }
  s.exact = s.exact && f.exact ? std::optional(*s.exact + *f.exact) : std::nullopt;
}

// Energy times a factor; unknown energy stays unknown.
template <class Q, class Compute>
Figure<Q> from_energy(const Figure<Energy>& energy, Basis basis, Compute compute) {
  Figure<Q> f;
  f.coverage = energy.coverage;
  f.reason = energy.reason;
  if (energy.value) {
    f.value = compute(*energy.value);
    f.basis = BasisShare(weakest(energy.basis.weakest_used(), basis));
  } else if (energy.at_least) {
    f.at_least = compute(Estimate<Energy>::exactly(*energy.at_least)).mean();
  }
  return f;
}

}  // namespace

Result<Reassessed> reassess(AssessmentInput run, const Circumstances& where, SeriesStore* store) {
  Reassessed out;
  apply(where, run.context);
  out.slices = slices_of(run);
  const WallTime began = run.run.start.started.wall;
  if (out.slices.empty())
    out.slices.push_back({{began, {began.ns + std::max<std::int64_t>(0, run.summary.duration_ns)}}, Energy{}});
  std::vector<WallTime> starts{out.slices.front().interval.begin};
  if (where.starts) starts = start_times(*where.starts);
  OLIVINE_TRY(out.slices, at_all_starts(std::move(out.slices), starts));
  OLIVINE_CHECK_STATUS(price(where, starts, store, run, out));
  out.record = assess(run);
  return out;
}

ImpactTotal total_of(const std::vector<Reassessed>& runs) {
  ImpactTotal t;
  bool first = true;
  for (const Reassessed& r : runs) {
    const RunRecord& record = r.record;
    const Estimate<Ratio> pue = record.pue.value.value_or(Estimate<Ratio>::exactly(ratio(1.0)));
    const Basis pue_basis = record.pue.value ? record.pue.basis.weakest_used() : Basis::kMeasured;
    add(t.energy, record.energy.total, first);
    add(t.facility_energy,
        from_energy<Energy>(record.energy.total, pue_basis, [&](const Estimate<Energy>& e) { return times(e, pue); }),
        first);
    add(t.average, record.emissions.location_average, first);
    add(t.marginal, record.emissions.location_marginal, first);
    add(t.embodied, record.emissions.embodied, first);
    add(t.total, record.emissions.total, first);
    add(t.water_site, record.water_site, first);
    add(t.water_grid, record.water_grid, first);
    add(t.cost, record.cost, first);
    first = false;
  }
  return t;
}

}  // namespace olivine
