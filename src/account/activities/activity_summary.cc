#include "account/activities/activity_summary.h"

#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

void add_row(const ActivityTable& t, std::size_t i, ActivitySums& sums) {
  ++sums.rows;
  sums.device_hours.add(t.device_hours(i));
  sums.cpu_hours.add(t.cpu_hours(i));
  sums.memory_gb_hours.add(t.hours[i] * t.memory_gb[i]);
  sums.unused_cpu_hours.add(t.cpu_hours(i) * (1.0 - std::min(1.0, t.cpu_used[i])));
  sums.energy_kwh.add(t.energy_kwh[i]);
  sums.reported_gco2e.add(t.reported_gco2e[i]);
}

}  // namespace

void KnownSum::add(double value) {
  if (std::isnan(value)) return;
  sum += value;
  ++rows;
}

ActivitySummary summarise(const ActivityTable& t) {
  ActivitySummary out;
  std::vector<std::size_t> zone_rows(t.zone.words().size());
  std::vector<KnownSum> device_hours(t.device.words().size());
  for (std::size_t i = 0; i < t.size(); ++i) {
    add_row(t, i, out.all);
    add_row(t, i, out.by_status[static_cast<std::size_t>(t.status[i])]);
    out.begin_s = i == 0 ? t.begin_s[i] : std::min(out.begin_s, t.begin_s[i]);
    out.end_s = i == 0 ? t.end_s[i] : std::max(out.end_s, t.end_s[i]);
    ++zone_rows[t.zone.ids()[i]];
    device_hours[t.device.ids()[i]].add(t.device_hours(i));
    const bool no_energy = std::isnan(t.energy_kwh[i]);
    out.without_energy += no_energy ? 1 : 0;
    out.without_hardware +=
        no_energy && std::isnan(t.devices[i]) && std::isnan(t.cpus[i]) && std::isnan(t.memory_gb[i]) ? 1 : 0;
  }
  for (std::size_t id = 0; id < zone_rows.size(); ++id)
    if (zone_rows[id] > 0) out.zones.emplace(t.zone.words()[id], zone_rows[id]);
  for (std::size_t id = 0; id < device_hours.size(); ++id)
    if (device_hours[id].sum > 0.0) out.device_hours.emplace(t.device.words()[id], device_hours[id].sum);
  return out;
}

}  // namespace olivine
