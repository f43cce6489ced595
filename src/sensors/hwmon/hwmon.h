// Hwmon: meters of boards and devices, as far as it is known where they measure.
//
// Most hwmon power channels belong to a voltage regulator, a disk or a supply and say nothing of what they enclose.
// Adding one would count a joule twice; even reading one costs a bus transfer of milliseconds in the tick. So only
// channels of known drivers and labels become sources; the others are named in notes (`include_unplaced` makes them
// sources of place "unknown", which widen the range).
//
//   driver         channel                      kind, place
//   amd_energy     label EsocketN               package N, counted unless powercap or perf has it; derived
//   i915           energy1_input                GPU (discrete only), counted
//   xe             energy label "card"          GPU, counted; "pkg" counted where there is no "card", else inside
//   power_meter    "Grace Power Socket N"       package N (CPU, memory, I/O of a Grace socket), counted; derived
//                  "CPU/SysIO Power Socket N"   core / uncore of it, inside
//                  "Module Power Socket 0"      board, encloses; with several modules none encloses the node: not used
//   apm_xgene      label "CPU power"            package-0, counted; derived
//
// Units: microjoules or microwatts. Errors: of creation: none; troubles are listed. A sleeping device is not read.
// Threads: one. Lifetime: sources live within the FileSystem.
#pragma once

#include <vector>

#include "sensors/energy_source.h"

namespace olivine {

struct HwmonOptions {
  bool include_unplaced = false;
};

// `known`: sources found before; a package that they have is not counted again.
Discovery discover_hwmon(FileSystem& files, const Roots& roots, const std::vector<SourceInfo>& known = {},
                         HwmonOptions options = {});

}  // namespace olivine
