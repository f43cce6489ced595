// Where the zone comes from: the flag, else OLIVINE_ZONE, else the configuration, else a file that a cloud's own
// start-up left on the machine (cloud-init's instance-data.json), else nothing. Never the network: a monitor that asks
// a metadata service leaves a trace and may wait.
//
//   {"v1": {"cloud_name": "aws", "region": "eu-west-3"}}  ->  data/cloud_regions.csv  ->  zone FR, from the file
//
// Units: PUE is a ratio. Errors: a damaged metadata file is a note, not an error: the work goes on with an unknown
// zone. Whether the zone exists is checked where it is used (find_zone). Threads: pure but for files. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "provenance/table.h"

namespace olivine {

inline constexpr const char* kCloudMetadataFile = "/run/cloud-init/instance-data.json";

struct ZoneInputs {  // absent or empty: not given
  std::optional<std::string> flag, environment, config;
  std::string config_origin;  // "project ./olivine.toml", for the reader
  std::string cloud_metadata_file = kCloudMetadataFile;
};

struct CloudRegion {
  std::string provider, region, zone, name;
  std::string grid;                          // Electricity Maps' zone of the grid that serves it; empty: not known
  std::optional<double> pue, wue_l_per_kwh;  // as the provider publishes them
  bool pue_of_fleet = false,
       wue_of_fleet = false;  // the mean of all that the provider runs: nothing is published of the region
  std::optional<double> pue_lower,
      pue_upper;  // of a fleet's mean: the least and greatest of its regions; else the value
  std::optional<double> cfe_fraction, g_per_kwh;  // hourly carbon-free share and grid intensity, where published
  FactRow row;
};

struct ZoneChoice {
  std::string zone;  // empty: unknown
  // "flag --zone", "environment OLIVINE_ZONE", where the configuration says it, "cloud metadata FILE (aws eu-west-3)",
  // "unknown"
  std::string origin;
  std::optional<CloudRegion> cloud;  // when the metadata file named a known region, whoever decided the zone
  std::vector<std::string> notes;
};

ZoneChoice choose_zone(FileSystem& files, const ZoneInputs& inputs);

// Ignores case; an availability zone ("eu-west-3a", "europe-west1-b") finds its region.
std::optional<CloudRegion> find_cloud_region(std::string_view provider, std::string_view region);
// Regions whose provider, key, place, zone or grid contains the text, ignoring case; all for an empty text.
std::vector<CloudRegion> search_cloud_regions(std::string_view text);
// Regions that stand in the zone or are served by the grid of that key.
std::vector<CloudRegion> cloud_regions_in(std::string_view zone);

}  // namespace olivine
