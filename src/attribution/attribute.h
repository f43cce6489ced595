// Attribution: shares one cover leaf's energy of one span among the run, others, Olivine itself, idle, and unattributed.
// Pure functions; the parts of every split sum to the whole exactly.
//
//   package: idle = min(E, P_idle * dt); the rest by CPU time (policy cpu_time)
//     100 W, idle 40 W, 1 h, run 25 % and others 25 % of CPU time: idle 40, run 30, others 30 Wh
//   dram: by memory held; what is held by nobody is idle
//   gpu: idle power to the holders of contexts, dynamic by SM use: 300 W, idle 60, SM 90/30, equal contexts: 210 / 90
//   rest of node: idle (fans, disks, boards draw it whoever computes)
//
// Units: whole microjoules. Errors: none; unknown use gives unattributed. Threads: pure. Lifetime: values.
// Sources: METHODS words and rules 5-7; SMT rule after METRION (arXiv 2512.06806).
#pragma once

#include <span>
#include <vector>

#include "hardware/domain.h"
#include "units/apportion.h"
#include "workload/usage.h"

namespace olivine {

struct Split {
  EnergyAmount attributed, others, self, idle, unattributed;
  EnergyAmount total() const { return attributed + others + self + idle + unattributed; }
  Split& operator+=(const Split& o);
  bool operator==(const Split&) const = default;
};

struct AttributionInput {
  DomainKind kind = DomainKind::kPackage;
  std::string device;  // finds the GPU's use
  EnergyAmount energy;
  Duration length;
  Power idle_power;  // of this domain; 0 where static energy is shared by another key (DRAM)
};

// Shares a leaf. `carry` keeps the rounding remainders of this leaf from span to span (parts: run, others, self, idle,
// unattributed); start with CumulativeApportioner(5).
Split attribute(const AttributionInput& input, const SpanUsage& usage, CumulativeApportioner& carry);

// Policy smt: shares one physical core's power among hardware threads. `share` is each thread's fraction of the core's
// power over the span: time alone counts fully, time beside a sibling is shared. => A alone 10 W on core 0; B and C
// siblings on core 1, 12 W: A 10, B 6, C 6 (not 7.33 each).
struct CoreSpan {
  double power_w = 0.0;                // of the core in the span
  std::vector<double> thread_busy_ns;  // of each hardware thread's workload on this core
};
std::vector<std::vector<double>> smt_power_w(std::span<const CoreSpan> cores);

// DRAM with bandwidth counters: static part by memory held, dynamic part by bandwidth (METHODS 6).
// => 12 W static, 8 W dynamic, memory 75/25, bandwidth 10/90: 9.8 / 10.2 W. One bandwidth for each holder, else it throws.
std::vector<double> dram_power_w(double static_w, double dynamic_w, std::span<const double> memory_held,
                                 std::span<const double> bandwidth);

// How a run is charged for idle energy (METHODS, words).
enum class IdlePolicy { kShare, kReserved, kExclude, kAll };
std::string_view name_of(IdlePolicy policy);
Result<IdlePolicy> idle_policy_from(std::string_view name);

struct IdleInput {
  EnergyAmount idle;
  EnergyAmount others, self;    // dynamic, for `all`: everything but the others' dynamic and the unattributed part
  double run_part_of_busy = 0;  // 0..1, over the whole run
  double reserved_part = 1;     // 0..1 of the machine
};
EnergyAmount idle_charged(IdlePolicy policy, const IdleInput& input);

}  // namespace olivine
