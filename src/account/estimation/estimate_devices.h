// The devices of an estimate: what one draws and weighs, from the catalogue or as stated. Internal to estimation/.
//
// Units: W at `plane`, kg. Errors: as estimate_manifest.h. Threads: any. Lifetime: values.
#pragma once

#include "account/estimation/estimate_manifest.h"

namespace olivine {

struct EstimateDevices {
  std::string id, name;  // "gpu", "NVIDIA H100 80GB HBM3"
  int count = 1;
  std::string plane = "chip";  // of power
  RangedNumber power_w;        // of one under this work
  std::optional<RangedNumber> embodied_kg;
  std::optional<RangedNumber> rest_w;  // rest of the node per device; absent: power has it
  double tflops16 = 0.0;               // of one; 0: not known
  int devices_per_host = 0;            // 0: no host of its own (an instance bears its share)
  std::string title;                   // "8 x NVIDIA H100 80GB HBM3"
  std::vector<std::string> assumed;
};

Result<EstimateDevices> estimate_devices(const EstimateAsk& ask);
Result<RangedNumber> default_range(std::string_view key);
// "load 0.85 (0.6 .. 1): SOURCE"
std::string assumed_line(std::string_view what, const RangedNumber& number, std::string_view unit);

}  // namespace olivine
