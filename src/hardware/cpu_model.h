// Power models of processor and memory, for machines without readable energy counters (METHODS, "CPU package idle /
// full").
//
// Processor: a monotone, piecewise linear curve of power over load, per processor class. The table gives it as a
// fraction of design power (data/cpu_model.csv, fraction_of_tdp; fitted on measured curves and SPECpower, its range
// checked by leaving one machine out; docs/methods/cpu-model.md). Here it is kept relative to its own end, so that
// full_w is the power at full load; lower and upper keep the table's whole range, and full_lower_w .. full_upper_w only
// add what is unknown about the design power itself and about the part of the processor that a guest owns.
//
//   TDP 90 W, table 0.154 [0.0615, 0.336] at idle and 0.751 [0.348, 1.92] at full load (server_amd), bare metal:
//   full_w = 90 x 0.751 = 67.6 W, knots[0] = 0.154 / 0.751 = 0.205
//   idle = 13.9 W, range 90 x [0.0615, 0.336] = [5.5, 30.2] W
//   a guest with 4 of the processor's 16 threads: share 0.25, idle 3.5 W
//
// The two ranges are independent; their relative deviations combine in quadrature (GUM 5.1.2):
//   curve x [0.6, 1.4] and design power x [0.7, 1.3]:  1 -+ sqrt(0.4^2 + 0.3^2) = [0.5, 1.5]
//
// Which part of the processor a guest is: vCPUs / hardware threads. Where the catalogue does not say the threads, they
// are design power / default watts per thread, which makes the guest vCPUs x watts per thread, with that default's
// range.
//
// Memory: watts per gigabyte held ready, whether used or not.
//
// Units: W; load 0..1 over the visible CPUs (outside values are clamped); gigabytes of 2^30 bytes, as memory is sold.
// Errors: none; throws std::logic_error when the program was built with damaged tables.
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
// gets visible_cpus / threads of as few processors as hold that many threads, so that share is at most 1.
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
