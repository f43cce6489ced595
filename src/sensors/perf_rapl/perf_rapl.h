// RAPL through perf: the kernel's `power` PMU (/sys/bus/event_source/devices/power), the same meters as powercap's by
// another way. Two uses: as a source where powercap cannot be read, and as a check of powercap where both can.
//
//   type                       number of the PMU for perf_event_open
//   cpumask                    one CPU of each package or die on which to open, "0,28"
//   events/energy-pkg          "event=0x02"; .scale "2.3283064365386962890625e-10" (2^-32 J); .unit "Joules"
//   events/energy-{cores,gpu,ram,psys}
//
// The counter is 64 bits wide, kept by the kernel, and starts at 0 when it is opened: it has no modulus, and a drop is
// a reset. Place, basis and gain are those of powercap (powercap.h). Which package a CPU of the mask stands for is read
// from its topology; a die is named only where the mask holds several CPUs of one package, and AMD's dies share one
// counter.
//
// Units: .scale joules a count (another unit than Joules is refused). Errors: of creation: none; troubles are listed.
// Needs CAP_PERFMON or kernel.perf_event_paranoid <= 0. Threads: one. Lifetime: counters close
// with their source, which keeps the PerfCounters to open them again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hardware/cpu_identity.h"
#include "sensors/energy_source.h"
#include "sensors/perf_rapl/perf_counter.h"

namespace olivine {

// `known`: sources found before (powercap's); the same kind and device is not made a source again.
Discovery discover_perf_rapl(FileSystem& files, const Roots& roots, const CpuIdentity& cpu,
                             std::shared_ptr<PerfCounters> counters, const std::vector<SourceInfo>& known = {});

// What two meters of one domain counted over one common span.
struct MeterDelta {
  std::string id;
  std::uint64_t counts = 0;
  double unit = 1e-6;  // joules a count
};
struct CrossCheck {
  std::optional<double> relative_difference;  // (perf - powercap) / powercap; absent when too little was counted to say
  bool agree = false;
  std::string note;  // "perf:energy-pkg:0 agrees with powercap:intel-rapl:0 within 0.2 %"
};
// Both registers move in steps of up to 61 uJ once a millisecond, and the two are not read at one moment: below
// `resolution_j` nothing is said. => 10.02 J and 10.00 J: +0.2 %, agree at 1 %; 12 J and 10 J: +20 %, do not.
CrossCheck cross_check(const MeterDelta& perf, const MeterDelta& powercap, double tolerance = 0.01,
                       double resolution_j = 0.5);

// Parts, for tests.
std::optional<std::uint64_t> parse_event_config(std::string_view text);  // "event=0x02" -> 2
std::vector<int> parse_cpu_list(std::string_view text);                  // "0,28-29" -> 0 28 29; nonsense -> empty

}  // namespace olivine
