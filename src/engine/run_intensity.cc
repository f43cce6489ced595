#include "engine/run_intensity.h"

#include <fmt/format.h>

#include <cmath>

#include "base/floor_div.h"
#include "base/text.h"
#include "engine/energy_items.h"

namespace olivine {
namespace {

constexpr std::size_t kShownHash = 12;

// A run of one instant still has an hour.
std::vector<EnergySlice> some_slices(const AssessmentInput& input) {
  std::vector<EnergySlice> slices = slices_of(input);
  if (slices.empty()) {
    const WallTime start = input.run.start.started.wall;
    slices.push_back({{start, {start.ns + std::max<std::int64_t>(0, input.summary.duration_ns)}}, Energy{}});
  }
  return slices;
}

void find_average(const RunContext& context, const std::vector<EnergySlice>& slices, SeriesStore* store,
                  RunIntensities& out) {
  if (const auto chosen = average_of_run(context.zone, context.boundary, slices, store))
    out.average = kept_form(*chosen);
}

void find_marginal(const RunContext& context, const std::vector<EnergySlice>& slices, SeriesStore* store,
                   RunIntensities& out) {
  const auto chosen = choose_intensity({context.zone, slices, Signal::kMarginal, std::nullopt, "", false}, store);
  if (!chosen)
    out.marginal_reason = chosen.error().message;
  else if (!chosen->estimate)
    out.marginal_reason = chosen->reason;
  else
    out.marginal = kept_form(*chosen);
}

std::optional<RunIntensity> better(const std::optional<RunIntensity>& kept, std::optional<RunIntensity> now) {
  if (!kept || kept->dataset.empty()) return now;
  const double covers = now && !now->dataset.empty() ? now->covered : 0.0;
  if (covers >= kept->covered) return now;
  RunIntensity old = *kept;
  old.notes.insert(old.notes.begin(),
                   fmt::format("data set {} is no longer kept on this machine; the numbers are those of the run's end",
                               kept->dataset.substr(0, kShownHash)));
  return old;
}

void check_one(const RunIntensity& kept, Signal signal, const RunContext& context,
               const std::vector<EnergySlice>& slices, SeriesStore* store, DatasetCheck& check) {
  if (kept.dataset.empty()) return;
  const std::string name = fmt::format("data set {}, which priced this run ({})", kept.dataset, name_of(signal));
  const auto again = choose_intensity({context.zone, slices, signal, std::nullopt, kept.dataset, false}, store);
  if (!again) {
    check.gone.push_back(again.error().kind == ErrorKind::kNotFound
                             ? name + ", is not kept on this machine: its integral is taken from the record"
                             : name + ": " + again.error().message);
    return;
  }
  const double now = again->estimate ? in_grams_per_kilowatt_hour(again->estimate->mean()) : std::nan("");
  if (std::abs(now - kept.g_per_kwh.value) <= 1e-9 * std::abs(kept.g_per_kwh.value)) return;
  // The part that the data set does not cover is priced by tables that a newer program may have.
  if (!kept.fallback.empty() && std::abs(again->covered - kept.covered) <= 1e-9) return;
  check.differing.push_back({name, shortest(kept.g_per_kwh.value) + " g/kWh", shortest(now) + " g/kWh"});
}

}  // namespace

Result<SeriesStore> series_of(const GridFolder& folder, const std::string& zone) {
  if (folder.files == nullptr) return fail(ErrorKind::kNotFound, "");
  return SeriesStore::open(*folder.files, folder.path, zone);
}

std::vector<EnergySlice> slices_of(const AssessmentInput& input) {
  return input.summary.curve.slices(idle_charged_part(input));
}

std::optional<ChosenIntensity> average_of_run(const std::string& zone, std::string_view factor_boundary,
                                              std::span<const EnergySlice> slices, SeriesStore* store) {
  const auto boundary = boundary_from(factor_boundary);
  auto chosen = choose_intensity(
      {zone, slices, Signal::kAverage, boundary ? std::optional(*boundary) : std::nullopt, "", false}, store);
  if (!chosen || !chosen->estimate || chosen->method == "yearly factor") return std::nullopt;
  return *std::move(chosen);
}

Result<ChosenIntensity> average_of_hour(const std::string& zone, WallTime when, SeriesStore* store) {
  OLIVINE_TRY(const Intensity factor, yearly_intensity(zone, hours(1), when));
  const std::int64_t begin_ns = floor_div(when.ns, hours(1).ns) * hours(1).ns;
  const EnergySlice hour{{{begin_ns}, {begin_ns + hours(1).ns}}, joules(1.0)};
  if (auto chosen = average_of_run(factor.zone, factor.boundary, {&hour, 1}, store)) return *std::move(chosen);
  ChosenIntensity out;
  out.estimate = factor.estimate;
  out.zone = factor.zone;
  out.name = factor.name;
  out.boundary = factor.boundary;
  out.method = factor.zone.empty() ? "default" : "yearly factor";
  out.period = factor.period;
  out.source = factor.source;
  out.origin = factor.row.text();
  out.basis = factor.basis;
  out.notes = factor.notes;
  return out;
}

RunIntensity kept_form(const ChosenIntensity& c) {
  RunIntensity kept;
  kept.zone = c.zone;
  kept.name = c.name;
  kept.boundary = c.boundary;
  kept.method = c.method;
  kept.dataset = c.dataset;
  kept.period = c.period;
  kept.source = c.source;
  kept.fallback = c.fallback;
  kept.covered = c.covered;
  const Estimate<CarbonIntensity>& e = *c.estimate;
  kept.g_per_kwh = {in_grams_per_kilowatt_hour(e.mean()), in_grams_per_kilowatt_hour(e.lower()),
                    in_grams_per_kilowatt_hour(e.upper()), c.basis, c.origin};
  kept.notes = c.notes;
  return kept;
}

RunIntensities find_intensities(const GridFolder& folder, const AssessmentInput& input) {
  RunIntensities out;
  const RunContext& context = input.context;
  if (context.zone.empty()) {
    out.marginal_reason = "the zone is unknown";
    return out;
  }
  const std::vector<EnergySlice> slices = some_slices(input);
  auto store = series_of(folder, context.zone);
  find_average(context, slices, store ? &*store : nullptr, out);
  find_marginal(context, slices, store ? &*store : nullptr, out);
  if (store && out.average)
    for (const std::string& trouble : store->troubles()) out.average->notes.push_back(trouble);
  return out;
}

RunIntensities better_of(const AssessmentInput& stored, RunIntensities now) {
  const auto& kept = stored.closing.intensities;
  if (!kept) return now;
  now.average = better(kept->average, std::move(now.average));
  now.marginal = better(kept->marginal, std::move(now.marginal));
  const std::string priced_by = kept->average ? kept->average->dataset : "";
  if (now.average && now.average->dataset != priced_by) {
    const double then = kept->average ? kept->average->g_per_kwh.value : stored.context.intensity_g_per_kwh.value;
    now.average->notes.push_back(fmt::format("when the run ended {:.1f} g/kWh served ({})", then,
                                             kept->average ? kept->average->period : stored.context.period));
  }
  return now;
}

DatasetCheck check_datasets(const GridFolder& folder, const AssessmentInput& input) {
  DatasetCheck check;
  if (!input.closing.intensities || input.context.zone.empty()) return check;
  const std::vector<EnergySlice> slices = some_slices(input);
  auto store = series_of(folder, input.context.zone);
  SeriesStore* kept = store ? &*store : nullptr;
  if (const auto& average = input.closing.intensities->average)
    check_one(*average, Signal::kAverage, input.context, slices, kept, check);
  if (const auto& marginal = input.closing.intensities->marginal)
    check_one(*marginal, Signal::kMarginal, input.context, slices, kept, check);
  return check;
}

}  // namespace olivine
