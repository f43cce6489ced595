// DoctorReport: what is measured, derived, modelled or unavailable on this machine, why, and the one command that fixes
// it. The engine fills it, the renderers print it.
//
// Units: ns. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "report/render.h"

namespace olivine {

struct DoctorLine {
  std::string component;  // "CPU package-0", "DRAM", "GPU 0", "rest of node"
  std::string verdict;    // "measured", "derived", "modelled", "assumed" or "unavailable"
  std::string method;     // "powercap intel-rapl:0, energy counter"; "" when there is none
  std::string reason;     // why not measured; "" when it is
  std::string fix;        // one command or step; "" when nothing can be done here
};

// What olivine may do here beside reading meters: a cgroup of its own, task clocks, ...
struct DoctorCapability {
  std::string name;  // "private cgroup", "task clocks"
  bool available = false;
  std::string detail;  // what is used: "cgroup v2 below user.slice", "subreaper and rusage stand in"
  std::string fix;
};

struct DoctorReport {
  std::vector<DoctorLine> components;
  Duration interval;
  std::string interval_why;
  std::string ledger_path, ledger_mode;  // "WAL", "rollback journal (network file system)", "not writable: ..."
  std::string ledger_fix;
  std::vector<DoctorCapability> capabilities;
  std::string zone;         // "FR"; "" when unknown
  std::string zone_detail;  // "France, 56 g/kWh, from flag --zone"
  std::string zone_fix;
  std::vector<std::string> notes;
};

// True when nothing is modelled, assumed or unavailable: what `doctor --strict` asks.
bool all_metered(const DoctorReport& report);
std::string render_doctor_text(const DoctorReport& report, const TextStyle& style);
std::string render_doctor_json(const DoctorReport& report);  // olivine.doctor/1

}  // namespace olivine
