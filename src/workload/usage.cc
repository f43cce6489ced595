#include "workload/usage.h"

#include <algorithm>

namespace olivine {
namespace {

std::optional<double> since(const std::optional<std::int64_t>& now, const std::optional<std::int64_t>& first) {
  if (!now || !first) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(0, *now - *first));
}

// A cumulative value that is not readable for a moment keeps its last total; it catches up at the next good read.
void raise(std::optional<double>& total, const std::optional<double>& value) {
  if (value) total = std::max(total.value_or(0.0), *value);
}

double mean(double a, double b) { return 0.5 * (a + b); }

}  // namespace

void UsageAccumulator::feed(const UsageReading& reading) {
  if (!first_) first_ = UsageReading{};
  const auto keep_first = [](auto& slot, const auto& value) {
    if (!slot && value) slot = value;
  };
  keep_first(first_->run_cpu_ns, reading.run_cpu_ns);
  keep_first(first_->machine_busy_ns, reading.machine_busy_ns);
  keep_first(first_->self_cpu_ns, reading.self_cpu_ns);

  raise(totals_.run_ns, since(reading.run_cpu_ns, first_->run_cpu_ns));
  raise(totals_.self_ns, since(reading.self_cpu_ns, first_->self_cpu_ns));
  const auto busy = since(reading.machine_busy_ns, first_->machine_busy_ns);
  if (busy && totals_.run_ns && totals_.self_ns)
    raise(totals_.others_ns, std::max(0.0, *busy - *totals_.run_ns - *totals_.self_ns));

  if (reading.run_memory_bytes && reading.machine_used_bytes) {
    const double used = static_cast<double>(*reading.machine_used_bytes);
    const double run = std::min(static_cast<double>(*reading.run_memory_bytes), used);
    const double installed = std::max(used, static_cast<double>(installed_bytes_.value_or(0)));
    totals_.memory = MemorySpan{run, used - run, installed - used};
  }
  totals_.gpus = reading.gpus;
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
