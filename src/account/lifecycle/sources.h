// What an account asks the world about, as interfaces that the engine fills: intensities of a zone over a span, runs of the ledger,
// hardware of the catalogue, tables of many activities. Accounts themselves read no file and take no clock.
//
// Units: as named. Errors: kNotFound where a thing does not exist; others end the account. Threads: one. Lifetime: the account keeps
// none of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/activities/activity_import.h"
#include "account/lifecycle/account_span.h"
#include "account/location_based.h"
#include "account/manifest/manifest.h"
#include "grid/zones.h"
#include "hardware/domain.h"

namespace olivine {

struct SpanIntensityQuery {
  std::string zone;
  std::optional<WallInterval> span;  // absent: nobody said when
  std::vector<EnergySlice> slices;   // when in the span the energy was used; empty: evenly
  Signal signal = Signal::kAverage;
  std::optional<Boundary> boundary;  // absent: lifecycle of an average; of a marginal one lifecycle first
};

// The intensity of a zone over a span, integrated against whatever is known of its hours.
struct SpanIntensity {
  std::optional<double> g_per_kwh;  // absent: unknown, `reason` says why and what to do
  RelativeRange range;              // 95 %, relative: all hours of one zone and signal move together
  std::string zone, name;           // whose figure it is
  std::string boundary;             // "direct", "lifecycle", "unknown"
  std::string losses;               // "included", "excluded", "unknown"
  std::string method;               // "hourly series", "month x hour profile", "yearly factor", "world mean"
  std::string dataset;              // hash of the stored series
  std::string source;               // data set or table, row, year, publisher
  double coverage = 1.0;            // share of the energy that hours of the series cover
  Basis basis = Basis::kReference;
  std::string reason;
  std::vector<std::string> notes;
};

class IntensitySource {
 public:
  virtual ~IntensitySource() = default;
  virtual Result<SpanIntensity> over(const SpanIntensityQuery& query) = 0;
};

// A recorded run: its energy with its idle charge.
struct RunFacts {
  std::string id, name, zone;
  WallInterval interval;
  std::vector<EnergySlice> slices;  // joules over wall time; proportions count
  double energy_j = 0.0, lower_j = 0.0, upper_j = 0.0;
  bool energy_known = true;  // false: energy_j is a lower bound
  Plane plane = Plane::kChip;
  std::optional<double> embodied_g, embodied_lower_g, embodied_upper_g;
  Basis basis = Basis::kMeasured;
  std::string source;  // "ledger /home/me/..., run 0193...: attributed 1,400 J + idle charged 76 J"
  std::string reason;  // why not known
};
class RunSource {
 public:
  virtual ~RunSource() = default;
  virtual Result<RunFacts> run(const std::string& id_or_name) = 0;
};

// A number of the catalogue with its range.
struct CatalogueNumber {
  double value = 0.0, lower = 0.0, upper = 0.0;
  Basis basis = Basis::kReference;
  std::string source;
};
struct CatalogueHardware {
  std::string name;
  std::optional<CatalogueNumber> power_w, embodied_kg;
};
class HardwareSource {
 public:
  virtual ~HardwareSource() = default;
  virtual Result<CatalogueHardware> hardware(const std::string& name) = 0;
};

// The table behind an [[activities_file]].
class TableSource {
 public:
  virtual ~TableSource() = default;
  virtual Result<ActivityImport> table(const ManifestActivitiesFile& file) = 0;
};

struct AccountSources {
  IntensitySource* intensity = nullptr;
  RunSource* runs = nullptr;           // null: no ledger here
  HardwareSource* hardware = nullptr;  // null: no catalogue here
  TableSource* tables = nullptr;       // null: no files here
};

}  // namespace olivine
