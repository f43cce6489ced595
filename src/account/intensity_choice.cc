#include "account/intensity_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kShownHash = 12;

struct Priced {
  IntensitySeries series;
  PricedBySeries sums;
};

WallInterval span_of(std::span<const EnergySlice> slices) {
  WallInterval span = slices.front().interval;
  for (const EnergySlice& s : slices) {
    span.begin = std::min(span.begin, s.interval.begin);
    span.end = std::max(span.end, s.interval.end);
  }
  span.end.ns = std::max(span.end.ns, span.begin.ns + 1);
  return span;
}

std::vector<Boundary> boundaries_of(const IntensityAsk& ask) {
  if (ask.boundary) return {*ask.boundary};
  if (ask.signal == Signal::kAverage) return {Boundary::kLifecycle};
  return {Boundary::kLifecycle, Boundary::kDirect};
}

Result<Priced> price_with(SeriesStore& store, const Dataset& d, const IntensityAsk& ask, WallInterval span) {
  Priced priced;
  OLIVINE_TRY(priced.series, store.points_of(d.hash, {ask.zone, span, ask.signal, d.about.boundary}));
  OLIVINE_TRY(priced.sums, price_by_series(ask.slices, priced.series));
  return priced;
}

// The stored data set that covers most; absent when none covers anything.
Result<std::optional<Priced>> best_stored(SeriesStore& store, const IntensityAsk& ask, WallInterval span,
                                          std::vector<std::string>& notes) {
  std::optional<Priced> best;
  for (const Boundary boundary : boundaries_of(ask)) {
    for (const Dataset& d : store.datasets()) {  // newest first
      if (d.about.zone != ask.zone || d.about.signal != ask.signal || d.about.boundary != boundary) continue;
      if (!(d.begin < span.end && span.begin < d.end)) continue;
      auto priced = price_with(store, d, ask, span);
      if (!priced) {
        notes.push_back(priced.error().message);
        continue;
      }
      if (priced->sums.covered_share > (best ? best->sums.covered_share : 0.0)) best = std::move(*priced);
      if (best && best->sums.covered_share >= 1.0) return best;
    }
  }
  return best;
}

// Data sets of another boundary are no answer, but worth knowing of.
void note_others(const SeriesStore& store, const IntensityAsk& ask, WallInterval span,
                 std::vector<std::string>& notes) {
  for (const Dataset& d : store.datasets()) {
    if (d.about.zone != ask.zone || d.about.signal != ask.signal || !(d.begin < span.end && span.begin < d.end))
      continue;
    notes.push_back(fmt::format("data set {} of this time is {}: olivine assess --boundary {} uses it",
                                d.hash.substr(0, kShownHash), name_of(d.about.boundary), name_of(d.about.boundary)));
    return;
  }
}

Result<std::optional<Priced>> named_dataset(SeriesStore* store, const IntensityAsk& ask, WallInterval span) {
  const auto found = store != nullptr ? store->find(ask.dataset) : Result<Dataset>(fail(ErrorKind::kNotFound, ""));
  if (!found && found.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(found.error());
  if (!found)
    return fail(
        ErrorKind::kNotFound,
        fmt::format("data set {} is not kept on this machine; olivine grid data ls lists what is, olivine grid import "
                    "FILE brings it back (the same file gives the same hash)",
                    printable(ask.dataset)));
  if (ask.boundary && found->about.boundary != *ask.boundary)
    return fail(ErrorKind::kInvalid, fmt::format("data set {} is {}, not {}", found->hash.substr(0, kShownHash),
                                                 name_of(found->about.boundary), name_of(*ask.boundary)));
  OLIVINE_TRY(Priced priced, price_with(*store, *found, ask, span));
  return std::optional(std::move(priced));
}

std::string percent(double share) { return shortest(std::round(share * 1000.0) / 10.0) + " %"; }

std::string period_of(const GridFigure& f) {
  if (!f.profile) return fmt::format("yearly {}", f.period);
  return f.profile->level ? fmt::format("profile {} at the level of {}", f.period, f.profile->level->to_year)
                          : "profile " + f.period;
}

void describe_shipped(const GridFigure& f, ChosenIntensity& out) {
  out.zone = f.zone;
  out.name = f.name;
  out.boundary = f.boundary;
  out.method = f.method;
  out.period = period_of(f);
  out.source = f.licence.empty() ? f.source : f.source + ", " + f.licence;
  out.origin = f.row.text();
  out.basis = f.basis;
  out.notes.insert(out.notes.end(), f.notes.begin(), f.notes.end());
}

void describe_stored(const Priced& p, const IntensityAsk& ask, ChosenIntensity& out) {
  const std::string hash = p.series.dataset.substr(0, kShownHash);
  out.zone = ask.zone;
  out.boundary = name_of(p.series.boundary);
  out.method = "data set";
  out.dataset = p.series.dataset;
  out.source = p.series.source;
  out.origin = "data set " + p.series.dataset;
  out.basis = p.series.basis;
  out.covered = p.sums.covered_share;
  out.period = "data set " + hash + (out.covered < 1.0 ? " for " + percent(out.covered) : "");
  out.notes.insert(out.notes.end(), p.series.notes.begin(), p.series.notes.end());
  if (p.sums.estimated_share > 0.0)
    out.notes.push_back(
        fmt::format("the source estimated the points of {} of what it covers", percent(p.sums.estimated_share)));
  if (in_grams_per_kilowatt_hour(p.sums.mean_upper) == in_grams_per_kilowatt_hour(p.sums.mean_lower))
    out.notes.emplace_back("the data set states no range of its own");
}

// The part that no data set covers.
Status add_rest(const Priced& p, const IntensityAsk& ask, WallInterval span, ChosenIntensity& out) {
  const std::string input = "intensity:" + ask.zone;
  const auto nothing = Estimate<CarbonIntensity>::exactly(CarbonIntensity{});
  if (p.sums.covered_share >= 1.0) {
    out.estimate = blended_intensity(p.sums, input, nothing);
    return {};
  }
  const std::string uncovered = percent(1.0 - p.sums.covered_share) + " of the energy is not covered by the data set";
  out.at_least = p.sums.mean * p.sums.covered_share;
  out.reason = uncovered;
  if (ask.stored_only) return {};
  OLIVINE_TRY(const ShippedSpan rest, shipped_span({ask.zone, span, ask.signal, p.series.boundary}));
  if (rest.series.points.empty()) {
    out.reason = uncovered + ", and " + rest.first.reason;
    return {};
  }
  // Only where the data set has no point: the shipped hours priced on what is left.
  std::vector<EnergySlice> left = uncovered_slices(ask.slices, p.series);
  if (left.empty()) left.assign(ask.slices.begin(), ask.slices.end());
  OLIVINE_TRY(const PricedBySeries shipped, price_by_series(left, rest.series));
  const auto fallback = blended_intensity(shipped, input + ":fallback", nothing);
  out.estimate = blended_intensity(p.sums, input, fallback);
  out.reason.clear();
  out.fallback = fmt::format("{} of {}", rest.first.method, rest.first.period);
  out.notes.push_back(uncovered + "; it is priced by the " + out.fallback + ", " +
                      fmt::format("{:.1f} g/kWh", in_grams_per_kilowatt_hour(fallback.mean())));
  for (const std::string& note : rest.first.notes) out.notes.push_back(note);
  return {};
}

Status add_shipped(const IntensityAsk& ask, WallInterval span, ChosenIntensity& out) {
  OLIVINE_TRY(ShippedSpan shipped, shipped_span({ask.zone, span, ask.signal, ask.boundary}));
  describe_shipped(shipped.first, out);
  if (shipped.series.points.empty()) {
    out.reason = shipped.first.reason;
    return {};
  }
  OLIVINE_TRY(const PricedBySeries priced, price_by_series(ask.slices, shipped.series));
  out.estimate =
      blended_intensity(priced, "intensity:" + out.zone, Estimate<CarbonIntensity>::exactly(CarbonIntensity{}));
  out.series = std::move(shipped.series);
  return {};
}

}  // namespace

Result<ChosenIntensity> choose_intensity(const IntensityAsk& ask, SeriesStore* store) {
  if (ask.slices.empty())
    return fail(ErrorKind::kInvalid, "there is no time for which an intensity could be looked up");
  const WallInterval span = span_of(ask.slices);
  ChosenIntensity out;
  out.zone = ask.zone;
  std::optional<Priced> stored;
  if (!ask.dataset.empty()) {
    OLIVINE_TRY(stored, named_dataset(store, ask, span));
  } else if (store != nullptr) {
    OLIVINE_TRY(stored, best_stored(*store, ask, span, out.notes));
    if (!stored) note_others(*store, ask, span, out.notes);
  }
  if (stored) {
    describe_stored(*stored, ask, out);
    OLIVINE_CHECK_STATUS(add_rest(*stored, ask, span, out));
    out.series = std::move(stored->series);
    return out;
  }
  if (ask.stored_only) {
    out.reason = "no data set of this time is kept";
    return out;
  }
  OLIVINE_CHECK_STATUS(add_shipped(ask, span, out));
  return out;
}

}  // namespace olivine
