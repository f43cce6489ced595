// doctor: what a run would measure, derive, model or miss on this machine, and what would change that.
//
// Units: by type. Errors: none; every finding is a line. Threads: one. Lifetime: values.
#pragma once

#include "engine/config.h"
#include "engine/setup.h"
#include "report/doctor_report.h"

namespace olivine {

struct DoctorInput {
  SetupInput setup;
  MachineDescription machine;
  ZoneChoice zone;
  IntervalChoice interval;
  std::vector<std::string> notes;
  std::string ledger_path, ledger_trouble, ledger_notice;  // trouble: why it cannot be written
  std::string cgroup_method, cgroup_trouble;               // method: "v2"; trouble: why there is none
  std::string task_clock_trouble, task_clock_fix;          // trouble: why there are none
};

DoctorReport examine(const DoctorInput& input);

}  // namespace olivine
