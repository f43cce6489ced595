#include "engine/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/json_fields.h"
#include "report/render.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

void compare_values(const Json& stored, const Json& recomputed, const std::string& key, std::vector<Difference>& out) {
  if (stored.is_object() && recomputed.is_object()) {
    for (const auto& [name, value] : stored.items())
      compare_values(value, recomputed.value(name, Json()), key.empty() ? name : key + "." + name, out);
    for (const auto& [name, value] : recomputed.items())
      if (!stored.contains(name)) out.push_back({key.empty() ? name : key + "." + name, "absent", value.dump()});
    return;
  }
  if (stored.is_array() && recomputed.is_array() && stored.size() == recomputed.size()) {
    for (std::size_t i = 0; i < stored.size(); ++i)
      compare_values(stored[i], recomputed[i], fmt::format("{}[{}]", key, i), out);
    return;
  }
  if (stored.dump() != recomputed.dump()) out.push_back({key, stored.dump(), recomputed.dump()});
}

using FactField = std::pair<std::string_view, std::int64_t EnergyFact::*>;
constexpr std::array<FactField, 9> kFactFields{{{"begin_ns", &EnergyFact::begin_ns},
                                                {"end_ns", &EnergyFact::end_ns},
                                                {"measured_uj", &EnergyFact::measured_uj},
                                                {"maybe_more_uj", &EnergyFact::maybe_more_uj},
                                                {"attributed_uj", &EnergyFact::attributed_uj},
                                                {"others_uj", &EnergyFact::others_uj},
                                                {"self_uj", &EnergyFact::self_uj},
                                                {"idle_uj", &EnergyFact::idle_uj},
                                                {"unattributed_uj", &EnergyFact::unattributed_uj}}};

void compare_facts(const std::vector<EnergyFact>& stored, const std::vector<EnergyFact>& recomputed,
                   std::vector<Difference>& out) {
  if (stored.size() != recomputed.size())
    out.push_back({"facts.count", std::to_string(stored.size()), std::to_string(recomputed.size())});
  for (std::size_t i = 0; i < std::min(stored.size(), recomputed.size()); ++i) {
    if (stored[i].component != recomputed[i].component)
      out.push_back({fmt::format("facts[{}].component", i), std::to_string(stored[i].component),
                     std::to_string(recomputed[i].component)});
    for (const auto& [name, field] : kFactFields)
      if (stored[i].*field != recomputed[i].*field)
        out.push_back({fmt::format("facts[{}].{}", i, name), std::to_string(stored[i].*field),
                       std::to_string(recomputed[i].*field)});
  }
}

void check_conservation(const std::vector<EnergyFact>& facts, std::vector<Difference>& out) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const EnergyFact& f = facts[i];
    const EnergyTotal parts = EnergyTotal{f.attributed_uj} + f.others_uj + f.self_uj + f.idle_uj + f.unattributed_uj;
    if (parts != f.measured_uj)
      out.push_back({fmt::format("facts[{}].sum of parts", i), std::to_string(f.measured_uj),
                     shortest(static_cast<double>(parts))});
  }
}

std::string gap_text(const GapFact& g) {
  return fmt::format("component {} {} .. {} {}", g.component, g.begin_ns, g.end_ns, g.reason);
}

// The cut sample: every source of the run read once more, use unknown.
TickSample cut_sample(const MachineDescription& machine, const LiveSources& live, const Now& now) {
  TickSample sample;
  sample.now = now;
  sample.usage = UsageReading{};
  sample.settle = true;
  for (const SourceInfo& info : machine.sources) {
    const auto found = std::find_if(live.sources.begin(), live.sources.end(),
                                    [&](const EnergySource* s) { return s->info() == info; });
    RawReading reading{ReadingState::kFailed, 0};
    if (found != live.sources.end())
      if (const auto raw = (*found)->read()) reading = {ReadingState::kValue, *raw};
    sample.readings.push_back(reading);
  }
  return sample;
}

// What a replay says beyond the stored facts: pending energy that the killed writer had read but not attributed.
Batch missing_part(const StoredRun& stored, const Replay& replayed) {
  Batch batch;
  if (replayed.facts.size() > stored.facts.size())
    batch.facts.assign(replayed.facts.begin() + static_cast<std::ptrdiff_t>(stored.facts.size()), replayed.facts.end());
  if (replayed.gaps.size() > stored.gaps.size())
    batch.gaps.assign(replayed.gaps.begin() + static_cast<std::ptrdiff_t>(stored.gaps.size()), replayed.gaps.end());
  return batch;
}

}  // namespace

std::vector<Difference> compare_json(const std::string& stored, const std::string& recomputed) {
  std::vector<Difference> out;
  if (nests_deeper(stored, kDeepestDocument)) return {{"record", "nests deeper than 32 levels", "JSON"}};
  const Json a = Json::parse(stored, nullptr, false);
  const Json b = Json::parse(recomputed, nullptr, false);
  if (a.is_discarded()) {
    out.push_back({"record", "not JSON", "JSON"});
    return out;
  }
  compare_values(a, b, "", out);
  return out;
}

Result<std::vector<Difference>> verify_run(const StoredRun& stored) {
  std::vector<Difference> out;
  check_conservation(stored.facts, out);
  OLIVINE_TRY(const Replay replayed, replay(stored));
  compare_facts(stored.facts, replayed.facts, out);
  if (stored.gaps.size() != replayed.gaps.size())
    out.push_back({"gaps.count", std::to_string(stored.gaps.size()), std::to_string(replayed.gaps.size())});
  for (std::size_t i = 0; i < std::min(stored.gaps.size(), replayed.gaps.size()); ++i)
    if (!(stored.gaps[i] == replayed.gaps[i]))
      out.push_back({fmt::format("gaps[{}]", i), gap_text(stored.gaps[i]), gap_text(replayed.gaps[i])});
  if (stored.run.end && !stored.run.end->record_json.empty()) {
    OLIVINE_TRY(const RunRecord record, assess_stored(stored));
    for (Difference& d : compare_json(stored.run.end->record_json, render_json(record))) {
      d.key = "record." + d.key;
      out.push_back(std::move(d));
    }
  }
  return out;
}

bool owner_lives(FileSystem& files, const std::string& procfs_root, const std::string& boot_id, const RunStart& start) {
  if (start.boot_id != boot_id) return false;
  const auto stat = read_text(files, fmt::format("{}/{}/stat", procfs_root, start.owner_pid));
  if (!stat) return false;
  // Field 22, counted behind the last ')': the command's name may hold anything.
  const std::size_t close = stat->rfind(')');
  if (close == std::string::npos) return false;
  const auto fields = split_words(std::string_view(*stat).substr(close + 1));
  if (fields.size() < 20) return false;
  const auto ticks = parse_i64(fields[19]);
  return ticks && *ticks == start.owner_start_ticks && fields[0] != "Z";
}

bool begun_elsewhere(const RunStart& start, const std::string& hostname) {
  if (start.boot_id.empty() || hostname.empty()) return false;  // a trace that was replayed: its host is a recorded one
  const auto context = context_from_json(start.context_json);
  if (!context) return false;
  std::string writer = context->writer_host;
  for (const NameValue& fact : context->host)
    if (fact.name == "hostname" && writer.empty()) writer = fact.value;
  return !writer.empty() && writer != hostname;
}

Status close_interrupted(Ledger& ledger, const std::string& run_id, const LiveSources& live, const Now& now) {
  OLIVINE_TRY(StoredRun stored, ledger.load(run_id));
  OLIVINE_TRY(const MachineDescription machine, machine_from_json(stored.run.start.machine_json));
  if (!stored.segments.empty() && stored.run.start.boot_id == live.boot_id) {
    const TickSample cut = cut_sample(machine, live, now);
    stored.segments.push_back({now.mono.ns, now.mono.ns, 1, encode_segment({cut})});
  }
  OLIVINE_TRY(const Replay replayed, replay(stored));
  Batch batch = missing_part(stored, replayed);
  if (!stored.segments.empty() && stored.segments.back().begin_ns == now.mono.ns)
    batch.segment = stored.segments.back();
  OLIVINE_CHECK_STATUS(ledger.append(run_id, batch));
  OLIVINE_TRY(const RunContext context, context_from_json(stored.run.start.context_json));
  RunEnd end{};
  end.status = "interrupted";
  // The last moment that is known of it, on the wall clock of its start.
  end.ended_mono_ns = stored.run.start.started.mono.ns + replayed.summary.duration_ns;
  end.ended_wall_ns = stored.run.start.started.wall.ns + replayed.summary.duration_ns;
  RunClosing closing;
  closing.warnings.push_back(
      "olivine was killed or the machine stopped: energy after the last commit is unattributed or unknown");
  end.summary_json = to_json(closing);
  stored.run.end = end;
  end.record_json = render_json(assess({stored.run, machine, context, closing, replayed.summary, replayed.gaps}));
  return ledger.end_run(run_id, end);
}

}  // namespace olivine
