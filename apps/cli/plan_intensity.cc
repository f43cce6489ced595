#include "apps/cli/plan_intensity.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/plan_money.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_request.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/import/import.h"
#include "grid/shipped.h"
#include "grid/store/series_store.h"
#include "planning/slot_choice.h"
#include "provenance/content_hasher.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostPriceBytes = std::size_t{64} << 20U;

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
    series.points.push_back(
        exact_point(begin, {begin.ns + seconds(p.length_s).ns}, p.value * unit.g_per_kwh, p.estimated));
  }
  return series;
}

// Hashes what is read, so that the hash is of the very bytes that were used.
class HashedSource final : public ByteSource {
 public:
  explicit HashedSource(ByteSource& inner) : inner_(inner) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    auto size = inner_.read(buffer);
    if (size) hasher_.add({buffer.data(), *size});
    return size;
  }
  std::string hash() const { return hasher_.hash(); }

 private:
  ByteSource& inner_;
  ContentHasher hasher_;
};

std::string some_of(const std::vector<std::string>& zones) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(zones.size(), kShown); ++i)
    text += (i == 0 ? "" : ", ") + printable(zones[i].substr(0, 60));
  return zones.empty() ? "none" : text + (zones.size() > kShown ? ", ..." : "");
}

// The file's zones in its order, or those of --zones.
Result<PlanIntensities> from_file(App& app, const IntensityQuestion& q) {
  PlanIntensities out;
  const std::string& file = q.file;
  const std::vector<std::string>& wanted = q.zones;
  OLIVINE_TRY(auto source, open_input(app.files, file));
  HashedSource hashed(*source);
  ImportOptions options;
  options.file_name = file.substr(file.rfind('/') + 1);
  options.when_silent = {
      .zone = wanted.empty() ? "file" : wanted.front(), .signal = Signal::kAverage, .boundary = Boundary::kLifecycle};
  OLIVINE_TRY(const Imported imported, import_intensities(hashed, options));
  out.file_hash = hashed.hash();
  for (const std::string& zone : wanted) out.zones.push_back({zone, std::nullopt, std::nullopt});
  std::vector<std::string> in_file;
  for (std::size_t i = 0; i < imported.size(); ++i) {
    OLIVINE_TRY(const StoredSeries stored, imported.series(i));
    OLIVINE_TRY(IntensitySeries series, as_intensity(stored));
    if (std::find(in_file.begin(), in_file.end(), series.zone) == in_file.end()) in_file.push_back(series.zone);
    if (!q.home.empty() && series.zone == q.home) {
      if (!out.home) out.home = ZoneIntensity{series.zone, std::nullopt, std::nullopt};
      slot_of(*out.home, series.signal) = series;
    }
    auto zone =
        std::find_if(out.zones.begin(), out.zones.end(), [&](const ZoneIntensity& z) { return z.zone == series.zone; });
    if (zone == out.zones.end()) {
      if (!wanted.empty()) continue;
      zone = out.zones.insert(out.zones.end(), {series.zone, std::nullopt, std::nullopt});
    }
    slot_of(*zone, series.signal) = std::move(series);
  }
  for (const ZoneIntensity& zone : out.zones)
    if (!zone.average && !zone.marginal)
      return fail(ErrorKind::kNotFound, fmt::format("{} has no zone \"{}\"; it has {}", printable(file),
                                                    printable(zone.zone.substr(0, 60)), some_of(in_file)));
  out.sources.push_back(fmt::format("{} ({})", printable(file), imported.format()));
  return out;
}

// Hour by hour what the shipped tables say, always of one boundary: the one asked for, else the table's own.
std::optional<IntensitySeries> shipped_series(const std::string& zone, Signal signal, WallInterval span,
                                              std::optional<Boundary> wanted, std::vector<std::string>& sources) {
  const auto first = shipped_intensity({zone, span.begin, signal, wanted});
  if (!first || !first->g_per_kwh) return std::nullopt;
  const auto boundary = boundary_from(first->boundary);
  IntensitySeries series;
  series.zone = zone;
  series.signal = signal;
  if (boundary) series.boundary = *boundary;
  series.source = first->source;
  const std::int64_t hour_ns = hours(1).ns;
  for (std::int64_t t = span.begin.ns / hour_ns * hour_ns; t < span.end.ns; t += hour_ns) {
    const auto figure = shipped_intensity({zone, {t}, signal, boundary ? std::optional(*boundary) : std::nullopt});
    if (figure && figure->g_per_kwh)
      series.points.push_back({{t}, {t + hour_ns}, *figure->g_per_kwh, figure->lower, figure->upper, true});
  }
  sources.push_back(fmt::format("{} {}: {} of {}, {}{}{}", zone, name_of(signal), first->method, first->period,
                                first->boundary, first->zone == zone ? "" : ", of " + first->zone,
                                first->method == "yearly factor" ? "; it says nothing about the hour" : ""));
  return series;
}

// The hours of `span` that no point of `known` touches, from `rest`: more time never changes what is known of an hour.
std::size_t fill(IntensitySeries& known, const IntensitySeries& rest, WallInterval span) {
  std::vector<IntensityPoint> filled;
  auto next = known.points.begin();
  for (const IntensityPoint& p : rest.points) {
    while (next != known.points.end() && next->end <= p.begin) ++next;
    if ((next == known.points.end() || next->begin >= p.end) && p.begin < span.end && p.end > span.begin)
      filled.push_back(p);
  }
  known.points.insert(known.points.end(), filled.begin(), filled.end());
  std::sort(known.points.begin(), known.points.end(),
            [](const IntensityPoint& a, const IntensityPoint& b) { return a.begin < b.begin; });
  return filled.size();
}

// What was imported comes first, with the shipped tables of the same boundary where it says nothing.
std::optional<IntensitySeries> stored_series(SeriesStore& store, const std::string& zone, Signal signal,
                                             Boundary boundary, WallInterval span, WallInterval longer,
                                             std::vector<std::string>& sources) {
  auto series = store.points({zone, longer, signal, boundary});
  const bool says_something =
      series && std::any_of(series->points.begin(), series->points.end(),
                            [&](const IntensityPoint& p) { return p.begin < span.end && p.end > span.begin; });
  if (!says_something) return std::nullopt;
  const auto hours_of = [&](const IntensitySeries& s) {
    std::int64_t ns = 0;
    for (const IntensityPoint& p : s.points)
      ns += std::max<std::int64_t>(0, std::min(p.end, span.end).ns - std::max(p.begin, span.begin).ns);
    return Duration{ns};
  };
  std::string source =
      fmt::format("{} {}: data set {}, {}", zone, name_of(signal), series->dataset.substr(0, 12), name_of(boundary));
  const Duration known = hours_of(*series), asked{span.end.ns - span.begin.ns};
  std::vector<std::string> of_rest;
  const auto rest = shipped_series(zone, signal, longer, boundary, of_rest);
  const bool filled = rest && fill(*series, *rest, longer) > 0;
  if (known < asked)
    source += fmt::format("; it covers {} of {}, {}", format_duration(known), format_duration(asked),
                          filled ? "the rest is from: " + of_rest.front() : "nothing is known of the rest");
  sources.push_back(source);
  return std::move(*series);
}

// Of one boundary, or of whichever there is: stored lifecycle, stored direct, shipped.
std::optional<IntensitySeries> series_of(SeriesStore& store, const std::string& zone, Signal signal,
                                         std::optional<Boundary> wanted, WallInterval span, WallInterval longer,
                                         std::vector<std::string>& sources) {
  for (const Boundary boundary : {Boundary::kLifecycle, Boundary::kDirect}) {
    if (wanted && *wanted != boundary) continue;
    if (auto stored = stored_series(store, zone, signal, boundary, span, longer, sources)) return stored;
  }
  return shipped_series(zone, signal, longer, wanted, sources);
}

bool same_boundary(std::vector<ZoneIntensity>& zones, Signal signal) {
  std::optional<Boundary> first;
  for (ZoneIntensity& zone : zones) {
    const auto& series = slot_of(zone, signal);
    if (!series) continue;
    if (first && *first != series->boundary) return false;
    first = series->boundary;
  }
  return true;
}

Result<PlanIntensities> from_store_and_tables(App& app, const IntensityQuestion& q,
                                              const std::vector<std::string>& wanted) {
  PlanIntensities out;
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  // Twice the deadline, so that the answer can say what more time would bring.
  const WallInterval span{q.from, {q.from.ns + q.deadline.ns}}, longer{q.from, {q.from.ns + 2 * q.deadline.ns}};
  for (const std::string& text : wanted) {
    OLIVINE_TRY(const GridZone zone, resolve_zone(text));
    out.zones.push_back({zone.key, std::nullopt, std::nullopt});
  }
  for (const Signal signal : {Signal::kAverage, Signal::kMarginal}) {
    std::vector<std::string> sources;
    for (ZoneIntensity& zone : out.zones)
      slot_of(zone, signal) = series_of(store, zone.zone, signal, std::nullopt, span, longer, sources);
    if (!same_boundary(out.zones, signal)) {  // direct against lifecycle compares nothing
      const Boundary one =
          signal == Signal::kAverage ? Boundary::kLifecycle : Boundary::kDirect;  // marginal data are mostly direct
      sources.clear();
      for (ZoneIntensity& zone : out.zones)
        slot_of(zone, signal) = series_of(store, zone.zone, signal, one, span, longer, sources);
      sources.push_back(
          fmt::format("{}: zones are compared by {} intensity alone; data sets of another boundary are left out",
                      name_of(signal), name_of(one)));
    }
    out.sources.insert(out.sources.end(), sources.begin(), sources.end());
  }
  return out;
}

// time_utc,price_per_kwh[,zone]: each holds until the next of its zone, the last as long as the one before. An empty one is a gap.
Status prices_from_file(App& app, const std::string& path, std::vector<ZoneIntensity>& zones) {
  OLIVINE_TRY(auto source, open_input(app.files, path));
  OLIVINE_TRY(const std::string text, read_whole(*source, kMostPriceBytes));
  OLIVINE_TRY(const CsvTable table, CsvTable::parse_file(printable(path), text));
  OLIVINE_TRY(const std::size_t times, table.column("time_utc"));
  OLIVINE_TRY(const std::size_t values, table.column("price_per_kwh"));
  const bool has_zone = table.column("zone").has_value();
  for (ZoneIntensity& zone : zones) {
    std::vector<PricePoint> points;
    std::vector<bool> known;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (has_zone && trim(table.cell(row, "zone")) != zone.zone) continue;
      const auto bad = [&](std::string_view what, std::string_view value, std::string_view fix) {
        return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {} \"{}\" {}", printable(path), table.line_of(row),
                                                     what, printable(value.substr(0, 60)), fix));
      };
      const auto time = parse_wall_time(trim(table.cell(row, times)));
      if (!time) return bad("time_utc", table.cell(row, times), "is not a time, e.g. 2026-11-24T08:00Z");
      if (!points.empty() && *time <= points.back().begin)
        return bad("time_utc", table.cell(row, times), "is not after the one before");
      const std::string_view cell = trim(table.cell(row, values));
      const auto price = parse_double(cell);
      if (!price && !cell.empty()) return bad("price_per_kwh", cell, "is not a number");
      if (!points.empty()) points.back().end = *time;
      points.push_back({*time, *time, price.value_or(0.0)});
      known.push_back(price.has_value());
    }
    if (points.size() > 1)
      points.back().end = {points.back().begin.ns + (points.back().begin.ns - points[points.size() - 2].begin.ns)};
    else if (points.size() == 1)
      points.back().end = {points.back().begin.ns + hours(1).ns};
    for (std::size_t i = 0; i < points.size(); ++i)
      if (known[i]) zone.prices.push_back(points[i]);
  }
  return {};
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

IntensityQuestion question_of(const App& app, const JobRequest& job) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  return {o.zones, o.intensity, o.slot, o.follow, job.now, job.deadline, o.from, job};
}

Result<PlanIntensities> plan_intensities(App& app, const IntensityQuestion& q) {
  std::vector<std::string> wanted = q.zones;
  const bool has_file = !q.file.empty();
  if (wanted.empty() && !has_file && !app.config.get("zone").empty()) wanted.push_back(app.config.get("zone"));
  if (wanted.empty() && !has_file)
    return fail(ErrorKind::kInvalid, "which zones? e.g. --zones FR,DE; olivine grid zones TEXT finds them");
  OLIVINE_TRY(PlanIntensities out, has_file ? from_file(app, q) : from_store_and_tables(app, q, wanted));
  if (out.zones.empty()) return fail(ErrorKind::kNotFound, fmt::format("{} has no series", printable(q.file)));
  out.slot = slot_for(out);
  if (!q.slot.empty()) {
    // Of what is followed the rules say how many slots are too many: the deadline comes nearer as it goes on.
    OLIVINE_TRY(out.slot,
                q.follow ? duration_within("--slot", q.slot, nanoseconds(1)) : slot_within(q.slot, q.deadline));
    return out;
  }
  // A start that is not on a slot's edge mixes two hours in each slot: shorter ones waste less.
  if (q.follow || q.from.ns % out.slot.ns == 0) return out;
  JobRequest job = q.job;
  job.now = q.from;
  job.deadline = q.deadline;
  out.slot = slot_for_start(job, out.slot);
  const bool on_edges = !job.scales.empty() && job.now.ns % out.slot.ns == 0;
  if (out.slot > kFineSlot && !on_edges)
    out.notes.push_back(fmt::format("slots of {}, not of 5 min: those are too many; a shorter deadline may save more",
                                    format_duration(out.slot)));
  return out;
}

Result<PlanIntensities> plan_intensities(App& app, const JobRequest& job) {
  return plan_intensities(app, question_of(app, job));
}

Result<std::string> add_prices(App& app, const JobRequest& job, std::vector<ZoneIntensity>& zones) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  if (!o.price.empty() && !o.prices.empty()) return fail(ErrorKind::kInvalid, "state --price or --prices, not both");
  const std::string of_settings = app.config.get("currency");
  PlanCurrency currency;
  const std::string text = !o.prices.empty() ? "" : o.price.empty() ? app.config.get("price_per_kwh") : o.price;
  if (!o.prices.empty()) {
    OLIVINE_CHECK_STATUS(prices_from_file(app, o.prices, zones));
  }
  if (!o.prices.empty() || (o.price.empty() && !text.empty()))
    OLIVINE_CHECK_STATUS(currency.add(of_settings, "the currency of the settings"));
  for (const std::string_view item : text.empty() ? std::vector<std::string_view>{} : split(text, ',')) {
    const std::size_t mark = item.find('=');
    std::string in, only;
    OLIVINE_TRY(const double price,
                amount_of("--price", item.substr(mark == std::string_view::npos ? 0 : mark + 1), &in));
    OLIVINE_CHECK_STATUS(currency.add(in, "--price " + std::string(trim(item))));
    if (mark != std::string_view::npos) {
      const std::string named(trim(item.substr(0, mark)));
      const auto zone = resolve_zone(named);
      only = zone ? zone->key : named;
    }
    bool found = only.empty();
    for (ZoneIntensity& zone : zones) {
      if (!only.empty() && zone.zone != only) continue;
      zone.prices = {{job.now, {job.now.ns + 2 * job.deadline.ns}, price}};
      found = true;
    }
    if (!found)
      return fail(ErrorKind::kInvalid, fmt::format("--price: {} is none of the zones of this plan", printable(only)));
  }
  if (std::string in; !o.egress.empty()) {
    OLIVINE_CHECK_STATUS(amount_of("--egress", o.egress, &in));
    OLIVINE_CHECK_STATUS(currency.add(in, "--egress " + o.egress));
  }
  return currency.name().empty() ? of_settings : currency.name();
}

}  // namespace olivine::cli
