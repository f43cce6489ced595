// A file of generation by fuel, of exchanges between zones or of load, whatever its form.
//
//   mix csv      time,COL,NG,...; a column "zone" for many zones, "exchange:ZONE" for net imports (signals/mix_csv.h)
//   entsoe       XML: generation per type (A75), physical flows (A11), load (A65); curve types A01 and A03 (entsoe_file.h)
//   eia930       EIA930_BALANCE_*.csv and EIA930_INTERCHANGE_*.csv (eia930_file.h)
//
// What belongs together, a zone's mix in one file and its exchanges in others, is brought together by join_mixes.
//
// Units: MW, mean over the step. Errors: kInvalid names the file, the place and the fix; a document of another kind is
// kUnsupported. At most kMaxMixTextBytes of XML or mix csv and kMaxInputBytes of EIA-930, so that memory stays below 64 MB of it.
// Threads: pure. Lifetime: values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "grid/import/byte_source.h"
#include "grid/signals/mix_csv.h"

namespace olivine {

inline constexpr std::size_t kMaxMixValues = 3'500'000;  // of a file: half a year of every US balancing authority

// What went from one zone to another, seen by one of them.
struct PowerFlow {
  std::string from, to;
  bool net = false;  // a negative value went the other way; false: the other way has a flow of its own
  Duration step;
  std::vector<WallTime> begin;  // rising
  std::vector<double> mw;       // NaN: not known
  std::string source{};         // the file
};

struct ZoneLoad {
  std::string zone;
  Duration step;
  std::vector<WallTime> begin;
  std::vector<double> mw;
  std::string source{};
};

struct MixFile {
  std::string name;  // without folders
  std::string
      format;  // "mix-csv", "entsoe-generation", "entsoe-flow", "entsoe-load", "eia930-balance", "eia930-interchange"
  std::vector<GenerationMix> mixes;
  std::vector<PowerFlow> flows;
  std::vector<ZoneLoad> loads;
};

// Whether a text that begins so is one of these, as far as its first line or tag tells.
bool looks_like_mix(std::string_view head);

Result<MixFile> read_mix_file(std::unique_ptr<ByteSource> source, const std::string& name,
                              const MixCsvOptions& options);
// The one mix of a file: of `options.zone` where it has several.
Result<GenerationMix> read_one_mix(FileSystem& files, const std::string& path, MixCsvOptions options);

}  // namespace olivine
