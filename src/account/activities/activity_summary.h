// What a table of activities holds, by status, and what it does not say. Sums only of what is known, beside how many rows
// that is: 12 of 40 rows with an energy are no energy of 40.
//
// Units: hours, kWh, grams CO2e. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <array>
#include <map>
#include <string>

#include "account/activities/activity_table.h"

namespace olivine {

struct KnownSum {
  double sum = 0.0;
  std::size_t rows = 0;  // that say it
  void add(double value);
};

struct ActivitySums {
  std::size_t rows = 0;
  KnownSum device_hours, cpu_hours, memory_gb_hours, unused_cpu_hours, energy_kwh, reported_gco2e;
};

struct ActivitySummary {
  std::array<ActivitySums, kActivityStatuses> by_status{};
  ActivitySums all{};
  std::int64_t begin_s = 0, end_s = 0;           // of the first and the last; 0 of an empty table
  std::map<std::string, std::size_t> zones{};    // rows; "" has none
  std::map<std::string, double> device_hours{};  // by the source's name of the device
  std::size_t without_energy = 0, without_hardware = 0;
};

ActivitySummary summarise(const ActivityTable& table);

}  // namespace olivine
