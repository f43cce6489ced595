#include "attribution/attribute.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace olivine {
namespace {

enum Part : std::size_t { kRun, kOthers, kSelf, kIdle, kUnattributed, kParts };
using Weights = std::array<double, kParts>;

double idle_energy_uj(const AttributionInput& input) {
  const double idle_uj = in_joules(input.idle_power * input.length) * 1e6;
  return std::clamp(idle_uj, 0.0, static_cast<double>(input.energy.count()));
}

Weights all_to(Part part) {
  Weights weights{};
  weights[part] = 1.0;
  return weights;
}

Weights cpu_weights(const AttributionInput& input, const SpanUsage& usage) {
  if (!usage.cpu) return all_to(kUnattributed);
  Weights weights{};
  const double total = static_cast<double>(input.energy.count());
  weights[kIdle] = idle_energy_uj(input);
  const double dynamic = total - weights[kIdle];
  const CpuSpan& cpu = *usage.cpu;
  const double busy = cpu.run_ns + cpu.others_ns + cpu.self_ns;
  if (busy <= 0.0) return all_to(kIdle);  // nobody ran: the machine idled, at whatever power
  weights[kRun] = dynamic * (cpu.run_ns / busy);
  weights[kOthers] = dynamic * (cpu.others_ns / busy);
  weights[kSelf] = dynamic * (cpu.self_ns / busy);
  return weights;
}

Weights memory_weights(const SpanUsage& usage) {
  if (!usage.memory) return all_to(kUnattributed);
  Weights weights{};
  weights[kRun] = usage.memory->run_bytes;
  weights[kOthers] = usage.memory->others_bytes;
  weights[kIdle] = usage.memory->free_bytes;
  if (weights[kRun] + weights[kOthers] + weights[kIdle] <= 0.0) return all_to(kUnattributed);
  return weights;
}

// What a driver says may be anything; a share of nonsense is unknown.
bool is_sound(const GpuUse& use) {
  const auto percent = [](double p) { return std::isfinite(p) && p >= 0.0; };
  return use.run_contexts >= 0 && use.other_contexts >= 0 && percent(use.run_sm_percent) &&
         percent(use.other_sm_percent);
}

Weights gpu_weights(const AttributionInput& input, const SpanUsage& usage) {
  const auto found =
      std::find_if(usage.gpus.begin(), usage.gpus.end(), [&](const GpuUse& use) { return use.device == input.device; });
  if (found == usage.gpus.end() || !is_sound(*found)) return all_to(kUnattributed);
  const double contexts = static_cast<double>(found->run_contexts) + found->other_contexts;
  if (contexts <= 0.0) return all_to(kIdle);
  Weights weights{};
  const double idle = idle_energy_uj(input);
  const double dynamic = static_cast<double>(input.energy.count()) - idle;
  const double sm = found->run_sm_percent + found->other_sm_percent;
  const double run_of_holders = found->run_contexts / contexts;
  const double run_of_dynamic = sm > 0.0 ? found->run_sm_percent / sm : run_of_holders;  // equal split when SM is 0
  weights[kRun] = idle * run_of_holders + dynamic * run_of_dynamic;
  weights[kOthers] = idle * (1.0 - run_of_holders) + dynamic * (1.0 - run_of_dynamic);
  return weights;
}

Weights weights_for(const AttributionInput& input, const SpanUsage& usage) {
  switch (input.kind) {
    case DomainKind::kPackage:
    case DomainKind::kCore:
    case DomainKind::kUncore:
    case DomainKind::kPsys: return cpu_weights(input, usage);
    case DomainKind::kDram: return memory_weights(usage);
    case DomainKind::kGpu: return gpu_weights(input, usage);
    case DomainKind::kBoard:
    case DomainKind::kRest: return all_to(kIdle);
  }
  return all_to(kUnattributed);
}

double part_of(double value, std::span<const double> all) {
  const double sum = std::accumulate(all.begin(), all.end(), 0.0);
  return sum > 0.0 ? value / sum : 0.0;
}

}  // namespace

Split& Split::operator+=(const Split& o) {
  attributed += o.attributed;
  others += o.others;
  self += o.self;
  idle += o.idle;
  unattributed += o.unattributed;
  return *this;
}

Split attribute(const AttributionInput& input, const SpanUsage& usage, CumulativeApportioner& carry) {
  if (input.energy.count() == 0) return {};
  const Weights weights = weights_for(input, usage);
  const std::vector<EnergyAmount> parts = carry.share(input.energy, weights);
  return {parts[kRun], parts[kOthers], parts[kSelf], parts[kIdle], parts[kUnattributed]};
}

std::vector<std::vector<double>> smt_power_w(std::span<const CoreSpan> cores) {
  std::vector<std::vector<double>> result;
  for (const CoreSpan& core : cores) {
    std::vector<double> threads;
    for (const double busy : core.thread_busy_ns) threads.push_back(core.power_w * part_of(busy, core.thread_busy_ns));
    result.push_back(std::move(threads));
  }
  return result;
}

std::vector<double> dram_power_w(double static_w, double dynamic_w, std::span<const double> memory_held,
                                 std::span<const double> bandwidth) {
  if (memory_held.size() != bandwidth.size()) throw std::logic_error("dram_power_w: one bandwidth for each holder");
  std::vector<double> result;
  for (std::size_t i = 0; i < memory_held.size(); ++i)
    result.push_back(static_w * part_of(memory_held[i], memory_held) + dynamic_w * part_of(bandwidth[i], bandwidth));
  return result;
}

std::string_view name_of(IdlePolicy policy) {
  switch (policy) {
    case IdlePolicy::kShare: return "share";
    case IdlePolicy::kReserved: return "reserved";
    case IdlePolicy::kExclude: return "exclude";
    case IdlePolicy::kAll: return "all";
  }
  return "share";
}

Result<IdlePolicy> idle_policy_from(std::string_view name) {
  for (const IdlePolicy p : {IdlePolicy::kShare, IdlePolicy::kReserved, IdlePolicy::kExclude, IdlePolicy::kAll})
    if (name_of(p) == name) return p;
  return fail(ErrorKind::kInvalid,
              "idle policy '" + std::string(name) + "' is not one of share, reserved, exclude, all");
}

EnergyAmount idle_charged(IdlePolicy policy, const IdleInput& input) {
  const auto part = [&](double fraction) {
    const double kept = std::clamp(fraction, 0.0, 1.0);
    const std::array<double, 2> weights{kept, 1.0 - kept};
    return apportion(input.idle, weights)[0];
  };
  switch (policy) {
    case IdlePolicy::kShare: return part(input.run_part_of_busy);
    case IdlePolicy::kReserved: return part(input.reserved_part);
    case IdlePolicy::kExclude: return {};
    case IdlePolicy::kAll: return input.idle;
  }
  return {};
}

}  // namespace olivine
