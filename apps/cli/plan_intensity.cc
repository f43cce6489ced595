#include "apps/cli/plan_intensity.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "grid/import/import.h"
#include "grid/shipped.h"
#include "grid/store/series_store.h"

namespace olivine::cli {
namespace {

std::optional<IntensitySeries>& slot_of(ZoneIntensity& zone, Signal signal) {
  return signal == Signal::kAverage ? zone.average : zone.marginal;
}

Result<IntensitySeries> as_intensity(const StoredSeries& stored) {
  OLIVINE_TRY(const IntensityUnit unit, intensity_unit(stored.about.unit));
  IntensitySeries series;
  series.zone = stored.about.zone;
  series.signal = stored.about.signal;
  series.boundary = stored.about.boundary;
  series.source = stored.about.source;
  for (const StoredPoint& p : stored.points) {
    const WallTime begin{p.begin_s * 1'000'000'000};
    series.points.push_back(exact_point(begin, {begin.ns + seconds(p.length_s).ns}, p.value * unit.g_per_kwh, p.estimated));
  }
  return series;
}

// The file's zones in its order, or those of --zones.
Result<PlanIntensities> from_file(App& app, const std::vector<std::string>& wanted) {
  PlanIntensities out;
  OLIVINE_TRY(auto source, open_input(app.files, app.options.of<PlanOptions>().intensity));
  ImportOptions options;
  options.file_name = app.options.of<PlanOptions>().intensity.substr(app.options.of<PlanOptions>().intensity.rfind('/') + 1);
  options.when_silent = {.zone = wanted.empty() ? "file" : wanted.front(), .signal = Signal::kAverage, .boundary = Boundary::kLifecycle};
  OLIVINE_TRY(const Imported imported, import_intensities(*source, options));
  for (const std::string& zone : wanted) out.zones.push_back({zone, std::nullopt, std::nullopt});
  for (std::size_t i = 0; i < imported.size(); ++i) {
    OLIVINE_TRY(const StoredSeries stored, imported.series(i));
    OLIVINE_TRY(IntensitySeries series, as_intensity(stored));
    auto zone = std::find_if(out.zones.begin(), out.zones.end(), [&](const ZoneIntensity& z) { return z.zone == series.zone; });
    if (zone == out.zones.end()) {
      if (!wanted.empty()) continue;
      zone = out.zones.insert(out.zones.end(), {series.zone, std::nullopt, std::nullopt});
    }
    slot_of(*zone, series.signal) = std::move(series);
  }
  out.sources.push_back(fmt::format("{} ({})", printable(app.options.of<PlanOptions>().intensity), imported.format()));
  return out;
}

// Hour by hour what the shipped tables say, always of one boundary.
std::optional<IntensitySeries> shipped_series(const std::string& zone, Signal signal, WallInterval span, std::vector<std::string>& sources) {
  const auto first = shipped_intensity({zone, span.begin, signal, std::nullopt});
  if (!first || !first->g_per_kwh) return std::nullopt;
  const auto boundary = boundary_from(first->boundary);
  IntensitySeries series;
  series.zone = zone;
  series.signal = signal;
  series.source = first->source;
  const std::int64_t hour_ns = hours(1).ns;
  for (std::int64_t t = span.begin.ns / hour_ns * hour_ns; t < span.end.ns; t += hour_ns) {
    const auto figure = shipped_intensity({zone, {t}, signal, boundary ? std::optional(*boundary) : std::nullopt});
    if (figure && figure->g_per_kwh) series.points.push_back({{t}, {t + hour_ns}, *figure->g_per_kwh, figure->lower, figure->upper, true});
  }
  sources.push_back(fmt::format("{} {}: {} of {}, {}{}{}", zone, name_of(signal), first->method, first->period, first->boundary,
                                first->zone == zone ? "" : ", of " + first->zone, first->method == "yearly factor" ? "; it says nothing about the hour" : ""));
  return series;
}

// What was imported comes first, where it covers the whole span.
std::optional<IntensitySeries> stored_series(SeriesStore& store, const std::string& zone, Signal signal, WallInterval span,
                                             std::vector<std::string>& sources) {
  for (const Boundary boundary : {Boundary::kLifecycle, Boundary::kDirect}) {
    auto series = store.points({zone, span, signal, boundary});
    if (!series || series->points.empty() || series->points.front().begin > span.begin || series->points.back().end < span.end) continue;
    sources.push_back(fmt::format("{} {}: data set {}, {}", zone, name_of(signal), series->dataset.substr(0, 12), name_of(boundary)));
    return std::move(*series);
  }
  return std::nullopt;
}

Result<PlanIntensities> from_store_and_tables(App& app, const JobRequest& job, const std::vector<std::string>& wanted) {
  PlanIntensities out;
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  // Twice the deadline, so that the answer can say what more time would bring.
  const WallInterval span{job.now, {job.now.ns + job.deadline.ns}}, longer{job.now, {job.now.ns + 2 * job.deadline.ns}};
  for (const std::string& text : wanted) {
    OLIVINE_TRY(const GridZone zone, resolve_zone(text));
    ZoneIntensity known{zone.key, std::nullopt, std::nullopt};
    for (const Signal signal : {Signal::kAverage, Signal::kMarginal}) {
      auto& series = slot_of(known, signal);
      series = stored_series(store, zone.key, signal, span, out.sources);
      if (!series) series = shipped_series(zone.key, signal, longer, out.sources);
    }
    out.zones.push_back(std::move(known));
  }
  return out;
}

// An hour, or the shortest step of the data if that is less.
Duration slot_for(const PlanIntensities& intensities) {
  Duration slot = hours(1);
  for (const ZoneIntensity& zone : intensities.zones)
    for (const auto* series : {&zone.average, &zone.marginal})
      if (*series)
        for (const IntensityPoint& p : (*series)->points) slot = std::min(slot, Duration{p.end.ns - p.begin.ns});
  return slot;
}

}  // namespace

Result<PlanIntensities> plan_intensities(App& app, const JobRequest& job) {
  std::vector<std::string> wanted = app.options.of<PlanOptions>().zones;
  const bool has_file = !app.options.of<PlanOptions>().intensity.empty();
  if (wanted.empty() && !has_file && !app.config.get("zone").empty()) wanted.push_back(app.config.get("zone"));
  if (wanted.empty() && !has_file)
    return fail(ErrorKind::kInvalid, "which zones? e.g. --zones FR,DE; olivine grid zones TEXT finds them");
  OLIVINE_TRY(PlanIntensities out, has_file ? from_file(app, wanted) : from_store_and_tables(app, job, wanted));
  if (out.zones.empty()) return fail(ErrorKind::kNotFound, fmt::format("{} has no series of the zones asked for", printable(app.options.of<PlanOptions>().intensity)));
  out.slot = slot_for(out);
  if (!app.options.of<PlanOptions>().slot.empty()) {
    auto slot = parse_duration(app.options.of<PlanOptions>().slot);
    if (!slot) return fail(slot.error().kind, "--slot: " + slot.error().message);
    out.slot = *slot;
  }
  return out;
}

}  // namespace olivine::cli
