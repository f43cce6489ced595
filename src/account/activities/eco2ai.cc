// Eco2AI's emission.csv: one row a run, or one an epoch when a training is tracked (its sums start again with each).
//
// Energy is power_consumption(kWh), in older versions spelt (kWTh). It has been multiplied by the tracker's PUE, which the file
// does not say and which is 1 unless it was set; its GPUs are all of the machine.
#include <fmt/core.h>

#include <cmath>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"

namespace olivine {
namespace {

struct Eco2aiColumns {
  std::size_t start = 0, duration = 0, energy = 0;
  std::optional<std::size_t> carbon, project, gpu, place;
};

Result<Eco2aiColumns> columns_of(const TableRows& rows) {
  Eco2aiColumns c;
  OLIVINE_TRY(c.start, rows.need({"start_time"}));
  OLIVINE_TRY(c.duration, rows.need({"duration(s)"}));
  OLIVINE_TRY(c.energy, rows.need({"power_consumption(kWh)", "power_consumption(kWTh)"}));
  c.carbon = rows.find({"CO2_emissions(kg)"});
  c.project = rows.find({"project_name"});
  c.gpu = rows.find({"GPU_name"});
  c.place = rows.find({"region/country", "country"});
  return c;
}

// "NVIDIA A100-SXM4-80GB 8 device(s)" or "... 8 device(s) NVML".
void set_gpu(std::string_view text, Activity& a) {
  const std::size_t mark = text.find(" device(s)");
  if (mark == std::string_view::npos) return;
  const std::size_t space = text.rfind(' ', mark - 1);
  double count = 0.0;
  if (space == std::string_view::npos || mark == 0) return;
  if (parse_number(text.substr(space + 1, mark - space - 1), count) != NumberKind::kNumber || count < 1.0) return;
  a.device = text.substr(0, space);
  a.devices = count;
}

// "Russia/Moscow", "France": the region where it is a zone, else the country.
std::string zone_of(std::string_view place, ActivitySink& sink) {
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos) return sink.zone_named(place);
  if (auto region = sink.zone_if_known(place.substr(slash + 1))) return *region;
  return sink.zone_named(place.substr(0, slash));
}

}  // namespace

Status read_eco2ai(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source));
  OLIVINE_TRY(const Eco2aiColumns c, columns_of(rows));
  sink.note("eco2ai's energy holds its own PUE, which the file does not say (1 unless it was set)");
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) break;
    sink.count_row(rows.line());
    Activity a;
    OLIVINE_TRY(a.begin_s, rows.time(c.start, sink.options().offset_s.value_or(0)));
    OLIVINE_TRY(const double seconds, rows.amount(c.duration));
    if (std::isnan(seconds) || seconds > 1e9)
      return rows.bad(c.duration, rows.cell(c.duration), "is no duration in seconds");
    a.end_s = a.begin_s + static_cast<std::int64_t>(std::ceil(seconds));
    a.hours = seconds / 3600.0;
    OLIVINE_TRY(a.energy_kwh, rows.amount(c.energy));
    OLIVINE_TRY(const double kg, rows.amount(c.carbon));
    if (kg > 5.0 * a.energy_kwh && kg > 1e-9)
      return rows.bad(
          *c.carbon, rows.cell(*c.carbon),
          fmt::format("kg of {} kWh is more than 5 kg/kWh, which no grid has: check the units", rows.cell(c.energy)));
    if (seconds == 0.0 || std::isnan(a.energy_kwh)) {
      sink.skip(seconds == 0.0 ? "it ran for no time" : "no energy was counted", rows.line());
      continue;
    }
    a.reported_gco2e = kg * 1000.0;
    a.plane = sink.options().plane.value_or(ActivityPlane::kChip);
    a.reported_by = "eco2ai";
    a.project = rows.cell(c.project);
    set_gpu(rows.cell(c.gpu), a);
    const std::string zone = zone_of(rows.cell(c.place), sink);
    a.zone = zone;
    a.row = static_cast<std::uint32_t>(rows.line());
    OLIVINE_CHECK_STATUS(sink.take(a));
  }
  if (!rows.times_said_zone()) sink.note_local_times();
  return {};
}

}  // namespace olivine
