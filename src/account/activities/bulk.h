// Bulk evaluation: 10^6 activities against hourly intensities, as coefficients of the inputs that all rows share.
//
// Energy is the power of what was held times the time that it was held, spread evenly over the row's span. So the carbon of
// a row is power x PUE x the integral of the intensity over the span: the integral is taken row by row, the powers and the
// PUE are not touched. What remains is a few cells (group, device, zone, status, plane) with hours and hours x intensity, from
// which energy and carbon of any power, PUE and scale of the intensity follow, with their ranges, without the rows.
//
//   4 devices, 10:30-11:30, 100 g/kWh then 300:  device_hours 4, priced 4 x 200 = 800 h g/kWh;  at 400 W and PUE 1.2: 384 g
//
// A span cut in two gives the same sums (the integral is exact, the sums over rows to the last digits of a double).
// Grouped by month, a row is cut at the month's end (UTC).
//
// Units: hours (devices, cores, GB of memory) or kWh, those x g/kWh; UTC. Errors: none. Threads: pure; `progress` is called
// from the same. Cost: some 0.3 us a row. Lifetime: values; word ids are those of the table.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "account/activities/activity_table.h"
#include "account/activities/intensity_integral.h"

namespace olivine {

enum class FleetBy { kAll, kPhase, kModel, kProject, kStatus, kMonth, kZone, kDevice, kUser };
std::string_view name_of(FleetBy group);  // "all", "phase", ...
Result<FleetBy> fleet_by_from(std::string_view name);

// What a row held, or what was counted for it. A row with a counted energy has nothing else in the cells' amounts.
enum class Held { kEnergy, kDevices, kCpus, kMemory };
inline constexpr std::size_t kHeld = 4;

struct PricedAmount {
  double amount = 0.0;                            // hours, or kWh
  double priced = 0.0, lower = 0.0, upper = 0.0;  // amount x mean intensity of the part that the series know
  double unpriced = 0.0;                          // amount in time that no series knows
  void add(const PricedAmount& other);
};

struct BulkCell {
  std::uint32_t group = 0, device = 0, zone = 0;  // ids of words; of a month: year * 12 + month - 1
  ActivityStatus status = ActivityStatus::kUnknown;
  ActivityPlane plane = ActivityPlane::kUnknown;  // of kEnergy
  std::uint64_t rows = 0;                         // a row in several months counts in its first
  std::array<PricedAmount, kHeld> held{};
  PricedAmount unused_cpus{};       // part of kCpus that was not used, where that is known
  double device_hours = 0.0;        // also of rows with a counted energy
  std::uint64_t nothing_known = 0;  // rows without energy and hardware
  double reported_g = 0.0;
  std::uint64_t reported_rows = 0;
};

struct BulkResult {
  FleetBy group = FleetBy::kAll;
  std::vector<BulkCell> cells{};
  std::uint64_t rows = 0;
  std::int64_t begin_s = 0, end_s = 0;
};

// `zones`: one integral for each word of table.zone, in its order; an empty one knows nothing.
BulkResult evaluate_bulk(const ActivityTable& table, const std::vector<IntensityIntegral>& zones, FleetBy group,
                         const std::function<void(std::size_t rows)>& progress = {});
// The name of a cell's group: a word of the table, "2023-05", or "not said".
std::string fleet_group_name(const ActivityTable& table, FleetBy group, std::uint32_t id);

}  // namespace olivine
