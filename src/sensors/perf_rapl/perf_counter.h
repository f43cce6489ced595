// PerfCounters: the seam to perf_event_open(2), so that tests run without the PMU and without rights.
//
// Units: counts of the event. Errors: as the system refuses; EACCES and EPERM are `permission`. Threads: one.
// Lifetime: a counter owns its descriptor.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"

namespace olivine {

struct PerfEvent {
  std::uint32_t type = 0;    // of the PMU
  std::uint64_t config = 0;  // of the event
  int cpu = 0;
  bool operator==(const PerfEvent&) const = default;
};

class PerfCounter {
 public:
  virtual ~PerfCounter() = default;
  virtual Result<std::uint64_t> read() = 0;
};

class PerfCounters {
 public:
  virtual ~PerfCounters() = default;
  virtual Result<std::unique_ptr<PerfCounter>> open(const PerfEvent& event) = 0;
};

// The system's: counts for the whole CPU from now on, whoever runs; closed on exec.
class SystemPerfCounters final : public PerfCounters {
 public:
  Result<std::unique_ptr<PerfCounter>> open(const PerfEvent& event) override;
};

}  // namespace olivine
