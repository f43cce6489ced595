// Rendering of what `olivine hardware` found.
//
// Units: each figure names its own. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "hardware/hardware_item.h"
#include "report/render.h"

namespace olivine::cli {

std::string hardware_show_text(const HardwareItem& item, const TextStyle& style);
std::string hardware_show_json(const HardwareItem& item);
// `found`: how many there are; `items` are the first of them.
std::string hardware_ls_text(const std::vector<HardwareItem>& items, std::size_t found, const TextStyle& style);
std::string hardware_ls_json(const std::vector<HardwareItem>& items, std::size_t found);

}  // namespace olivine::cli
