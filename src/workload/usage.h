// Usage: who used the machine, as cumulative readings (one per tick) and as differences over a span.
//
// Units: CPU time in ns summed over CPUs, memory in bytes, GPU SM use in percent of the GPU.
// "run" is the measured command with its whole tree, "self" is Olivine, "others" is everybody else on the machine.
// Errors: a part that could not be read is absent, never zero. Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace olivine {

// Use of one GPU by the run and by others at one moment (gauges).
struct GpuUse {
  std::string device;  // "gpu-GPU-8f6a...", as in Domain::device
  std::int32_t run_contexts = 0;
  std::int32_t other_contexts = 0;
  double run_sm_percent = 0.0;
  double other_sm_percent = 0.0;
  bool operator==(const GpuUse&) const = default;
};

// What a tick reads. CPU times are cumulative and never fall; memory is held now.
struct UsageReading {
  std::optional<std::int64_t> run_cpu_ns;
  std::optional<std::int64_t> machine_busy_ns;
  std::optional<std::int64_t> self_cpu_ns;
  std::optional<std::int64_t> run_memory_bytes;
  std::optional<std::int64_t> machine_used_bytes;
  std::vector<GpuUse> gpus;
  bool operator==(const UsageReading&) const = default;
};

// Use during one span. Absent means unknown for the whole span: its energy is then unattributed.
struct CpuSpan {
  double run_ns = 0.0, others_ns = 0.0, self_ns = 0.0;
};
struct MemorySpan {  // bytes held, mean of the span's ends
  double run_bytes = 0.0, others_bytes = 0.0, free_bytes = 0.0;
};
struct SpanUsage {
  std::optional<CpuSpan> cpu;
  std::optional<MemorySpan> memory;
  std::vector<GpuUse> gpus;  // last seen
};

// Turns cumulative readings into spans. `others` is what the machine's busy time exceeds run + self by. /proc/stat counts
// in steps of 10 ms for each kind of time, and clipping each short span at zero would invent use by others: `others`
// follows only when it is behind by more than 20 ms, and never falls.
//
//   busy 100 ms, run 85 ms, self 0: others 0 (within the steps);  busy 100 ms, run 50 ms, self 0: others 50 ms
//
// A value that was not readable keeps its last total and catches up at the next good read. A negative value is no value.
class UsageAccumulator {
 public:
  explicit UsageAccumulator(std::optional<std::int64_t> installed_bytes) : installed_bytes_(installed_bytes) {}
  void feed(const UsageReading& reading);
  // Totals since the start; a span is the difference of two.
  struct Totals {
    std::optional<double> run_ns, others_ns, self_ns;
    std::optional<MemorySpan> memory;
    std::vector<GpuUse> gpus;
  };
  const Totals& totals() const { return totals_; }

 private:
  void feed_others(std::optional<std::int64_t> busy_ns);
  void feed_memory(std::optional<std::int64_t> run_bytes, std::optional<std::int64_t> used_bytes);

  std::optional<std::int64_t> installed_bytes_;
  std::optional<std::int64_t> first_run_ns_, first_self_ns_, first_busy_ns_;
  double run_and_self_at_first_busy_ns_ = 0.0;
  Totals totals_;
};
// Use between two totals; CPU is absent when either end lacks it.
SpanUsage usage_between(const UsageAccumulator::Totals& begin, const UsageAccumulator::Totals& end);

}  // namespace olivine
