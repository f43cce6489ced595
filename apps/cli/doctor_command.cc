// doctor: what is measured, derived, modelled or unavailable here, why, and the one command that fixes it.
#include <unistd.h>

#include "apps/cli/app.h"
#include "engine/doctor.h"
#include "engine/prepare.h"
#include "workload/cgroup.h"

namespace olivine::cli {
namespace {

void look_at_ledger(const App& app, DoctorInput& input) {
  input.ledger_path = app.ledger_path();
  const auto ledger = open_ledger(app);
  if (!ledger) input.ledger_trouble = ledger.error().message;
  else input.ledger_notice = (*ledger)->notice();
}

void look_at_cgroups(const App& app, DoctorInput& input) {
  const bool version_1 = app.config.get("cgroup") == "always";
  const auto group = PrivateCgroup::create(
      app.files, {app.roots().procfs, app.roots().cgroup, "doctor-" + std::to_string(::getpid()), version_1});
  if (group) input.cgroup_method = (*group)->version();
  else input.cgroup_trouble = group.error().message;
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
  const DoctorReport report = examine(input);
  const int code = app.options.json ? print_json(app, render_doctor_json(report))
                                    : print(render_doctor_text(report, app.style(false)));
  if (code != 0) return code;
  return app.config.flag("strict").value_or(false) && !all_metered(report) ? kExitNo : 0;
}

}  // namespace olivine::cli
