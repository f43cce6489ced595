// The fleet view: energy and carbon of a bulk result's groups, with ranges, from powers, PUE and intensities that all share.
//
//   energy of devices, cores, memory   hours x power at the chips (the design power: TDP x hours, as BLOOM and ML CO2 Impact count)
//   node                               / efficiency of the power supply (chip and node_dc planes)
//   facility                           x PUE (not on energy that was counted at the facility: METHODS 1)
//   carbon                             x the intensity of its hours; hours that no series knows at the zone's yearly factor
//
// An activity whose device has no power known, that says no hardware, or whose energy was counted nobody says where (no plane), makes
// its group unknown, with what is known as the lower bound. Ranges are those of products (log_range): they never reach below zero. The
// rest of the nodes (fans, disks, network) is not in such files and not counted.
//
//   1 A100 (400 W) for 10 h, supply 0.93, PUE 1.2, 100 g/kWh: 4.30 kWh at the node, 5.16 kWh at the meter, 516 g
//
// Units: kWh, g, hours. Errors: none. Threads: pure. Lifetime: values. Source: METHODS 1, 3, 16, "Defaults".
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "account/activities/bulk.h"
#include "units/estimate.h"

namespace olivine {

struct FleetPower {
  double w = 0.0, lower_w = 0.0, upper_w = 0.0;  // of one device, core or GB
  std::string source{};
};
// Of an accelerator by its name in the catalogue; of a name that several entries begin with ("a100") the range of all.
// From idle (gpu_idle_fraction) to the design power, which is the value.
std::optional<FleetPower> catalogue_power(std::string_view device);
FleetPower default_core_power();    // by thread of a server; idle to design power
FleetPower default_memory_power();  // a GB

struct FleetZone {
  IntensityIntegral series{};                                         // empty: none
  std::string source{};                                               // of the series
  double factor_g = 0.0, factor_lower_g = 0.0, factor_upper_g = 0.0;  // for hours that the series does not know
  std::string factor_source{};
};

struct FleetInputs {
  std::vector<std::optional<FleetPower>> devices{};  // by word of table.device
  std::vector<FleetZone> zones{};                    // by word of table.zone
  FleetPower core{}, memory_gb{};
  double pue = 1.0, pue_lower = 1.0, pue_upper = 1.0;
  double supply = 1.0, supply_lower = 1.0, supply_upper = 1.0;
};

struct FleetFigures {
  bool known = true;  // false: energy and carbon are lower bounds
  Spread node_kwh{}, facility_kwh{}, grams{};
  Spread unused_core_kwh{},
      unused_core_grams{};  // of cores that were held and not used, at the meter; part of the above
  double device_hours = 0.0, core_hours = 0.0;
  double useful_device_hours = 0.0;     // of rows that did not fail, nor were cancelled or cut off
  double hours_priced_by_factor = 0.0;  // share 0..1 of the carbon's energy
  double no_plane_kwh = 0.0;            // counted energy that says no plane: in no sum
  double reported_g = 0.0;
  std::uint64_t rows = 0, reported_rows = 0, nothing_known = 0;
};
struct FleetGroup {
  std::string name;
  std::uint32_t id = 0;
  FleetFigures figures;
};
struct FleetView {
  std::vector<FleetGroup> groups{};  // by month in order of time, else by energy
  FleetFigures total{};
  std::array<FleetFigures, kActivityStatuses> by_status{};
};

FleetView fleet_view(const ActivityTable& table, const BulkResult& bulk, const FleetInputs& inputs);

}  // namespace olivine
