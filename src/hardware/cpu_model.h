// Power models of processor and memory, for machines without readable energy counters (METHODS, "CPU package idle / full").
//
// Processor: a monotone, piecewise linear curve of power over load, as a fraction of full power, per processor class
// (data/cpu_model.csv, fitted on measured curves and SPECpower; the range comes from leaving one machine out). Full power
// comes from the catalogue. A guest owns the part vCPUs / hardware threads of the processor.
//
//   full 100 W, curve 0.18 at load 0 and 0.60 at load 0.5, a guest with 8 of 32 threads (share 0.25):
//   idle = 100 x 0.25 x 0.18 = 4.5 W, at half load = 100 x 0.25 x 0.60 = 15 W
//
// The ranges of curve and full power are independent; their relative deviations combine in quadrature (GUM 5.1.2):
//   curve 0.60 [0.48, 0.72] and full 100 [85, 115]:  1 -+ sqrt(0.20^2 + 0.15^2) = [0.75, 1.25]
//
// Memory: watts per gigabyte held ready, whether used or not.
//
// Units: W; load 0..1 over the visible CPUs (outside values are clamped); gigabytes of 2^30 bytes, as modules are sold.
// Errors: none; a missing table falls back on METHODS' idle fraction with a straight line, and the row says so.
// Threads: values. Lifetime: values; all members are plain numbers, so that the ledger can keep the whole model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "hardware/catalogue.h"
#include "provenance/table.h"
#include "units/quantity.h"

namespace olivine {

inline constexpr std::size_t kCpuKnots = 11;  // load 0, 0.1, ... 1

struct CpuPowerModel {
  double full_w = 0.0;  // all processors of the machine at full load, before `share`
  std::array<double, kCpuKnots> knots{}, lower{}, upper{};  // fraction of full power at load 0, 0.1, ... 1
  double full_lower_w = 0.0, full_upper_w = 0.0;
  double share = 1.0;  // part of the processors that this machine is: vCPUs / hardware threads
  FactRow row;         // of the curve; the catalogue's entry has the row of full_w

  Power power(double load) const;
  Power idle() const { return power(0.0); }
  // Factors on power(load) that give its 95 % range, e.g. {0.75, 1.25}.
  std::pair<double, double> relative_range(double load) const;
  bool operator==(const CpuPowerModel&) const = default;
};

// `sockets` multiplies bare metal. A guest sees sockets that its hypervisor invents, so there the count is ignored: it
// gets visible_cpus / threads of one processor, or of as few whole processors as hold that many threads.
CpuPowerModel cpu_model_for(const CpuEntry& cpu, int visible_cpus, bool guest, int sockets = 1);

struct MemoryPowerModel {
  double w_per_gb = 0.0, lower = 0.0, upper = 0.0;  // watts per gigabyte and its range
  double gigabytes = 0.0;
  FactRow row;

  Power power() const { return watts(w_per_gb * gigabytes); }
  std::pair<double, double> relative_range() const;  // factors on power()
  bool operator==(const MemoryPowerModel&) const = default;
};

// `bytes`: what is installed, or the cgroup's limit when that is less.
MemoryPowerModel memory_model_for(std::int64_t bytes);

}  // namespace olivine
