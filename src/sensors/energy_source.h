// EnergySource: one meter. It returns the raw integer that the hardware shows; scaling, wraps and units happen once,
// later, in the pipeline. One folder per backend: powercap, perf_rapl, nvml, amdgpu, hwmon, replay.
//
// Units: said by SourceInfo. Errors: the kind says what happens next: transient -> gap, asked again; gone -> retired
// quietly; permission and others -> listed by doctor. Threads: one. Lifetime: a source keeps its files open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/time.h"
#include "hardware/domain.h"

namespace olivine {

enum class SignalKind {
  kEnergyCounter,  // monotone but wrapping; differences are energy
  kPowerGauge,     // power now; integrated over time (basis derived)
};

struct SourceInfo {
  std::string id;       // "powercap:intel-rapl:0", unique on the machine
  std::string backend;  // "powercap"
  Domain domain;
  SignalKind signal = SignalKind::kEnergyCounter;
  double unit = 1e-6;                        // joules (counter) or watts (gauge) of one count
  std::optional<std::uint64_t> modulus;      // counter: number of distinct values; absent when the range is unreadable
  double power_ceiling_w = 2000.0;           // nothing above is believed
  Duration update_period = milliseconds(1);  // polling faster reads the same value again
  std::string gain_key = "gain_rapl_intel";  // row of data/defaults.csv with the sensor's gain range
  bool operator==(const SourceInfo&) const = default;
};

class EnergySource {
 public:
  virtual ~EnergySource() = default;
  virtual const SourceInfo& info() const = 0;
  virtual Result<std::uint64_t> read() = 0;
};

// What a backend found on this machine: usable sources, and what it saw but cannot use, for doctor.
struct SourceTrouble {
  std::string what;  // "powercap intel-rapl:0 package-0"
  Error error;       // why not
  std::string fix;   // the one command or step that fixes it; "" when nothing can be done here
  bool unmetered =
      false;  // a device that is awake and draws what neither a meter nor a model knows: totals are unknown
};
struct Discovery {
  std::vector<std::unique_ptr<EnergySource>> sources;
  std::vector<EnergySource*> borrowed() const {  // valid as long as this is
    std::vector<EnergySource*> all;
    for (const auto& source : sources) all.push_back(source.get());
    return all;
  }
  std::vector<SourceTrouble> troubles;
  std::vector<std::string> notes;  // "perf RAPL agrees with powercap within 1 %"
};

// Where the machine's trees are mounted; a fixture tree in tests.
struct Roots {
  std::string sysfs = "/sys";
  std::string procfs = "/proc";
  std::string cgroup = "/sys/fs/cgroup";
};

}  // namespace olivine
