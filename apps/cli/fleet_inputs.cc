#include "apps/cli/fleet_inputs.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "account/activities/activity_import.h"
#include "account/activities/table_rows.h"
#include "account/intensity_choice.h"
#include "apps/cli/activity_files.h"
#include "apps/cli/fleet_options.h"
#include "base/text.h"
#include "grid/import/import.h"
#include "grid/shipped_span.h"
#include "grid/store/series_store.h"
#include "provenance/defaults.h"

namespace olivine::cli {
namespace {

Result<std::map<std::string, FleetPower>> device_map(App& app) {
  std::map<std::string, FleetPower> out;
  const std::string& path = app.options.of<FleetArguments>().device_map;
  if (path.empty()) return out;
  OLIVINE_TRY(const auto source, open_input(app.files, path));
  OLIVINE_TRY(TableRows rows, TableRows::open(*source));
  OLIVINE_TRY(const std::size_t name, rows.need({"name"}));
  const auto power = rows.find({"power_w"}), lower = rows.find({"lower_w"}), upper = rows.find({"upper_w"}),
             catalogue = rows.find({"catalogue"});
  if (!power && !catalogue) return rows.bad_line("neither power_w nor catalogue among the columns");
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) return out;
    OLIVINE_TRY(const double watts, rows.amount(power));
    FleetPower entry{watts, watts, watts, fmt::format("{}, line {}", path.substr(path.rfind('/') + 1), rows.line())};
    if (std::isnan(watts)) {
      const std::string wanted(catalogue ? rows.cell(*catalogue) : rows.cell(name));
      const auto known = catalogue_power(wanted);
      if (!known) return rows.bad(catalogue ? *catalogue : name, wanted, "is not in the catalogue; write its power_w");
      entry = *known;
    }
    OLIVINE_TRY(const double least, rows.amount(lower));
    OLIVINE_TRY(const double most, rows.amount(upper));
    if (!std::isnan(least)) entry.lower_w = least;
    if (!std::isnan(most)) entry.upper_w = most;
    if (entry.lower_w > entry.w || entry.upper_w < entry.w)
      return rows.bad_line("the power does not lie between lower_w and upper_w");
    out[std::string(rows.cell(name))] = entry;
  }
}

Result<std::map<std::string, IntensitySeries>> file_series(App& app) {
  std::map<std::string, IntensitySeries> out;
  const std::string& path = app.options.of<FleetArguments>().intensity;
  if (path.empty()) return out;
  OLIVINE_TRY(const auto source, open_input(app.files, path));
  OLIVINE_TRY(const Boundary boundary, boundary_from(app.options.of<FleetArguments>().boundary));
  ImportOptions options;
  options.file_name = path.substr(path.rfind('/') + 1);
  options.when_silent = {
      .zone = app.options.of<FleetArguments>().zone.empty() ? "file" : app.options.of<FleetArguments>().zone,
      .signal = Signal::kAverage,
      .boundary = boundary};
  if (!app.options.of<FleetArguments>().unit.empty()) options.unit = app.options.of<FleetArguments>().unit;
  OLIVINE_TRY(const Imported imported_file, import_intensities(*source, options));
  const Imported* imported = &imported_file;
  for (std::size_t i = 0; i < imported->size(); ++i) {
    OLIVINE_TRY(const StoredSeries stored, imported->series(i));
    if (stored.about.signal != Signal::kAverage || stored.about.boundary != boundary) continue;
    OLIVINE_TRY(const IntensityUnit unit, intensity_unit(stored.about.unit));
    IntensitySeries series;
    series.zone = stored.about.zone;
    for (const StoredPoint& p : stored.points) {
      const WallTime begin{p.begin_s * 1'000'000'000};
      series.points.push_back(
          exact_point(begin, {begin.ns + seconds(p.length_s).ns}, p.value * unit.g_per_kwh, p.estimated));
    }
    out[series.zone] = std::move(series);
  }
  return out;
}

// The yearly factor of the zone for hours that no series knows; of no zone the world's, assumed.
Status set_factor(const std::string& zone, WallInterval span, FleetZone& out) {
  OLIVINE_TRY(const Intensity factor, yearly_intensity(zone, hours(1), span.begin));
  out.factor_g = in_grams_per_kilowatt_hour(factor.estimate.mean());
  out.factor_lower_g = in_grams_per_kilowatt_hour(factor.estimate.lower());
  out.factor_upper_g = in_grams_per_kilowatt_hour(factor.estimate.upper());
  out.factor_source = fmt::format("{} {}, {}", factor.zone.empty() ? "world mean, zone not known" : factor.zone,
                                  factor.period, factor.boundary);
  return {};
}

// What is known hour by hour, as olivine assess prices the same hours: a stored data set, and the profile where that has no point.
std::optional<IntensitySeries> known_hours(SeriesStore& store, const std::string& zone, Boundary boundary,
                                           WallInterval span, std::string& source) {
  const auto named = resolve_zone(zone);
  const std::string key = named ? named->key : zone;
  const EnergySlice whole{span, joules(1.0)};
  const auto stored = choose_intensity({key, {&whole, 1}, Signal::kAverage, boundary, "", true}, &store);
  const auto shipped = shipped_span({key, span, Signal::kAverage, boundary});
  const bool has_profile = shipped && shipped->first.profile && !shipped->series.points.empty();
  std::optional<IntensitySeries> series;
  if (stored && !stored->series.points.empty()) {
    series = has_profile ? with_gaps_filled(stored->series, shipped->series) : stored->series;
    source = "data set " + stored->dataset.substr(0, 12);
    if (has_profile && stored->covered < 1.0) source += ", and where it has no point the month x hour profile";
  } else if (has_profile) {
    series = shipped->series;
    source = "month x hour profile, at each year's level";
  }
  return series;
}

Result<FleetZone> zone_inputs(App& app, SeriesStore& store, const std::map<std::string, IntensitySeries>& from_file,
                              const std::string& zone, WallInterval span) {
  FleetZone out;
  const auto in_file = from_file.find(zone.empty() ? "file" : zone);
  const Status has_factor = set_factor(zone, span, out);
  if (!has_factor && in_file == from_file.end()) return tl::unexpected<Error>(has_factor.error());
  if (!has_factor) OLIVINE_CHECK_STATUS(set_factor("", span, out));
  std::optional<IntensitySeries> series;
  OLIVINE_TRY(const Boundary boundary, boundary_from(app.options.of<FleetArguments>().boundary));
  if (in_file != from_file.end()) {
    series = in_file->second;
    out.source = printable(app.options.of<FleetArguments>().intensity);
  } else if (!zone.empty()) {
    series = known_hours(store, zone, boundary, span, out.source);
  }
  if (!series) return out;
  OLIVINE_TRY(out.series, IntensityIntegral::of(*series));
  return out;
}

Status set_devices(App& app, const ActivityTable& table, FleetInputs& in, std::vector<std::string>& sources) {
  OLIVINE_TRY(const auto said, device_map(app));
  for (const std::string& name : table.device.words()) {
    const auto mapped = said.find(name);
    std::optional<FleetPower> power = mapped == said.end() ? catalogue_power(name) : std::optional(mapped->second);
    if (!name.empty())
      sources.push_back(power ? fmt::format("power of {}: {} W ({} .. {}), {}", printable(name), shortest(power->w),
                                            shortest(power->lower_w), shortest(power->upper_w), power->source)
                              : fmt::format("power of {}: not known; --device-map FILE gives it", printable(name)));
    in.devices.push_back(std::move(power));
  }
  return {};
}

}  // namespace

Result<std::vector<NamedNumber>> named_numbers(const char* flag, const std::vector<std::string>& texts) {
  std::vector<NamedNumber> out;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    const auto value = equals == std::string::npos ? Result<double>(fail(ErrorKind::kInvalid, ""))
                                                   : parse_double(std::string_view(text).substr(equals + 1));
    if (!value || equals == 0 || *value <= 0.0 || *value > 1e12)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: '{}' is not NAME=NUMBER with a number above 0", flag, printable(text)));
    out.push_back({text.substr(0, equals), *value});
  }
  return out;
}

Result<ActivityTable> fleet_table(App& app) {
  ActivityImportOptions options;
  options.users = UsersKept::kKept;
  if (!app.options.of<FleetArguments>().zone.empty()) {
    OLIVINE_TRY(const GridZone zone, resolve_zone(app.options.of<FleetArguments>().zone));
    options.zone = zone.key;
  }
  LineProgress progress(app);
  options.progress = progress.callback();
  ActivityTable all;
  for (const std::string& path : app.options.of<FleetArguments>().files) {
    OLIVINE_TRY(ActivityImport read, import_activities(app.files, path, options));
    if (all.size() == 0) {
      all = std::move(read.table);
      continue;
    }
    for (std::size_t i = 0; i < read.table.size(); ++i) OLIVINE_CHECK_STATUS(all.add(read.table.at(i)));
  }
  if (all.size() == 0) return fail(ErrorKind::kInvalid, "the files hold no activities");
  return all;
}

Result<FleetInputs> fleet_inputs(App& app, const ActivityTable& table, WallInterval span,
                                 std::vector<std::string>& sources) {
  FleetInputs in;
  OLIVINE_CHECK_STATUS(set_devices(app, table, in, sources));
  in.core = default_core_power();
  if (const auto watts = app.options.of<FleetArguments>().core_w) {
    if (*watts <= 0.0 || *watts > 1e4) return fail(ErrorKind::kInvalid, "--power-per-cpu: watts of one core, above 0");
    in.core = {*watts, *watts, *watts, "--power-per-cpu"};
  }
  in.memory_gb = default_memory_power();
  sources.push_back(fmt::format("power of a core: {} W ({} .. {}), {}", shortest(in.core.w), shortest(in.core.lower_w),
                                shortest(in.core.upper_w), in.core.source));
  const Default pue = default_value("pue_datacentre").value_or(Default{}),
                supply = default_value("psu_efficiency").value_or(Default{});
  in.pue = app.options.of<FleetArguments>().pue.value_or(pue.value);
  in.pue_lower = app.options.of<FleetArguments>().pue.value_or(pue.lower);
  in.pue_upper = app.options.of<FleetArguments>().pue.value_or(pue.upper);
  if (in.pue < 1.0 || in.pue > 10.0)
    return fail(ErrorKind::kInvalid, fmt::format("--pue {}: a PUE is at least 1", in.pue));
  sources.push_back(
      fmt::format("PUE: {}{}", shortest(in.pue), app.options.of<FleetArguments>().pue ? "" : " (assumed)"));
  in.supply = supply.value;
  in.supply_lower = supply.lower;
  in.supply_upper = supply.upper;
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  OLIVINE_TRY(const auto from_file, file_series(app));
  for (const std::string& zone : table.zone.words()) {
    OLIVINE_TRY(FleetZone found, zone_inputs(app, store, from_file, zone, span));
    sources.push_back(fmt::format("intensity of {}: {}; else the yearly factor ({}) {} g/kWh",
                                  zone.empty() ? "rows without a zone" : printable(zone),
                                  found.source.empty() ? "no hourly series" : found.source, found.factor_source,
                                  shortest(found.factor_g)));
    in.zones.push_back(std::move(found));
  }
  return in;
}

}  // namespace olivine::cli
