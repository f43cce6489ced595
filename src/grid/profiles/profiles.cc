#include "grid/profiles/profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kHourNs = 3'600'000'000'000;
constexpr std::int64_t kMaxHours = std::int64_t{10} * 8784;
constexpr std::int64_t kReachNs = kHourNs * 8766 * 200;  // years that int64 nanoseconds hold with room to spare
constexpr double kDecigrams = 10.0;                      // a gram

struct Kind {
  Signal signal;
  Boundary boundary;
  std::string_view table, accounting, gases, period;
};
constexpr std::array<Kind, 3> kKinds{{
    {Signal::kAverage, Boundary::kLifecycle, "profiles_average", "consumption", "co2e", "2022"},
    {Signal::kAverage, Boundary::kDirect, "profiles_direct", "production", "co2", "2022"},
    {Signal::kMarginal, Boundary::kDirect, "profiles_marginal", "production", "co2", "2022 and 2023"},
}};

Result<const Kind*> kind_of(Signal signal, Boundary boundary) {
  for (const Kind& kind : kKinds)
    if (kind.signal == signal && kind.boundary == boundary) return &kind;
  return fail(ErrorKind::kNotFound,
              fmt::format("no {} {} profiles are shipped; the marginal ones are direct (EPA AVERT)", name_of(signal),
                          name_of(boundary)));
}

tl::unexpected<Error> no_profile(const Kind& kind, std::string_view zone) {
  return fail(
      ErrorKind::kNotFound,
      fmt::format(
          "no {} {} profile of {} is shipped; olivine grid zones TEXT finds neighbours, and olivine grid import "
          "brings a series of your own",
          name_of(kind.signal), name_of(kind.boundary), printable(zone.substr(0, 60))));
}

// The rows of a zone. As it is written in the table, which is sorted, it is found at once.
Result<CsvTable> rows_of(const Kind& kind, std::string_view zone) {
  OLIVINE_TRY(CsvTable rows, fact_table_row(kind.table, zone));
  if (rows.rows() > 0) return rows;
  OLIVINE_TRY(const CsvTable* table, fact_table(kind.table));
  const std::string wanted = to_lower(zone);
  for (std::size_t row = 0; row < table->rows(); ++row)
    if (const std::string_view key = table->cell(row, 0); key.size() == wanted.size() && to_lower(key) == wanted)
      return table->only(key);
  return table->only(zone);
}

// One row: a zone's month.
Status add_month(const CsvTable& table, std::size_t row, std::array<bool, 12>& seen, MonthHourProfile& profile) {
  OLIVINE_TRY(const double month, table.number(row, "month"));
  OLIVINE_TRY(const double low, table.number(row, "low"));
  OLIVINE_TRY(const double high, table.number(row, "high"));
  const auto index = static_cast<std::size_t>(std::clamp(month, 1.0, 12.0)) - 1;
  if (month != static_cast<double>(index + 1) || seen[index] || !(low >= 0.0 && low <= 1.0 && high >= 1.0))
    return fail(ErrorKind::kCorrupt, fmt::format("table {}, row {}: month {} with spread [{}, {}]", table.name(),
                                                 row + 1, month, low, high));
  seen[index] = true;
  profile.spread[index] = {low, high};
  OLIVINE_TRY(const std::size_t first, table.column("h00_dg_per_kwh"));
  const std::vector<std::string_view> cells = table.cells(row);
  for (std::size_t hour = 0; hour < 24; ++hour) {
    const std::string_view text = first + hour < cells.size() ? cells[first + hour] : std::string_view{};
    const Result<double> value = parse_double(text);
    if (!value || *value < 0.0)
      return fail(ErrorKind::kCorrupt, fmt::format("table {}, row {}, hour {}: \"{}\" is no intensity", table.name(),
                                                   row + 1, hour, printable(text.substr(0, 40))));
    profile.g_per_kwh[index][hour] = *value / kDecigrams;
  }
  return {};
}

struct Cell {
  int year;
  std::size_t month, hour;  // 0 to 11, 0 to 23
};

Cell cell_of(WallTime when) {
  using namespace std::chrono;
  const sys_time<std::chrono::nanoseconds> point{std::chrono::nanoseconds{when.ns}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()) - 1,
          static_cast<std::size_t>(floor<std::chrono::hours>(point - day).count())};
}

std::int64_t floor_hour(std::int64_t ns) {
  return (ns >= 0 ? ns / kHourNs : -((-ns + kHourNs - 1) / kHourNs)) * kHourNs;
}

IntensityPoint hour_at(const MonthHourProfile& profile, std::int64_t begin_ns, const Cell& cell,
                       const RelativeRange& range) {
  const double value = profile.g_per_kwh[cell.month][cell.hour];
  return {{begin_ns}, {begin_ns + kHourNs}, value, value * range.lower, value * range.upper, true};
}

std::vector<std::string> notes_on(const MonthHourProfile& profile, int age_years) {
  std::vector<std::string> notes{fmt::format(
      "a month x hour profile of {}, not the grid of that hour; the range is that of the month's single hours",
      profile.period)};
  if (profile.signal == Signal::kMarginal)
    notes.push_back(
        "the hours of the source are the region's standard time; single hours of it are noise and were smoothed for "
        "the range");
  if (age_years >= 1)
    notes.push_back(fmt::format("the range is widened for {} year{} of age", age_years, age_years == 1 ? "" : "s"));
  return notes;
}

}  // namespace

Result<MonthHourProfile> find_profile(std::string_view zone, Signal signal, Boundary boundary) {
  OLIVINE_TRY(const Kind* kind, kind_of(signal, boundary));
  OLIVINE_TRY(const CsvTable table, rows_of(*kind, trim(zone)));
  MonthHourProfile profile;
  profile.signal = signal;
  profile.boundary = boundary;
  std::array<bool, 12> seen{};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (profile.zone.empty()) {
      profile.zone = table.cell(row, "zone");
      profile.name = table.cell(row, "name");
      profile.source = table.cell(row, "source");
      profile.licence = table.cell(row, "licence");
      OLIVINE_TRY(const double year, table.number(row, "year"));
      profile.year = static_cast<int>(std::clamp(year, 1900.0, 2200.0));
      profile.row = table.fact(row, "zone");
    }
    OLIVINE_CHECK_STATUS(add_month(table, row, seen, profile));
  }
  if (profile.zone.empty()) return no_profile(*kind, zone);
  if (std::find(seen.begin(), seen.end(), false) != seen.end())
    return fail(ErrorKind::kCorrupt, fmt::format("table {}: {} lacks a month", table.name(), profile.zone));
  profile.accounting = kind->accounting;
  profile.losses = "unknown";
  profile.gases = kind->gases;
  profile.period =
      profile.year == 2022 || profile.year == 2023 ? std::string(kind->period) : std::to_string(profile.year);
  return profile;
}

std::vector<ProfileZone> profile_zones(Signal signal, Boundary boundary) {
  std::vector<ProfileZone> zones;
  const auto kind = kind_of(signal, boundary);
  const auto table = kind ? fact_table((*kind)->table) : Result<const CsvTable*>(fail(ErrorKind::kNotFound, ""));
  for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
    const std::string_view zone = (*table)->cell(row, "zone");
    if (zones.empty() || zones.back().zone != zone)
      zones.push_back({std::string(zone), std::string((*table)->cell(row, "name"))});
  }
  return zones;
}

Result<IntensityPoint> profile_hour(const MonthHourProfile& profile, WallTime when) {
  const std::int64_t begin = floor_hour(when.ns);
  const Cell cell = cell_of({begin});
  OLIVINE_TRY(const RelativeRange range, widened_by_age(profile.spread[cell.month], age_of(profile, cell.year)));
  return hour_at(profile, begin, cell, range);
}

int age_of(const MonthHourProfile& profile, int year) {
  return profile.level ? std::max(1, std::abs(year - profile.level->to_year)) : std::abs(year - profile.year);
}

Result<std::vector<IntensityPoint>> profile_hours(const MonthHourProfile& profile, WallInterval interval) {
  const auto [from, to] = interval;
  if (to <= from || from.ns < -kReachNs || to.ns > kReachNs || to.ns / kHourNs - from.ns / kHourNs > kMaxHours)
    return fail(ErrorKind::kInvalid,
                "the interval of the query is empty, longer than ten years, or beyond the calendar");
  std::vector<IntensityPoint> points;
  Cell known{0, 12, 0};  // the month whose range is at hand
  RelativeRange range;
  for (std::int64_t begin = floor_hour(from.ns); begin < to.ns; begin += kHourNs) {
    const Cell cell = cell_of({begin});
    if (cell.month != known.month || cell.year != known.year) {
      OLIVINE_TRY(range, widened_by_age(profile.spread[cell.month], age_of(profile, cell.year)));
      known = cell;
    }
    points.push_back(hour_at(profile, begin, cell, range));
  }
  return points;
}

Result<IntensitySeries> ProfileProvider::points(const IntensityQuery& query) {
  OLIVINE_TRY(const MonthHourProfile profile, find_profile(query.zone, query.signal, query.boundary));
  IntensitySeries series;
  OLIVINE_TRY(series.points, profile_hours(profile, query.interval));
  series.zone = profile.zone;
  series.signal = profile.signal;
  series.boundary = profile.boundary;
  series.accounting = profile.accounting;
  series.losses = profile.losses;
  series.gases = profile.gases;
  series.source = fmt::format("{}, {}, {}", profile.source, profile.period, profile.licence);
  series.notes = notes_on(profile, age_of(profile, cell_of(query.interval.begin).year));
  return series;
}

}  // namespace olivine
