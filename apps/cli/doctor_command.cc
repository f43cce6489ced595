// doctor: what is measured, derived, modelled or unavailable here, why, and the one command that fixes it.
#include <unistd.h>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "engine/doctor.h"
#include "engine/prepare.h"
#include "workload/cgroup.h"
#include "workload/task_clock.h"

namespace olivine::cli {
namespace {

void look_at_ledger(const App& app, DoctorInput& input) {
  input.ledger_path = app.ledger_path();
  const auto ledger = open_ledger(app);
  if (!ledger)
    input.ledger_trouble = ledger.error().message;
  else
    input.ledger_notice = (*ledger)->notice();
}

void look_at_cgroups(const App& app, DoctorInput& input) {
  const bool version_1 = app.config.get("cgroup") == "always";
  const auto group = PrivateCgroup::create(
      app.files, {app.roots().procfs, app.roots().cgroup, "doctor-" + std::to_string(::getpid()), version_1});
  if (group)
    input.cgroup_method = (*group)->version();
  else
    input.cgroup_trouble = group.error().message;
}

void look_at_task_clocks(const App& app, DoctorInput& input) {
  if (app.config.get("task_clock") == "never") {
    input.task_clock_trouble = "switched off by the setting task_clock = never";
    input.task_clock_fix = "olivine config show --origin says where; set task_clock = \"auto\"";
    return;
  }
  SystemTaskCounters counters;
  const auto counter = counters.open(0);
  if (counter) return;
  input.task_clock_trouble = counter.error().message;
  if (counter.error().kind == ErrorKind::kPermission) input.task_clock_fix = "sysctl kernel.perf_event_paranoid=2";
}

}  // namespace

int doctor_command(App& app) {
  const Preparation p = prepare(app.files, app.roots(), app.clock, app.config, app.discover_options());
  DoctorInput input;
  input.setup = p.setup;
  input.machine = p.machine;
  input.zone = p.zone;
  input.interval = p.interval;
  input.notes = p.sensors.found.notes;
  look_at_ledger(app, input);
  look_at_cgroups(app, input);
  look_at_task_clocks(app, input);
  const DoctorReport report = examine(input);
  const int code = app.options.json ? print_json(app, render_doctor_json(report))
                                    : print(render_doctor_text(report, app.style(false)));
  if (code != 0) return code;
  return app.config.flag("strict").value_or(false) && !all_metered(report) ? kExitNo : 0;
}

}  // namespace olivine::cli
