// What making a piece of catalogue hardware emitted: the figures that `olivine hardware show` puts beside the catalogue's facts.
//
//   a GPU or a CPU     kg a piece: the published footprint, else bottom-up from its dies, else the stand-in of its class
//   memory, storage    kg per GB
//   a product          its maker's footprint without use
//   an instance        its share of the host; without a footprint of the host: its GPUs alone, and the note says so
//
// Units: "kg" and "kg/GB". Errors: as components.h. Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string_view>

#include "hardware/hardware_item.h"

namespace olivine {

Result<HardwareFigure> hardware_embodied(const HardwareItem& item);

// By name, in kg a piece, `source` with the note in it. Absent: the name may mean several things, or no source says kg of it.
Result<std::optional<HardwareFigure>> embodied_of_name(std::string_view name);

}  // namespace olivine
