#include "engine/run_embodied.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "account/impacts.h"
#include "base/text.h"

namespace olivine {
namespace {

template <class Q>
Estimate<Q> estimate(const StatedValue& v, double unit, std::string_view name) {
  return Estimate<Q>::of(Q::from_canonical(v.value * unit), Q::from_canonical(v.lower * unit),
                         Q::from_canonical(v.upper * unit), name);
}

// What is left of the machine without its GPUs. The two add up as independent ones, whose arms are in quadrature: where both are used
// alike, their sum has the machine's range again.
StatedValue rest_of(const StatedValue& machine, const StatedValue& gpus) {
  const auto arm = [](double whole, double part) { return std::sqrt(std::max(0.0, whole * whole - part * part)); };
  StatedValue rest = machine;
  rest.value = std::max(0.0, machine.value - gpus.value);
  rest.lower = std::max(0.0, rest.value - arm(machine.value - machine.lower, gpus.value - gpus.lower));
  rest.upper = rest.value + arm(machine.upper - machine.value, gpus.upper - gpus.value);
  return rest;
}

// The run's part of the GPUs' time, and how it is known.
struct GpuShare {
  double share = 0.0;
  std::string how;
};
GpuShare gpu_share(const AssessmentInput& in, double cpu_part) {
  const RunContext& c = in.context;
  if (!(in.summary.gpu_known_ns > 0.0)) return {cpu_part, "CPU time of the run, for who holds them is not known"};
  const double held = in.summary.gpu_held_ns / in.summary.gpu_known_ns;
  if (c.idle_policy == IdlePolicy::kReserved && c.reserved_part > held) return {c.reserved_part, "reserved part"};
  return {held, fmt::format("{} % of their time held by the run", shortest(std::round(held * 1e4) / 1e2))};
}

}  // namespace

std::optional<RunEmbodied> run_embodied(const AssessmentInput& in) {
  const RunContext& c = in.context;
  const double machine_ns = static_cast<double>(in.summary.duration_ns) * in.machine.logical_cpus;
  if (!in.summary.run_cpu_ns || !(machine_ns > 0.0)) return std::nullopt;
  const double part = std::min(1.0, *in.summary.run_cpu_ns / machine_ns);
  const auto life = estimate<Ratio>(c.life_years, 1.0, "life"),
             utilisation = estimate<Ratio>(c.utilisation, 1.0, "utilisation");
  const auto carbon = [&](const StatedValue& made, std::string_view name, double use) {
    return embodied_carbon({estimate<Carbon>(made, kilograms(1.0).canonical(), name), life, utilisation,
                            nanoseconds(in.summary.duration_ns), use});
  };
  const std::string of_cpus = fmt::format("M x (time / life) x used part of the CPUs x machine share {} / utilisation",
                                          shortest(c.machine_share));
  if (!c.embodied_gpus_kg) return RunEmbodied{carbon(c.embodied_kg, "embodied", part * c.machine_share), of_cpus};
  const GpuShare gpus = gpu_share(in, part);
  return RunEmbodied{sum(carbon(rest_of(c.embodied_kg, *c.embodied_gpus_kg), "embodied", part * c.machine_share),
                         carbon(*c.embodied_gpus_kg, "embodied:gpus", gpus.share)),
                     fmt::format("{}; of M the GPUs' {} kg by their own time: {}", of_cpus,
                                 shortest(c.embodied_gpus_kg->value), gpus.how)};
}

}  // namespace olivine
