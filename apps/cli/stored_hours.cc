#include "apps/cli/stored_hours.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "grid/shipped.h"
#include "grid/store/series_store.h"
#include "planning/single_job.h"

namespace olivine::cli {
namespace {

constexpr std::int64_t kMaxHours = std::int64_t{30} * 8784;

// The zone's own key; a zone of which only data sets are kept is its own.
Result<std::string> key_of(const SeriesStore& store, const std::string& name) {
  auto known = resolve_zone(name);
  if (known) return known->key;
  for (const Dataset& d : store.datasets())
    if (d.about.zone == name) return name;
  return tl::unexpected<Error>(known.error());
}

tl::unexpected<Error> nothing_kept(const SeriesStore& store, const std::string& zone,
                                   std::optional<Boundary> boundary) {
  std::string others;
  for (const Dataset& d : store.datasets()) {
    const std::string kind = fmt::format("{} {}", name_of(d.about.boundary), name_of(d.about.signal));
    if (d.about.zone == zone && others.find(kind) == std::string::npos) others += (others.empty() ? "" : ", ") + kind;
  }
  return fail(ErrorKind::kNotFound, fmt::format("no {}average intensities of {} are kept{}; olivine grid import FILE "
                                                "--zone {} brings some, or name a file with --data",
                                                boundary ? std::string(name_of(*boundary)) + " " : "", zone,
                                                others.empty() ? "" : " (" + others + " are)", zone));
}

// The newest of the lifecycle ones, else of the direct ones.
const Dataset* leader(const SeriesStore& store, const std::string& zone, std::optional<Boundary> wanted) {
  for (const Boundary boundary : {Boundary::kLifecycle, Boundary::kDirect}) {
    const Dataset* best = nullptr;
    for (const Dataset& d : store.datasets())
      if (d.about.zone == zone && d.about.signal == Signal::kAverage && d.about.boundary == boundary &&
          (!wanted || boundary == *wanted) && (best == nullptr || best->imported_at < d.imported_at))
        best = &d;
    if (best != nullptr) return best;
  }
  return nullptr;
}

bool alike(const Dataset& a, const Dataset& b) {
  return a.about.zone == b.about.zone && a.about.signal == b.about.signal && a.about.boundary == b.about.boundary &&
         a.about.accounting == b.about.accounting && a.about.gases == b.about.gases;
}

std::int64_t hour_after(WallTime t) { return (t.ns + kHourNs - 1) / kHourNs * kHourNs; }

// The hours of one data set that are not known yet; how many it gave.
Result<std::size_t> add_hours(SeriesStore& store, const Dataset& d, HourlyTable& table) {
  OLIVINE_TRY(const IntensitySeries series,
              store.points_of(d.hash, {d.about.zone, {d.begin, d.end}, Signal::kAverage, d.about.boundary}));
  const WallTime begin{hour_after(d.begin)};
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, (d.end.ns - begin.ns) / kHourNs));
  const std::vector<double> means = slot_means(series, begin, hours(1), count);
  const auto first = static_cast<std::size_t>((begin.ns - table.begin.ns) / kHourNs);
  std::size_t given = 0;
  for (std::size_t i = 0; i < means.size(); ++i) {
    double& place = table.values.front()[first + i];
    if (!std::isnan(place) || std::isnan(means[i])) continue;
    place = means[i];
    ++given;
  }
  return given;
}

}  // namespace

bool is_known_zone(const App& app, const std::string& name) {
  const auto store = SeriesStore::open(app.files, app.grid_data_path());
  return store ? key_of(*store, name).has_value() : resolve_zone(name).has_value();
}

Result<StoredHours> stored_hours(const App& app, const std::string& zone, std::optional<Boundary> boundary) {
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  StoredHours out;
  OLIVINE_TRY(out.zone, key_of(store, zone));
  const Dataset* first = leader(store, out.zone, boundary);
  if (first == nullptr) return nothing_kept(store, out.zone, boundary);
  out.boundary = first->about.boundary;
  std::vector<Dataset> sets;
  for (const Dataset& d : store.datasets())
    if (alike(d, *first)) sets.push_back(d);
  std::stable_sort(sets.begin(), sets.end(),
                   [](const Dataset& a, const Dataset& b) { return b.imported_at < a.imported_at; });
  std::int64_t begin = hour_after(sets.front().begin), end = sets.front().end.ns;
  for (const Dataset& d : sets) begin = std::min(begin, hour_after(d.begin)), end = std::max(end, d.end.ns);
  if ((end - begin) / kHourNs > kMaxHours)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("the data sets of {} span more than 30 years; olivine grid data rm takes one away", out.zone));
  HourlyTable& table = out.table;
  table.name = "stored data of " + out.zone;
  table.begin = {begin};
  table.columns = {"carbon_intensity"};
  table.values = {std::vector<double>(static_cast<std::size_t>(std::max<std::int64_t>(0, (end - begin) / kHourNs)),
                                      std::numeric_limits<double>::quiet_NaN())};
  for (const Dataset& d : sets) {
    OLIVINE_TRY(const std::size_t given, add_hours(store, d, table));
    if (given > 0)
      table.notes.push_back(fmt::format("{} hours from data set {}, {} .. {}, {}", given, d.hash.substr(0, 12),
                                        format_utc(d.begin).substr(0, 16), format_utc(d.end).substr(0, 16),
                                        name_of(d.about.boundary)));
  }
  return out;
}

}  // namespace olivine::cli
