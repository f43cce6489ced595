#include "hardware/cpu_model.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr double kBytesPerGb = 1024.0 * 1024.0 * 1024.0;
constexpr double kMaxPackages = 64.0;  // no machine has more; a nonsense count must not become a nonsense power

struct Range {
  double value = 0.0, lower = 0.0, upper = 0.0;
};

struct Curve {
  std::array<Range, kCpuKnots> of_tdp;
  FactRow row;
};

// The class of the curve: only Intel and AMD servers and desktops have one of their own.
std::string curve_class(const CpuEntry& cpu) {
  if (cpu.cls == "desktop") return "desktop";
  if (cpu.cls != "server") return "default";
  const std::string name = to_lower(cpu.name);
  for (const char* word : {"amd", "epyc", "opteron"}) {
    if (name.find(word) != std::string::npos) return "server_amd";
  }
  for (const char* word : {"intel", "xeon"}) {
    if (name.find(word) != std::string::npos) return "server_intel";
  }
  return "default";
}

Default needed_default(std::string_view key) {
  Result<Default> found = default_value(key);
  if (!found) throw std::logic_error("the built-in tables are damaged: " + found.error().message);
  return *std::move(found);
}

double needed_number(const CsvTable& table, std::size_t row, std::string_view column) {
  const Result<double> value = table.number(row, column);
  if (!value) throw std::logic_error("the built-in tables are damaged: " + value.error().message);
  return *value;
}

Curve load_curve(const std::string& cls) {
  const Result<const CsvTable*> found = fact_table("cpu_model");
  if (!found) throw std::logic_error("the built-in tables are damaged: " + found.error().message);
  const CsvTable& table = **found;
  Curve curve;
  std::size_t knots = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.cell(row, "class") != cls || table.cell(row, "quantity") != "fraction_of_tdp") continue;
    const long knot = std::lround(needed_number(table, row, "load") * static_cast<double>(kCpuKnots - 1));
    if (knot < 0 || knot >= static_cast<long>(kCpuKnots))
      throw std::logic_error("cpu_model.csv: a load outside 0 to 1");
    curve.of_tdp[static_cast<std::size_t>(knot)] = {
        needed_number(table, row, "value"), needed_number(table, row, "lower"), needed_number(table, row, "upper")};
    ++knots;
  }
  if (knots != kCpuKnots) throw std::logic_error("cpu_model.csv: class " + cls + " has not 11 loads");
  curve.row = {"data/cpu_model.csv", cls + " fraction_of_tdp",
               "fitted on CodeCarbon's load curves and SPECpower results, docs/methods/cpu-model.md"};
  return curve;
}

// Hardware threads of one processor, with a range where they are not stated.
Range threads_of(const CpuEntry& cpu) {
  if (cpu.threads > 0)
    return {static_cast<double>(cpu.threads), static_cast<double>(cpu.threads), static_cast<double>(cpu.threads)};
  if (cpu.cores > 0) {
    const double cores = cpu.cores;
    return {cpu.cls == "server" ? 2.0 * cores : cores, cores, 2.0 * cores};
  }
  const bool desktop = cpu.cls == "desktop" || cpu.cls == "mobile" || cpu.cls == "embedded";
  const Default w = needed_default(desktop ? "cpu_tdp_per_thread_desktop_w" : "cpu_tdp_per_thread_server_w");
  return {std::max(1.0, cpu.tdp_w / w.value), std::max(1.0, cpu.tdp_w / w.upper), std::max(1.0, cpu.tdp_w / w.lower)};
}

double at_load(const std::array<double, kCpuKnots>& knots, double load) {
  if (!(load > 0.0)) return knots.front();  // also for a load that is no number
  if (load >= 1.0) return knots.back();
  const double position = load * static_cast<double>(kCpuKnots - 1);
  const auto below = std::min(static_cast<std::size_t>(position), kCpuKnots - 2);
  const double part = position - static_cast<double>(below);
  return knots[below] + part * (knots[below + 1] - knots[below]);
}

// 1 -+ the root of the summed squares of two relative deviations.
std::pair<double, double> in_quadrature(Range a, Range b) {
  if (!(a.value > 0.0) || !(b.value > 0.0)) return {1.0, 1.0};
  const auto deviation = [](const Range& r, double bound) { return std::abs(bound / r.value - 1.0); };
  const double down = std::hypot(deviation(a, a.lower), deviation(b, b.lower));
  const double up = std::hypot(deviation(a, a.upper), deviation(b, b.upper));
  return {std::max(0.0, 1.0 - down), 1.0 + up};
}

}  // namespace

Power CpuPowerModel::power(double load) const { return watts(full_w * share * at_load(knots, load)); }

std::pair<double, double> CpuPowerModel::relative_range(double load) const {
  return in_quadrature({at_load(knots, load), at_load(lower, load), at_load(upper, load)},
                       {full_w, full_lower_w, full_upper_w});
}

CpuPowerModel cpu_model_for(const CpuEntry& cpu, int visible_cpus, bool guest, int sockets) {
  const Curve curve = load_curve(curve_class(cpu));
  const double full_of_tdp = curve.of_tdp.back().value;
  CpuPowerModel model;
  double least = 0.0;
  for (std::size_t i = 0; i < kCpuKnots; ++i) {
    least = std::max(least, curve.of_tdp[i].value);  // rising, whatever the table says
    model.knots[i] = least / full_of_tdp;
    model.lower[i] = std::min(curve.of_tdp[i].lower / full_of_tdp, model.knots[i]);
    model.upper[i] = std::max(curve.of_tdp[i].upper / full_of_tdp, model.knots[i]);
  }
  model.row = curve.row;

  double packages = std::clamp(static_cast<double>(sockets), 1.0, kMaxPackages);
  Range part{1.0, 1.0, 1.0};
  if (guest) {
    const double visible = std::max(1, visible_cpus);
    const Range threads = threads_of(cpu);
    packages = std::clamp(std::ceil(visible / threads.value), 1.0, kMaxPackages);
    const double share = std::min(1.0, visible / (packages * threads.value));
    part = {share, std::min(share, visible / (packages * threads.upper)),
            std::max(share, visible / (packages * threads.lower))};
  }
  model.share = part.value;
  model.full_w = cpu.tdp_w * packages * full_of_tdp;
  const auto [down, up] = in_quadrature({cpu.tdp_w, cpu.tdp_lower_w, cpu.tdp_upper_w}, part);
  model.full_lower_w = model.full_w * down;
  model.full_upper_w = model.full_w * up;
  return model;
}

std::pair<double, double> MemoryPowerModel::relative_range() const {
  return in_quadrature({w_per_gb, lower, upper}, {1.0, 1.0, 1.0});
}

MemoryPowerModel memory_model_for(std::int64_t bytes) {
  const Default per_gb = needed_default("memory_w_per_gb");
  const double gigabytes = static_cast<double>(std::max<std::int64_t>(bytes, 0)) / kBytesPerGb;
  return {per_gb.value, per_gb.lower, per_gb.upper, gigabytes, per_gb.row};
}

}  // namespace olivine
