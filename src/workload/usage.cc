#include "workload/usage.h"

#include <algorithm>

namespace olivine {
namespace {

constexpr double kStatStepsNs = 20e6;  // /proc/stat: user and system time, each in whole steps of 10 ms

std::optional<std::int64_t> sound(std::optional<std::int64_t> value) {
  return value && *value < 0 ? std::nullopt : value;
}

// A cumulative value since it was first seen; it never falls.
void raise(std::optional<double>& total, std::optional<std::int64_t>& first, std::optional<std::int64_t> value) {
  if (!value) return;
  if (!first) first = value;
  total = std::max(total.value_or(0.0), static_cast<double>(*value - *first));
}

double mean(double a, double b) { return 0.5 * (a + b); }

}  // namespace

void UsageAccumulator::feed(const UsageReading& reading) {
  raise(totals_.run_ns, first_run_ns_, sound(reading.run_cpu_ns));
  raise(totals_.self_ns, first_self_ns_, sound(reading.self_cpu_ns));
  feed_others(sound(reading.machine_busy_ns));
  feed_memory(sound(reading.run_memory_bytes), sound(reading.machine_used_bytes));
  totals_.gpus = reading.gpus;
}

void UsageAccumulator::feed_others(std::optional<std::int64_t> busy_ns) {
  if (!busy_ns || !totals_.run_ns || !totals_.self_ns) return;
  const double run_and_self_ns = *totals_.run_ns + *totals_.self_ns;
  if (!first_busy_ns_) {
    first_busy_ns_ = busy_ns;
    run_and_self_at_first_busy_ns_ = run_and_self_ns;
    totals_.others_ns = 0.0;
  }
  const double excess_ns =
      static_cast<double>(*busy_ns - *first_busy_ns_) - (run_and_self_ns - run_and_self_at_first_busy_ns_);
  if (excess_ns > *totals_.others_ns + kStatStepsNs) totals_.others_ns = excess_ns;
}

void UsageAccumulator::feed_memory(std::optional<std::int64_t> run_bytes, std::optional<std::int64_t> used_bytes) {
  if (!run_bytes || !used_bytes) return;
  const double used = static_cast<double>(*used_bytes);
  const double run = std::min(static_cast<double>(*run_bytes), used);
  const double installed = std::max(used, static_cast<double>(installed_bytes_.value_or(0)));
  totals_.memory = MemorySpan{run, used - run, installed - used};
}

SpanUsage usage_between(const UsageAccumulator::Totals& begin, const UsageAccumulator::Totals& end) {
  SpanUsage span;
  if (begin.run_ns && begin.others_ns && begin.self_ns && end.run_ns && end.others_ns && end.self_ns)
    span.cpu = CpuSpan{*end.run_ns - *begin.run_ns, *end.others_ns - *begin.others_ns, *end.self_ns - *begin.self_ns};
  if (end.memory) {
    const MemorySpan& a = begin.memory ? *begin.memory : *end.memory;
    const MemorySpan& b = *end.memory;
    span.memory = MemorySpan{mean(a.run_bytes, b.run_bytes), mean(a.others_bytes, b.others_bytes),
                             mean(a.free_bytes, b.free_bytes)};
  }
  span.gpus = end.gpus;
  return span;
}

}  // namespace olivine
