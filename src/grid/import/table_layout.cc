#include "grid/import/table_layout.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/text.h"
#include "grid/import/known_regions.h"
#include "grid/signals/fuels.h"
#include "grid/store/series_file.h"

namespace olivine {
namespace {

using Header = std::span<const std::string_view>;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::optional<std::size_t> time_column_of(Header header) {
  for (const std::string_view wanted :
       {"time_utc", "datetime_utc", "timestamp_utc", "utc_time", "utc time", "datetime (utc)", "datetime", "timestamp",
        "point_time", "time", "from", "date", "period"}) {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (to_lower(header[i]) == wanted) return i;
  }
  return std::nullopt;
}

// Upper case parts joined by '-': "FR", "US-CAL-CISO", "DK-DK1".
bool looks_like_zone(std::string_view name) {
  if (name.size() < 2 || name.size() > 20 || !is_zone_key(name)) return false;
  const std::string_view country = name.substr(0, name.find('-'));
  const auto upper = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return country.size() == 2 && std::all_of(name.begin(), name.end(), upper);
}

std::optional<Signal> signal_in(std::string_view lower) {
  if (holds(lower, "marginal") || holds(lower, "moer") || lower == "mef") return Signal::kMarginal;
  if (holds(lower, "average") || holds(lower, "aoer") || lower == "xef" || lower.starts_with("avg_"))
    return Signal::kAverage;
  return std::nullopt;
}

std::optional<Boundary> boundary_in(std::string_view lower) {
  if (holds(lower, "lifecycle") || holds(lower, "life cycle") || holds(lower, "life_cycle") || holds(lower, "(lca)"))
    return Boundary::kLifecycle;
  return holds(lower, "direct") ? std::optional(Boundary::kDirect) : std::nullopt;
}

std::string gases_in(std::string_view lower) {
  if (holds(lower, "co2e") || holds(lower,
                                    "co\xe2\x82\x82"
                                    "e"))
    return "co2e";
  return holds(lower, "co2") || holds(lower, "co\xe2\x82\x82") ? "co2" : "unknown";
}

ValueColumn value_column(Header header, std::size_t index) {
  const std::string lower = to_lower(header[index]);
  ValueColumn column{.index = index, .name = std::string(header[index].substr(0, 60))};
  column.signal = signal_in(lower);
  column.boundary = boundary_in(lower);
  column.unit = unit_in(header[index]);
  column.gases = gases_in(lower);
  return column;
}

bool is_intensity_column(std::string_view name) {
  const std::string lower = to_lower(name);
  if (unit_in(name)) return true;
  return holds(lower, "carbon_intensity") || holds(lower, "carbon intensity") || holds(lower, "emission_factor") ||
         one_of(lower, {"intensity", "avg_ci", "ci", "moer", "aoer", "mef", "xef", "value"});
}

TableLayout portal(Header header) {
  TableLayout layout{
      .format = "electricity-maps", .source = "Electricity Maps data portal (ODbL 1.0)", .says_utc = true};
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string lower = to_lower(header[i]);
    if (lower == "zone id") layout.zone_column = i;
    if (lower == "data estimated") layout.estimated_column = i;
    if (!lower.starts_with("carbon intensity gco")) continue;
    ValueColumn column = value_column(header, i);
    column.signal = Signal::kAverage;
    column.accounting = "consumption";  // flow-traced
    layout.values.push_back(column);
  }
  return layout;
}

TableLayout eia930(Header header) {
  TableLayout layout{.format = "eia930", .source = "computed from EIA-930 (US EIA, public domain)"};
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::size_t cut = header[i].rfind('_');
    const auto region =
        cut == std::string_view::npos ? std::nullopt : balancing_authority_zone(header[i].substr(0, cut));
    if (!region || !boundary_in(header[i].substr(cut + 1))) continue;
    ValueColumn column = value_column(header, i);
    column.zone = *region;
    column.signal = Signal::kAverage;
    column.accounting = "production";
    layout.values.push_back(column);
  }
  return layout;
}

TableLayout avert(Header header, std::size_t hours) {
  TableLayout layout{
      .format = "avert", .source = "US EPA AVERT (public domain)", .time_column = hours, .hours_of_year = true};
  layout.notes.push_back(
      "hours are the region's standard time all year; one that spans two time zones has that of most of its load");
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto offset_h = avert_offset_h(header[i]);
    if (!offset_h) continue;
    ValueColumn column = value_column(header, i);
    column.zone = "AVERT-" + std::string(header[i]);
    column.signal = Signal::kMarginal;
    column.boundary = Boundary::kDirect;
    column.accounting = "production";
    column.gases = "co2";
    column.shift_s = -std::int64_t{3600} * *offset_h;
    layout.values.push_back(column);
  }
  return layout;
}

TableLayout wide(Header header, std::size_t time) {
  TableLayout layout{.format = "wide"};
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (i == time) continue;
    ValueColumn column = value_column(header, i);
    column.zone = column.name;
    layout.values.push_back(column);
  }
  return layout;
}

TableLayout generic(Header header, std::size_t time) {
  TableLayout layout{.format = "csv"};
  std::vector<std::size_t> with_unit, others;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string lower = to_lower(header[i]);
    if (i == time) continue;
    if (one_of(lower, {"zone", "zone id", "zone_id", "region", "country"}))
      layout.zone_column = i;
    else if (one_of(lower, {"signal", "signal_type"}))
      layout.signal_column = i;
    else if (one_of(lower, {"boundary", "emission_factor_type"}))
      layout.boundary_column = i;
    else if (one_of(lower, {"estimated", "is_estimated", "isestimated", "data estimated"}))
      layout.estimated_column = i;
    else if (unit_in(header[i]))
      with_unit.push_back(i);
    else if (is_intensity_column(header[i]))
      others.push_back(i);
  }
  for (const std::size_t i : with_unit.empty() ? others : with_unit) layout.values.push_back(value_column(header, i));
  if (header.size() == 2 && to_lower(header[0]) == "time" && to_lower(header[1]) == "carbon intensity") {
    layout.format = "lets-wait-awhile";
    layout.source = "derived from ENTSO-E, Wiesner et al. 2021 (Let's Wait Awhile)";
  }
  return layout;
}

Result<TableLayout> known_form(Header header) {
  const auto has = [&](std::string_view name) {
    return std::any_of(header.begin(), header.end(), [&](std::string_view h) { return to_lower(h) == name; });
  };
  const auto count = [&](auto test) {
    return static_cast<std::size_t>(std::count_if(header.begin(), header.end(), test));
  };
  const std::size_t avert_columns = count([](std::string_view h) { return avert_offset_h(h).has_value(); });
  for (std::size_t i = 0; i < header.size() && avert_columns >= 10; ++i)
    if (to_lower(header[i]) == "hour_of_year" || (to_lower(header[i]) == "timestamp" && has("month")))
      return avert(header, i);
  const auto time = time_column_of(header);
  if (!time) {
    return fail(ErrorKind::kInvalid,
                "line 1: no column of times; one must be called time_utc, datetime_utc, datetime or timestamp");
  }
  TableLayout layout;
  if (has("datetime (utc)") &&
      count([](std::string_view h) { return to_lower(h).starts_with("carbon intensity gco"); }) > 0)
    layout = portal(header);
  else if (count(looks_like_zone) >= 2 && count(looks_like_zone) == header.size() - 1)
    layout = wide(header, *time);
  else if (layout = eia930(header); layout.values.empty())
    layout = generic(header, *time);
  const std::size_t fuels = count(is_fuel_column);
  const std::size_t exchanges = count([](std::string_view h) { return to_lower(h).starts_with("exchange:"); });
  if (layout.format == "csv" && (fuels >= 3 || exchanges > 0 || (fuels > 0 && layout.values.empty())))
    layout.format = "fuel-mix";
  layout.time_column = *time;
  layout.says_utc = layout.says_utc || holds(to_lower(header[*time]), "utc");
  return layout;
}

Status take_zone(TableLayout& layout, const ImportOptions& options) {
  if (options.zone && !is_zone_key(*options.zone)) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a zone key (letters, digits, - and _)",
                                                 printable(options.zone->substr(0, 60))));
  }
  std::vector<std::string> known;
  for (const ValueColumn& column : layout.values)
    if (!column.zone.empty()) known.push_back(column.zone);
  if (known.empty()) {
    if (layout.zone_column) return {};
    const auto& zone = options.zone ? options.zone : options.when_silent.zone;
    if (!zone) return fail(ErrorKind::kInvalid, "the file does not say its zone: add --zone, e.g. --zone FR");
    for (ValueColumn& column : layout.values) column.zone = *zone;
    return {};
  }
  if (!options.zone) return {};
  std::erase_if(layout.values, [&](const ValueColumn& column) { return column.zone != *options.zone; });
  if (!layout.values.empty()) return {};
  const std::string near = nearest(*options.zone, known);
  known.resize(std::min<std::size_t>(known.size(), 8));
  return fail(ErrorKind::kInvalid,
              fmt::format("the file has no zone {}{}; it has {} ...", *options.zone,
                          near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(known, ", ")));
}

tl::unexpected<Error> contradiction(const ValueColumn& column, std::string_view says, std::string_view option) {
  return fail(ErrorKind::kInvalid, fmt::format("column '{}' is {}, but {} says otherwise: leave it out",
                                               printable(column.name), says, option));
}

Status take_signal(ValueColumn& column, const TableLayout& layout, const ImportOptions& options) {
  if (column.signal && options.signal && *column.signal != *options.signal)
    return contradiction(column, name_of(*column.signal), "--signal");
  if (column.boundary && options.boundary && *column.boundary != *options.boundary)
    return contradiction(column, name_of(*column.boundary), "--boundary");
  if (!column.signal) column.signal = options.signal;
  if (!column.boundary) column.boundary = options.boundary;
  if (!column.signal && !layout.signal_column) column.signal = options.when_silent.signal;
  if (!column.boundary && !layout.boundary_column) column.boundary = options.when_silent.boundary;
  std::vector<std::string_view> silent, fix;  // all at once: nobody wants to be refused twice
  if (!column.signal && !layout.signal_column) {
    silent.push_back("whether it is average or marginal");
    fix.push_back("--signal average or --signal marginal");
  }
  if (!column.boundary && !layout.boundary_column) {
    silent.push_back("whether upstream emissions are in it");
    fix.push_back("--boundary direct or --boundary lifecycle");
  }
  if (silent.empty()) return {};
  return fail(ErrorKind::kInvalid, fmt::format("column '{}' does not say {}: add {}", printable(column.name),
                                               fmt::join(silent, " nor "), fmt::join(fix, ", and ")));
}

Status take_unit(ValueColumn& column, const ImportOptions& options) {
  if (options.unit) {
    OLIVINE_TRY(const IntensityUnit unit, intensity_unit(*options.unit));
    if (column.unit && column.unit->name != unit.name) return contradiction(column, column.unit->shown_as, "--unit");
    column.unit = unit;
  }
  if (column.unit) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("column '{}' has no unit: add --unit g_per_kwh (or kg_per_mwh, lb_per_mwh, lb_per_kwh)",
                          printable(column.name)));
}

// Where the boundary option chooses among columns that say theirs, the others are left out.
void choose_columns(TableLayout& layout, const ImportOptions& options) {
  const auto differs = [&](const ValueColumn& c) {
    return (options.boundary && c.boundary && *c.boundary != *options.boundary) ||
           (options.signal && c.signal && *c.signal != *options.signal);
  };
  if (!std::all_of(layout.values.begin(), layout.values.end(), differs)) std::erase_if(layout.values, differs);
}

}  // namespace

bool is_fuel_column(std::string_view name) { return fuel_from(name).has_value(); }

const std::vector<std::string>& import_formats() {
  static const std::vector<std::string> names{"electricity-maps", "eia930", "avert", "wide",
                                              "lets-wait-awhile", "csv",    "uk"};
  return names;
}

Result<TableLayout> recognise_table(Header header, const ImportOptions& options) {
  OLIVINE_TRY(TableLayout layout, known_form(header));
  layout.columns = header.size();
  if (options.format && *options.format == "csv" && layout.format != "csv") {
    const std::size_t time = layout.time_column;
    const bool says_utc = layout.says_utc;
    layout = generic(header, time);
    layout.format = "csv";
    layout.columns = header.size();
    layout.time_column = time;
    layout.says_utc = says_utc;
  }
  if (options.format && *options.format != layout.format) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the file is of format {}, not {}: leave --format out", layout.format, *options.format));
  }
  if (layout.format == "fuel-mix" && !layout.values.empty() && (options.unit || layout.values.front().unit))
    layout.format = "csv";
  if (layout.format == "fuel-mix") return layout;
  if (layout.values.empty()) {
    return fail(ErrorKind::kInvalid,
                "line 1: no column of intensities; its header should hold a unit, e.g. carbon_intensity_g_per_kwh");
  }
  if (layout.source.empty()) layout.source = "file " + printable(options.file_name);
  return layout;
}

Status complete_layout(TableLayout& layout, const ImportOptions& options) {
  OLIVINE_CHECK_STATUS(take_zone(layout, options));
  choose_columns(layout, options);
  for (ValueColumn& column : layout.values) {
    OLIVINE_CHECK_STATUS(take_signal(column, layout, options));
    OLIVINE_CHECK_STATUS(take_unit(column, options));
    if (options.accounting && column.accounting != "unknown" && column.accounting != *options.accounting)
      return contradiction(column, column.accounting, "--accounting");
    if (options.accounting) column.accounting = *options.accounting;
  }
  using Key = std::tuple<std::string, std::optional<Signal>, std::optional<Boundary>>;
  std::map<Key, std::string> seen;
  for (const ValueColumn& column : layout.values) {
    const auto [other, added] = seen.try_emplace({column.zone, column.signal, column.boundary}, column.name);
    if (added) continue;
    return fail(ErrorKind::kInvalid,
                fmt::format("columns '{}' and '{}' would be the same series: leave one out of the file",
                            printable(other->second), printable(column.name)));
  }
  return {};
}

}  // namespace olivine
