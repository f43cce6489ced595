// Tables of many activities in an account ([[activities_file]]): rows of one zone, phase, status, project, model, device and plane
// become one activity of the account, which keeps when its energy was used in hours, so that each hour is priced at its own
// intensity and a year of a cluster costs one pass.
//
//   12 rows of 2 h on 4 "a100" in FR, and [[hardware]] with id or name "a100": one activity of 96 device hours
//
// Where projects and models would make more than 2,000 kinds of rows, they are not told apart (`merged`): a year of a cluster stays a
// page, and olivine fleet has the view by project.
//
// A row with an energy brings that; else its device hours work with the hardware whose id or name is the row's device. Rows that say
// neither, and rows of a device that the manifest does not have, are counted and listed, never taken as zero.
//
// Units: hours, kWh; UTC. Errors: as the table's reader. Threads: pure. Lifetime: groups are values.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "account/activities/activity_table.h"
#include "account/lifecycle/activity_work.h"

namespace olivine {

struct BulkGroup {
  ManifestActivity activity;        // with what all its rows share
  double energy_kwh = 0.0;          // of rows with an energy
  double device_hours = 0.0;        // of rows without one
  std::vector<EnergySlice> slices;  // by hour; proportions count
  WallInterval span;
  std::size_t rows = 0;
  bool with_energy = false;  // its rows state an energy, be it 0
};

struct BulkGroups {
  std::deque<BulkGroup> groups;  // in the order of their first row
  std::size_t rows = 0, silent = 0;
  bool merged = false;                                 // projects and models are not told apart
  std::map<std::string, std::size_t> unknown_devices;  // rows by the table's name of the device
};

BulkGroups group_activities(const ActivityTable& table, const Manifest& manifest, const ManifestActivitiesFile& file,
                            std::size_t index);
// The group's amounts as inputs of its work.
Status preset_of_group(AccountContext& context, const BulkGroup& group, const std::string& path, ActivityWork& work);

}  // namespace olivine
