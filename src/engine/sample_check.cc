#include "engine/sample_check.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/sample_limits.h"

namespace olivine {
namespace {

constexpr std::int64_t kMostNs = std::int64_t{1} << 62;
// A run's energy and as much again for its power supply's loss fit into 64 bits.
constexpr double kMostEnergyUj = 4e18;

bool in_range(std::int64_t ns) { return ns >= 0 && ns <= kMostNs; }

double models_w(const MachineDescription& machine) {
  double sum_w = 0.0;
  if (machine.cpu_model) sum_w += in_watts(machine.cpu_model->power(1.0));
  if (machine.memory_model) sum_w += in_watts(machine.memory_model->power());
  if (machine.rest_of_node) sum_w += machine.rest_of_node->watts;
  return sum_w;
}

}  // namespace

bool is_plausible(const Now& now) { return in_range(now.wall.ns) && in_range(now.mono.ns) && in_range(now.boot_ns); }

SampleCheck::SampleCheck(const MachineDescription& machine) : machine_(machine), most_power_w_(models_w(machine)) {
  for (const SourceInfo& source : machine.sources) most_power_w_ += source.power_ceiling_w;
}

Status SampleCheck::take(const TickSample& sample) {
  if (sample.readings.size() != machine_.sources.size())
    return fail(ErrorKind::kCorrupt, fmt::format("{} readings for {} sources of the machine's description",
                                                 sample.readings.size(), machine_.sources.size()));
  if (!is_plausible(sample.now)) return fail(ErrorKind::kCorrupt, "a clock is outside of 0 to 2^62 ns");
  marks_ += sample.marks.size();
  if (marks_ > kMostMarks) return fail(ErrorKind::kCorrupt, "a run has at most 65,536 marks");
  for (const Mark& mark : sample.marks) {
    if (!in_range(mark.ns) || mark.ns < last_mark_ns_ || mark.ns > sample.now.mono.ns)
      return fail(ErrorKind::kCorrupt, "a mark is out of its time");
    last_mark_ns_ = mark.ns;
  }
  const Now before = last_.value_or(sample.now);
  const std::int64_t mono_ns = sample.now.mono.ns - before.mono.ns, boot_ns = sample.now.boot_ns - before.boot_ns;
  if (mono_ns < 0 || boot_ns < 0) return fail(ErrorKind::kCorrupt, "time runs backwards");
  most_energy_uj_ += most_power_w_ * static_cast<double>(std::max(mono_ns, boot_ns)) * 1e-3;
  for (std::size_t i = 0; i < sample.readings.size(); ++i) {
    const SourceInfo& source = machine_.sources[i];
    if (sample.readings[i].state == ReadingState::kValue)
      most_energy_uj_ += source.power_ceiling_w * static_cast<double>(source.update_period.ns) * 1e-3;
  }
  if (!(most_energy_uj_ <= kMostEnergyUj))
    return fail(ErrorKind::kCorrupt,
                "by now these meters may have counted more than 1.1 GWh, which is more than a run can hold");
  last_ = sample.now;
  return {};
}

}  // namespace olivine
