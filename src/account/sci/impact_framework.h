// Impact Framework manifests (Green Software Foundation, 1.x): read what they state, write an account as one.
//
//   tree:                                     IfManifest { .name = "app", .functional_unit = "requests",
//     children:                                 .components = {{ .path = "web", .observations =
//       web:                                      {{ .duration_s = 3600, .energy_kwh = 0.023, .g_per_kwh = 951,
//         inputs:                                    .embodied_g = 4.305, .units = 100 }} }} }
//           - timestamp: 2024-01-01T00:00
//             duration: 3600
//             energy: 0.023
//             grid/carbon-intensity: 951
//             carbon-embodied: 4.305
//             requests: 100
//
// Plugins are programs and are not run: read are energy (or the sum of cpu/energy, memory/energy and so on), grid/carbon-intensity,
// carbon-operational, carbon-embodied (or carbon, where nothing else is) and the functional unit, from `outputs` where the file was
// computed, else from `inputs` over `defaults` (there a sum of parts only where no pipeline would add to it). What a component does not state is unknown, and a note says so.
// Written manifests compute their SCI with the framework's own plugins Multiply, Sum and Sci; their names of functional units have
// letters and '_' only, because the framework takes others for arithmetic.
//
// Units: kWh, g/kWh, g, seconds; times UTC. Errors: kInvalid, one line with file, line, key and fix. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/sci/sci.h"
#include "base/time.h"

namespace olivine {

inline constexpr std::size_t kMaxIfActivities = 10'000;  // of a written account

struct IfObservation {
  std::optional<WallTime> timestamp{};
  double duration_s = 0.0;
  std::optional<double> energy_kwh, g_per_kwh, operational_g, embodied_g, units;
  std::size_t line = 0;
};
struct IfComponent {
  std::string path;  // "front-end/web": names of the children from the root
  std::vector<IfObservation> observations;
};
struct IfManifest {
  std::string name, description, functional_unit;
  std::vector<IfComponent> components;
  std::vector<std::string> notes;
};

Result<IfManifest> read_impact_framework(std::string_view yaml, const std::string& file);
// YAML that if-run computes. kInvalid where a component's energy, intensity or embodied carbon is unknown: the framework has no
// word for that.
Result<std::string> write_impact_framework(const IfManifest& manifest);
// The account (TOML) of what the framework's file states; observations of one intensity are one activity.
Result<std::string> account_of_impact_framework(const IfManifest& manifest);
// R, when all components state the same; nullopt, and why, otherwise.
struct IfFunctionalUnits {
  std::optional<double> count;
  std::string why_not;
};
IfFunctionalUnits functional_units_of(const IfManifest& manifest);

}  // namespace olivine
