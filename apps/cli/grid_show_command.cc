// grid show: everything that the shipped tables say about a zone at a time.
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "apps/cli/grid_show.h"
#include "apps/cli/plot.h"
#include "base/wall_time_text.h"
#include "engine/run_intensity.h"
#include "grid/store/series_store.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_json(const GridFigure& f) {
  const bool known = f.g_per_kwh.has_value();
  Json j{{"value", or_null(f.g_per_kwh)},
         {"lower", known ? Json(f.lower) : Json(nullptr)},
         {"upper", known ? Json(f.upper) : Json(nullptr)},
         {"unit", "g/kWh"},
         {"basis", known ? Json(name_of(f.basis)) : Json(nullptr)},
         {"signal", name_of(f.signal)},
         {"boundary", f.boundary},
         {"accounting", or_null(f.accounting)},
         {"losses", or_null(f.losses)},
         {"gases", or_null(f.gases)},
         {"method", or_null(f.method)},
         {"period", or_null(f.period)},
         {"year", f.year > 0 ? Json(f.year) : Json(nullptr)},
         {"zone", f.zone},
         {"name", f.name},
         {"source", or_null(f.source)},
         {"licence", or_null(f.licence)},
         {"row", or_null(f.row.text())},
         {"notes", f.notes}};
  if (!known) j["reason"] = f.reason;
  return j;
}

Json to_json(const MonthHourProfile& p, WallTime at) {
  const auto month = static_cast<std::size_t>(std::stoi(format_utc(at).substr(5, 2)));
  return {{"zone", p.zone},
          {"signal", name_of(p.signal)},
          {"boundary", name_of(p.boundary)},
          {"period", p.period},
          {"month", month},
          {"unit", "g/kWh"},
          {"lower_factor", p.spread[month - 1].lower},
          {"upper_factor", p.spread[month - 1].upper},
          {"hours_utc", p.g_per_kwh[month - 1]}};
}

Json to_json(const CloudRegion& c) {
  return {{"provider", c.provider},
          {"region", c.region},
          {"name", c.name},
          {"zone", c.zone},
          {"grid", or_null(c.grid)},
          {"pue", or_null(c.pue)},
          {"pue_of", c.pue ? Json(c.pue_of_fleet ? "fleet" : "region") : Json(nullptr)},
          {"wue_l_per_kwh", or_null(c.wue_l_per_kwh)},
          {"wue_of", c.wue_l_per_kwh ? Json(c.wue_of_fleet ? "fleet" : "region") : Json(nullptr)},
          {"source", c.row.text()}};
}

// What a stored series says beside its numbers.
GridFigure figure_of(const IntensitySeries& series, const GridZone& zone, WallInterval span) {
  GridFigure f;
  f.zone = zone.key;
  f.name = zone.name;
  f.signal = series.signal;
  f.boundary = std::string(name_of(series.boundary));
  f.accounting = series.accounting;
  f.losses = series.losses;
  f.gases = series.gases;
  f.method = "data set " + series.dataset.substr(0, 12);
  f.period = format_utc(span.begin).substr(0, 16) + " to " + format_utc(span.end).substr(11, 5);
  f.source = series.source;
  f.basis = series.basis;
  f.notes = series.notes;
  return f;
}

// What grid import keeps of this hour stands before what is shipped.
Status add_stored(const App& app, GridShow& show) {
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  for (const Signal signal : {Signal::kAverage, Signal::kMarginal})
    for (const Boundary boundary : {Boundary::kLifecycle, Boundary::kDirect}) {
      if (!app.options.signal.empty() && app.options.signal != name_of(signal)) continue;
      if (!app.options.boundary.empty() && app.options.boundary != name_of(boundary)) continue;
      const auto series = store.points({show.zone.key, {show.at, {show.at.ns + 1}}, signal, boundary});
      if (!series || series->points.empty()) continue;
      const IntensityPoint& p = series->points.front();
      GridFigure f = figure_of(*series, show.zone, {p.begin, p.end});
      f.g_per_kwh = p.g_per_kwh;
      f.lower = p.lower;
      f.upper = p.upper;
      if (p.estimated) f.notes.emplace_back("the source says that it estimated this point");
      show.figures.push_back(std::move(f));
    }
  return {};
}

// The figures that were asked for.
Status add_figures(const Options& options, GridShow& show) {
  std::vector<ShippedAsk> asks;
  std::optional<Boundary> boundary;
  if (!options.boundary.empty()) {
    OLIVINE_TRY(boundary, boundary_from(options.boundary));
  }
  if (!options.signal.empty()) {
    OLIVINE_TRY(const Signal signal, signal_from(options.signal));
    asks.push_back({show.zone.key, show.at, signal, boundary});
  } else if (boundary) {
    asks = {{show.zone.key, show.at, Signal::kAverage, boundary},
            {show.zone.key, show.at, Signal::kMarginal, boundary}};
  } else {
    asks = {{show.zone.key, show.at, Signal::kAverage},
            {show.zone.key, show.at, Signal::kAverage, Boundary::kDirect},
            {show.zone.key, show.at, Signal::kMarginal}};
  }
  for (const ShippedAsk& ask : asks) {
    OLIVINE_TRY(GridFigure figure, shipped_intensity(ask));
    show.figures.push_back(std::move(figure));
  }
  return {};
}

// A zone of the tables, or one of which only data sets are kept (EIA-AVA after an import of EIA-930).
Result<GridZone> zone_to_show(const App& app, GridShow& show) {
  auto known = resolve_zone(show.asked);
  if (known) return known;
  OLIVINE_TRY(const SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  for (const Dataset& dataset : store.datasets())
    if (dataset.about.zone == show.asked) {
      show.only_stored = true;
      return GridZone{show.asked, show.asked, "", std::nullopt};
    }
  return known;
}

// Of a zone that only the store knows: the error says what times it holds.
Status stored_or_error(const App& app, const GridShow& show) {
  if (!show.figures.empty()) return {};
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  const Signal signal = app.options.signal == "marginal" ? Signal::kMarginal : Signal::kAverage;
  const Boundary boundary = app.options.boundary == "direct" ? Boundary::kDirect : Boundary::kLifecycle;
  const auto series = store.points({show.zone.key, {show.at, {show.at.ns + 1}}, signal, boundary});
  if (!series) return tl::unexpected<Error>(series.error());
  return fail(ErrorKind::kNotFound, "no point of " + show.zone.key + " holds this time");
}

// By the function that prices runs (engine/run_intensity.h); what it took it from is described here.
Status add_what_run_uses(const App& app, GridShow& show) {
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  OLIVINE_TRY(const ChosenIntensity used, average_of_hour(show.zone.key, show.at, &store));
  GridFigure f = show.yearly.front();
  if (used.method == "data set") {
    f = figure_of(used.series, show.zone, {used.series.points.front().begin, used.series.points.back().end});
    f.notes = used.notes;
  } else if (used.method != "yearly factor") {
    const auto boundary = boundary_from(used.boundary);
    OLIVINE_TRY(f, shipped_intensity(
                       {show.zone.key, show.at, Signal::kAverage, boundary ? std::optional(*boundary) : std::nullopt}));
  }
  f.g_per_kwh = in_grams_per_kilowatt_hour(used.estimate->mean());
  f.lower = in_grams_per_kilowatt_hour(used.estimate->lower());
  f.upper = in_grams_per_kilowatt_hour(used.estimate->upper());
  show.run_uses = std::move(f);
  return {};
}

Result<GridShow> grid_show_of(const App& app) {
  GridShow show;
  show.asked = app.options.text;
  show.at = app.clock.now().wall;
  if (!app.options.at.empty() && app.options.at != "now") {
    OLIVINE_TRY(show.at, parse_wall_time(app.options.at));
  }
  OLIVINE_TRY(show.zone, zone_to_show(app, show));
  OLIVINE_CHECK_STATUS(add_stored(app, show));
  OLIVINE_CHECK_STATUS(show.only_stored ? stored_or_error(app, show) : add_figures(app.options, show));
  for (const ZoneFactor& factor : yearly_factors(show.zone.key)) {
    OLIVINE_TRY(GridFigure figure, yearly_figure(factor, hours(1), show.at));
    show.yearly.push_back(std::move(figure));
  }
  if (show.yearly.empty()) {
    show.run_uses.zone = show.zone.key;
    show.run_uses.name = show.zone.name;
    show.run_uses.boundary = "unknown";
    show.run_uses.reason = show.only_stored ? "olivine run has no yearly factor of this zone"
                                            : "olivine run takes no zone that has marginal rates only";
  } else {
    OLIVINE_CHECK_STATUS(add_what_run_uses(app, show));
  }
  show.names = names_of(show.zone.key);
  show.lies_in = relations_of(show.zone.key);
  show.clouds = cloud_regions_in(show.zone.key);
  return show;
}

}  // namespace

std::string render_grid_show_json(const GridShow& show) {
  Json j{{"schema", "olivine.grid_show/1"},
         {"asked", show.asked},
         {"zone", show.zone.key},
         {"name", show.zone.name},
         {"parent", or_null(show.zone.parent)},
         {"asked_as", nullptr},
         {"at", format_utc(show.at)},
         {"figures", Json::array()},
         {"run_uses", to_json(show.run_uses)},
         {"yearly", Json::array()},
         {"profiles", Json::array()},
         {"names", Json::array()},
         {"lies_in", Json::array()},
         {"cloud_regions", Json::array()}};
  if (show.zone.asked_as) {
    const ZoneAlias& a = *show.zone.asked_as;
    j["asked_as"] = {{"name", a.alias}, {"scheme", a.scheme}, {"source", a.source}, {"note", or_null(a.note)}};
  }
  for (const GridFigure& f : show.figures) {
    j["figures"].push_back(to_json(f));
    if (f.profile) j["profiles"].push_back(to_json(*f.profile, show.at));
  }
  for (const GridFigure& f : show.yearly) j["yearly"].push_back(to_json(f));
  for (const ZoneAlias& a : show.names)
    j["names"].push_back({{"name", a.alias}, {"scheme", a.scheme}, {"source", a.source}, {"note", or_null(a.note)}});
  for (const ZoneAlias& a : show.lies_in)
    j["lies_in"].push_back({{"zone", a.zone}, {"relation", a.relation}, {"note", or_null(a.note)}});
  for (const CloudRegion& c : show.clouds) j["cloud_regions"].push_back(to_json(c));
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

int grid_show_command(App& app) {
  const auto show = grid_show_of(app);
  if (!show) return report_error(show.error());
  const int code = app.options.json ? print_json(app, render_grid_show_json(*show))
                                    : print(render_grid_show_text(*show, app.style(false)));
  return code == 0 && app.options.plot ? show_plot(app, plot_of(app, *show)) : code;
}

}  // namespace olivine::cli
