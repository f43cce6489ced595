#include "engine/account_sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "account/embodied/hardware_embodied.h"
#include "base/text.h"
#include "engine/assess.h"
#include "engine/run_intensity.h"
#include "hardware/catalogue.h"
#include "report/run_record.h"

namespace olivine {
namespace {

// Where the run's total stands: at the plug when a power supply is in it, on the DC side when only the rest of the node is.
Plane plane_of(const RunRecord& record) {
  Plane plane = Plane::kChip;
  for (const RecordComponent& each : record.energy.components) {
    if (!each.counted) continue;
    if (each.plane == "node_ac") return Plane::kNodeAc;
    if (each.plane == "node_dc") plane = Plane::kNodeDc;
  }
  return plane;
}

void take_energy(const RunRecord& record, RunFacts& facts) {
  const Figure<Energy>& total = record.energy.total;
  facts.energy_known = total.known();
  facts.reason = total.reason;
  facts.basis = total.basis.weakest_used();
  if (total.value) {
    facts.energy_j = in_joules(total.value->mean());
    facts.lower_j = in_joules(total.value->lower());
    facts.upper_j = in_joules(total.value->upper());
  } else {
    facts.energy_j = facts.lower_j = facts.upper_j = total.at_least ? in_joules(*total.at_least) : 0.0;
  }
  if (const Figure<Carbon>& embodied = record.emissions.embodied; embodied.value) {
    facts.embodied_g = in_grams(embodied.value->mean());
    facts.embodied_lower_g = in_grams(embodied.value->lower());
    facts.embodied_upper_g = in_grams(embodied.value->upper());
  }
}

}  // namespace

Result<RunFacts> LedgerRuns::run(const std::string& id_or_name) {
  if (!ledger_) {
    OLIVINE_TRY(ledger_, open_());
  }
  OLIVINE_TRY(const RunRow row, ledger_->find(id_or_name));
  if (row.removed)
    return fail(ErrorKind::kNotFound, fmt::format("run {} was removed; only its name is left", printable(id_or_name)));
  OLIVINE_TRY(const StoredRun stored, ledger_->load(row.start.run_id));
  OLIVINE_TRY(const AssessmentInput input, input_of(stored));
  const RunRecord record = assess(input);
  RunFacts facts;
  facts.id = row.start.run_id;
  facts.name = row.start.name;
  facts.zone = record.intensity.zone;
  facts.interval = {record.started_at, record.ended_at.value_or(WallTime{record.started_at.ns + record.duration_ns})};
  if (facts.interval.end <= facts.interval.begin) facts.interval.end.ns = facts.interval.begin.ns + 1;
  facts.slices = slices_of(input);
  facts.plane = plane_of(record);
  take_energy(record, facts);
  facts.source =
      fmt::format("ledger {}, run {}: attributed + idle charged ({})", path_, row.start.run_id, record.idle_policy);
  return facts;
}

Result<ActivityImport> FileTables::table(const ManifestActivitiesFile& file) {
  ActivityImportOptions options;
  OLIVINE_TRY(options.tool, activity_tool_from(file.format.empty() ? "olivine" : file.format));
  options.zone = file.conditions.zone;
  options.phase = file.phase;
  if (!file.conditions.plane.empty()) {
    OLIVINE_TRY(options.plane, activity_plane_from(file.conditions.plane));
  }
  const bool absolute = file.path.starts_with('/');
  return import_activities(files_, absolute || folder_.empty() ? file.path : folder_ + "/" + file.path, options);
}

Result<CatalogueHardware> CatalogueHardwareSource::hardware(const std::string& name) {
  CatalogueHardware out;
  if (const auto made = embodied_of_name(name); made && *made)
    out.embodied_kg = CatalogueNumber{*(*made)->value, (*made)->lower, (*made)->upper, (*made)->basis, (*made)->source};
  if (const auto gpu = find_gpu(name)) {
    out.name = gpu->name;
    if (gpu->tdp_w > 0.0)
      out.power_w =
          CatalogueNumber{gpu->tdp_w, gpu->tdp_w, gpu->tdp_w, gpu->basis, gpu->row.text() + " (design power)"};
    return out;
  }
  if (const auto cpu = find_cpu(name)) {
    out.name = cpu->name;
    out.power_w = CatalogueNumber{cpu->tdp_w, cpu->tdp_lower_w, cpu->tdp_upper_w, cpu->basis,
                                  cpu->row.text() + " (design power)"};
    return out;
  }
  // As people write it: "H100-SXM"; a computer or an instance brings what making it emitted.
  const auto item = hardware_item(name);
  if (!item) return fail(item.error().kind, item.error().message + "; or leave name out and state power and embodied");
  if (const auto* gpu = std::get_if<GpuEntry>(&item->part); gpu != nullptr && gpu->name != name)
    return hardware(gpu->name);
  if (const auto* cpu = std::get_if<CpuEntry>(&item->part); cpu != nullptr && cpu->name != name)
    return hardware(cpu->name);
  out.name = item->name;
  return out;
}

}  // namespace olivine
