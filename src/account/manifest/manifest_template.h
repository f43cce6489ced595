// A manifest to begin with: commented, and good as it stands. `olivine account init` fills in what it detected or was told.
//
// Units: W, hours. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace olivine {

struct TemplateHardware {
  std::string name, origin;                         // as the catalogue spells it; where it was seen
  double power_w = 0.0;                             // 0: by its name
  double power_lower_w = 0.0, power_upper_w = 0.0;  // equal: no range
  int count = 1;
};

struct TemplateFacts {
  std::string name = "my work";
  std::string phase = "training";
  std::string zone, zone_origin;  // "" is not known
  std::string when;               // "2026-11"
  bool data_centre = true;        // false: a desktop, a laptop: no PUE
  double hours = 10.0;
  TemplateHardware hardware;
};

std::string manifest_template(const TemplateFacts& facts);

}  // namespace olivine
