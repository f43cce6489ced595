#include "engine/doctor.h"

#include <fmt/core.h>

#include "base/text.h"
#include "grid/zones.h"

namespace olivine {
namespace {

std::string component_name(const Domain& domain) {
  switch (domain.kind) {
    case DomainKind::kPackage: return "CPU " + domain.device;
    case DomainKind::kCore: return "CPU cores " + domain.device;
    case DomainKind::kUncore: return "CPU uncore " + domain.device;
    case DomainKind::kDram: return "DRAM " + domain.device;
    case DomainKind::kPsys: return "platform " + domain.device;
    case DomainKind::kGpu: return "GPU " + domain.device;
    case DomainKind::kBoard: return "node " + domain.device;
    case DomainKind::kRest: return "rest of node";
  }
  return domain.device;
}

DoctorLine line_of(const SourceInfo& s) {
  DoctorLine line{component_name(s.domain), std::string(name_of(s.domain.basis)), "", "", ""};
  line.method = s.id + (s.signal == SignalKind::kEnergyCounter ? ", energy counter" : ", power samples");
  if (s.domain.place == Place::kInside) line.reason = "lies inside a counted meter: cross-check only";
  if (s.domain.place == Place::kUnknown) line.reason = "its place is not proven: cross-check only";
  if (s.domain.place == Place::kEncloses) line.reason = "encloses the others: counted while it is at least their sum";
  return line;
}

std::string cpu_model_text(const DoctorInput& in) {
  const CpuPowerModel& m = *in.machine.cpu_model;
  const CpuEntry cpu = cpu_of(in.setup.facts);
  const auto [low, high] = m.relative_range(0.5);
  const std::string name =
      cpu.basis != Basis::kAssumed
          ? cpu.name
          : fmt::format("{} ({} threads; no such model in the catalogue, so design power by thread)",
                        printable(in.setup.facts.cpu_model_name), cpu.threads);
  return fmt::format("{}: {:.1f} W at full load{}; range at half load x {:.2f} .. {:.2f}", name, m.full_w * m.share,
                     m.share < 1.0 ? fmt::format(" for {:.1f} % of the machine", 100.0 * m.share) : "", low, high);
}

void add_models(const DoctorInput& in, DoctorReport& report) {
  if (in.machine.cpu_model) {
    const SourceTrouble* first = in.setup.troubles.empty() ? nullptr : &in.setup.troubles.front();
    const bool guest = in.setup.facts.guest();
    const bool can_fix = first != nullptr && !first->fix.empty();
    report.components.push_back({"CPU", "modelled", cpu_model_text(in),
                                 guest              ? "a virtual machine: the hypervisor hides the energy counters"
                                 : first != nullptr ? first->what + " is unavailable"
                                                    : "no energy counter is visible",
                                 can_fix ? first->fix
                                 : guest ? "measure on the host, or use an instance type that exposes RAPL"
                                         : "modprobe intel_rapl_common intel_rapl_msr"});
  }
  if (in.machine.memory_model) {
    const MemoryPowerModel& m = *in.machine.memory_model;
    report.components.push_back({"DRAM", "modelled", fmt::format("{} W/GB x {:.1f} GB", m.w_per_gb, m.gigabytes),
                                 "memory has no readable energy counter", ""});
  }
  if (in.machine.rest_of_node) {
    report.components.push_back({"rest of node", "assumed",
                                 fmt::format("{} W and power supply efficiency {}", in.machine.rest_of_node->watts,
                                             in.machine.rest_of_node->psu_efficiency),
                                 "no node meter", "a BMC or wall meter would measure it"});
  } else {
    report.components.push_back({"rest of node", "unavailable", "", "no node meter; listed as not counted",
                                 "olivine run --plane node adds it as an assumption"});
  }
  report.components.push_back(
      {"network", "unavailable", "", "switches and links are not metered; listed as not counted", ""});
}

void add_zone(const DoctorInput& in, DoctorReport& report) {
  report.zone = in.zone.zone;
  report.zone_fix = in.zone.zone.empty()
                        ? "set it: zone = \"FR\" in ~/.config/olivine/config.toml; olivine grid zones TEXT finds it"
                        : "";
  if (const auto factor = find_zone(in.zone.zone); !in.zone.zone.empty() && factor)
    report.zone_detail = fmt::format("{}, {} g/kWh, {} {}, {}", factor->name, shortest(factor->g_per_kwh), factor->type,
                                     factor->year, in.zone.origin);
  else
    report.zone_detail = "unknown: the world's average is assumed";
}

}  // namespace

DoctorReport examine(const DoctorInput& in) {
  DoctorReport report;
  for (const SourceInfo& s : in.setup.sources) report.components.push_back(line_of(s));
  for (const SourceTrouble& t : in.setup.troubles)
    report.components.push_back({t.what, "unavailable", "", t.error.message, t.fix});
  add_models(in, report);
  report.interval = in.interval.interval;
  report.interval_why = in.interval.why;
  report.ledger_path = in.ledger_path;
  report.ledger_mode = in.ledger_trouble.empty() ? (in.ledger_notice.empty() ? "WAL" : in.ledger_notice)
                                                 : "not writable: " + in.ledger_trouble;
  if (!in.ledger_trouble.empty()) report.ledger_fix = "choose a writable place: --ledger FILE, or OLIVINE_LEDGER=FILE";
  report.capabilities.push_back(
      {"private cgroup", in.cgroup_trouble.empty(),
       in.cgroup_trouble.empty() ? "cgroup " + in.cgroup_method + ": the kernel counts the run's whole tree"
                                 : in.cgroup_trouble + "; the process tree and rusage stand in",
       in.cgroup_trouble.empty() ? "" : "systemd-run --user --scope -p Delegate=yes olivine run -- COMMAND"});
  report.capabilities.push_back(
      {"task clocks", in.task_clock_trouble.empty(),
       in.task_clock_trouble.empty()
           ? "without a private cgroup the kernel counts processes that nobody waits for"
           : in.task_clock_trouble + "; processes that nobody waits for are missed without a private cgroup",
       in.task_clock_fix});
  add_zone(in, report);
  report.notes = in.notes;
  for (const std::string& note : in.zone.notes) report.notes.push_back(note);
  return report;
}

}  // namespace olivine
