// Manifest: what somebody declares about the life of a piece of work, as plain values. `olivine account FILE` reads it;
// docs/methods/account.md explains every key with worked examples; docs/schemas/manifest.schema.json is its JSON Schema.
//
//   schema = "olivine-account/1"
//   name = "a model"
//   [defaults]
//   zone = "FR"
//   pue = 1.2
//   [[activity]]
//   id = "training"
//   phase = "training"
//   hardware = "gpu"
//   device_hours = "1000 h"
//   [[hardware]]
//   id = "gpu"
//   power = "400 W"
//
// Reading checks form only: keys, kinds, that names refer to something, that each activity says its energy in one way. What things
// amount to is lifecycle/.
//
// Units: as written (WrittenValue). Errors: kInvalid, one line: file, line, key, value, fix; an unknown key is named with the
// nearest known one. Threads: values. Lifetime: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/manifest/written_value.h"

namespace olivine {

inline constexpr std::string_view kManifestSchema = "olivine-account/1";

// What may be said of all activities (defaults) and of each; an activity's own word wins.
struct ManifestConditions {
  std::string zone, at, plane, boundary, tariff;
  WrittenValue intensity, upstream_intensity, marginal_intensity, grid_loss;
  WrittenValue pue, wue_site, wue_grid, price;
  WrittenValue rest_of_node, psu_efficiency;  // from the chips to the node's plug: watts a device; ratio
  std::size_t line = 0;
};

struct ManifestHardware {
  std::string id, name, host;  // host: the hardware that this one sits in
  WrittenValue count, power, idle_power, embodied, life, utilisation, devices_per_host;
  std::optional<int> purchased;  // year
  std::size_t line = 0;
};

struct ManifestActivity {
  std::string id, phase, model, project, status, hardware;
  std::vector<std::string> tags, runs;
  ManifestConditions conditions;
  // Energy, one way of:
  WrittenValue energy;
  WrittenValue device_hours, count, hours, power, utilisation;  // hardware
  WrittenValue flop, flop_per_second, params, tokens;           // work: flop, or 6 x params x tokens
  WrittenValue data, energy_per_data;
  WrittenValue requests, energy_per_request;
  WrittenValue carbon;  // declared as carbon
  // What else
  WrittenValue embodied;  // "none" leaves it out; a value is that of the activity
  WrittenValue cost;      // declared
  WrittenValue price_per_device_hour;
  int scope = 0;  // 0: by the kind of energy
  std::size_t line = 0;
};

struct ManifestContract {
  std::string id, kind, zone, at;
  WrittenValue energy, share, intensity;
  std::size_t line = 0;
};

struct ManifestTariffBand {
  std::string hours, days;  // "22-06", "sat,sun"
  WrittenValue price;
  std::size_t line = 0;
};
struct ManifestTariff {
  std::string id, utc_offset;  // "+01:00"
  std::vector<ManifestTariffBand> bands;
  WrittenValue otherwise;
  std::size_t line = 0;
};

struct ManifestUnit {  // a functional unit
  std::string name;
  WrittenValue count;
  std::size_t line = 0;
};

struct ManifestFigure {
  std::string id, unit, label;
  WrittenValue value;
  std::size_t line = 0;
};

struct ManifestActivitiesFile {
  std::string path, format, phase;
  ManifestConditions conditions;
  std::size_t line = 0;
};

struct Manifest {
  std::string file;  // as named in errors
  std::string name, description, functional_unit, currency, booking = "use";
  std::optional<int> year;  // of the inventory, for booking = "purchase"
  std::vector<std::pair<std::string, WrittenValue>> parameters;
  ManifestConditions defaults;
  std::vector<ManifestHardware> hardware;
  std::vector<ManifestActivity> activities;
  std::vector<ManifestActivitiesFile> activities_files;
  std::vector<ManifestContract> contracts;
  std::vector<ManifestTariff> tariffs;
  std::vector<ManifestUnit> functional_units;
  std::vector<ManifestFigure> figures;
  WrittenValue residual_intensity;

  const ManifestHardware* find_hardware(std::string_view id) const;
};

inline constexpr std::string_view kPhases[] = {"data",    "experimentation", "training", "fine-tuning", "inference",
                                               "storage", "transfer",        "idle",     "manufacture", "end-of-life"};

// TOML or JSON.
Result<Manifest> parse_manifest(std::string_view text, const std::string& file);

// The keys that a section knows: "", "defaults", "hardware", "activity", "contract", "market", "tariff", "tariff.band",
// "functional_unit", "figure", "activities_file", "value".
std::vector<ManifestKey> manifest_keys(std::string_view section);
std::vector<std::string_view> manifest_sections();

}  // namespace olivine
