#include "tests/sim/oracle.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "engine/assess.h"

namespace olivine {
namespace {

Place place_of(const MachineDescription& m, std::size_t source) { return m.sources[source].domain.place; }
DomainKind kind_of(const MachineDescription& m, std::size_t source) { return m.sources[source].domain.kind; }

RunContext plain_context() {
  RunContext c;
  const StatedValue one{1.0, 1.0, 1.0, Basis::kAssumed, "simulation"};
  c.intensity_g_per_kwh = c.embodied_kg = c.life_years = c.utilisation = c.water_grid_l_per_kwh = one;
  for (const char* key : {"gain_rapl_intel", "gain_rapl_amd", "gain_dram", "gain_nvml"})
    c.gains[key] = {1.0, 0.95, 1.05, Basis::kReference, "simulation"};
  return c;
}

}  // namespace

Oracle::Oracle(const FakeMachine& machine, MachineDescription description, Complain complain)
    : machine_(machine), description_(std::move(description)), complain_(std::move(complain)) {
  for (const SourceInfo& source : description_.sources) {
    const auto& meters = machine_.meters();
    const auto found = std::find_if(meters.begin(), meters.end(), [&](const auto& m) { return m.id == source.id; });
    if (found == meters.end()) complain_("discovery made up the meter " + source.id);
    meter_of_.push_back(found == meters.end() ? 0 : static_cast<std::size_t>(found - meters.begin()));
  }
}

void Oracle::tick(const Now& now) {
  now_ns_ = now.mono.ns;
  Snapshot snapshot;
  for (const std::size_t meter : meter_of_) {
    snapshot.shown_uj.push_back(machine_.meters()[meter].shown_uj);
    snapshot.true_uj.push_back(machine_.meters()[meter].true_uj);
  }
  snapshot.boot_ns = now.boot_ns;
  snapshot.truth = machine_.truth();
  ticks_[now_ns_] = std::move(snapshot);
}

void Oracle::disturb(std::size_t meter) {
  for (std::size_t s = 0; s < meter_of_.size(); ++s)
    if (meter_of_[s] == meter) cause(s);
}

void Oracle::disturb_all() {
  for (std::size_t s = 0; s < meter_of_.size(); ++s) cause(s);
}

void Oracle::take(const PipelineOutput& out) {
  gaps_.insert(gaps_.end(), out.gaps.begin(), out.gaps.end());
  for (const EnergyFact& fact : out.facts) {
    facts_.push_back(fact);
    check_fact(fact);
  }
}

std::int64_t Oracle::shown_between(std::size_t source, std::int64_t begin_ns, std::int64_t end_ns) {
  const auto begin = ticks_.find(begin_ns), end = ticks_.find(end_ns);
  if (begin == ticks_.end() || end == ticks_.end()) {
    complain_(fmt::format("a span of source {} begins or ends at no tick", source));
    return 0;
  }
  const auto counted = [&](const Snapshot& s) {  // a GPU counts whole millijoules
    const std::int64_t uj = s.shown_uj[source];
    return description_.sources[source].unit > 1e-4 ? uj / 1000 * 1000 : uj;
  };
  return counted(end->second) - counted(begin->second);
}

std::int64_t Oracle::gaps_between(std::size_t source, std::int64_t begin_ns, std::int64_t end_ns) {
  std::int64_t sum = 0;
  for (const GapFact& gap : gaps_)
    if (static_cast<std::size_t>(gap.component) == source && gap.begin_ns >= begin_ns && gap.end_ns <= end_ns)
      sum += shown_between(source, gap.begin_ns, gap.end_ns);
  return sum;
}

void Oracle::check_fact(const EnergyFact& f) {
  const auto source = static_cast<std::size_t>(f.component);
  const std::int64_t parts = f.attributed_uj + f.others_uj + f.self_uj + f.idle_uj + f.unattributed_uj;
  if (parts != f.measured_uj)
    complain_(fmt::format("parts of source {} sum to {} of {}", source, parts, f.measured_uj));
  for (const std::int64_t part :
       {f.measured_uj, f.maybe_more_uj, f.attributed_uj, f.others_uj, f.self_uj, f.idle_uj, f.unattributed_uj})
    if (part < 0) complain_(fmt::format("source {} has a negative part {}", source, part));
  if (place_of(description_, source) != Place::kCounted) return;  // a rest: see check_enclosed_total
  const std::int64_t expected =
      shown_between(source, f.begin_ns, f.end_ns) - gaps_between(source, f.begin_ns, f.end_ns);
  if (f.measured_uj != expected)
    complain_(fmt::format("source {} ({}) over {:.3f} s: {} uJ, the meter counted {} uJ", source,
                          description_.sources[source].id, static_cast<double>(f.end_ns - f.begin_ns) * 1e-9,
                          f.measured_uj, expected));
}

// Facts and gaps of a counted source leave no moment out and facts do not overlap.
void Oracle::check_cover(std::size_t source) {
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  std::int64_t fact_end = 0;
  for (const EnergyFact& f : facts_) {
    if (static_cast<std::size_t>(f.component) != source) continue;
    if (f.begin_ns < fact_end) complain_(fmt::format("facts of source {} overlap", source));
    fact_end = f.end_ns;
    spans.emplace_back(f.begin_ns, f.end_ns);
  }
  if (encloses_all() && kind_of(description_, source) != DomainKind::kGpu) return;  // what is lost is in the rest
  for (const GapFact& g : gaps_)
    if (static_cast<std::size_t>(g.component) == source) spans.emplace_back(g.begin_ns, g.end_ns);
  std::sort(spans.begin(), spans.end());
  std::int64_t reached = ticks_.begin()->first;
  for (const auto& [begin, end] : spans) {
    if (begin > reached) break;
    reached = std::max(reached, end);
  }
  if (reached < ticks_.rbegin()->first)
    complain_(fmt::format("source {} ({}): {:.1f} s are neither in a fact nor in a gap", source,
                          description_.sources[source].id,
                          static_cast<double>(ticks_.rbegin()->first - reached) * 1e-9));
}

bool Oracle::encloses_all() const {
  for (std::size_t s = 0; s < description_.sources.size(); ++s)
    if (place_of(description_, s) == Place::kEncloses) return true;
  return false;
}

// A gap needs a reading that failed, a disturbance, or a silence in which the counter may have turned over.
void Oracle::check_causes(const GapFact& gap) {
  const auto source = static_cast<std::size_t>(gap.component);
  for (const std::int64_t at : causes_[source])
    if (at >= gap.begin_ns && at <= gap.end_ns) return;
  const SourceInfo& info = description_.sources[source];
  const double span_s = static_cast<double>(ticks_[gap.end_ns].boot_ns - ticks_[gap.begin_ns].boot_ns) * 1e-9;
  if (info.modulus && (span_s + in_seconds(info.update_period)) * info.power_ceiling_w / info.unit >=
                          static_cast<double>(*info.modulus))
    return;
  if (gap.reason == "no common span") return;  // its cause is that of the gap before
  complain_(fmt::format("source {} ({}): a gap '{}' of {:.1f} s without a cause", source, info.id, gap.reason, span_s));
}

// With a psys, the node's energy is the psys's wherever it could be read.
void Oracle::check_enclosed_total() {
  std::int64_t total = 0, begin = ticks_.begin()->first, end = ticks_.rbegin()->first;
  std::size_t psys = 0;
  for (std::size_t s = 0; s < description_.sources.size(); ++s)
    if (place_of(description_, s) == Place::kEncloses) psys = s;
  for (const EnergyFact& f : facts_)
    if (kind_of(description_, static_cast<std::size_t>(f.component)) != DomainKind::kGpu) total += f.measured_uj;
  const std::int64_t shown = shown_between(psys, begin, end);
  const std::int64_t named = gaps_between(psys, begin, end);
  const auto meters = static_cast<std::int64_t>(description_.sources.size());
  if (total > shown + meters) complain_(fmt::format("{} uJ of the node are from nowhere", total - shown));
  if (total < shown - named - meters)
    complain_(fmt::format("{} uJ of the node are lost without a gap", shown - named - total));
}

// A meter whose place is not proven only widens the range, by what it counted.
void Oracle::check_unproven() {
  std::int64_t maybe_more = 0, shown = 0;
  for (const EnergyFact& f : facts_) maybe_more += f.maybe_more_uj;
  const std::int64_t begin = ticks_.begin()->first, end = ticks_.rbegin()->first;
  for (std::size_t s = 0; s < description_.sources.size(); ++s)
    if (place_of(description_, s) == Place::kUnknown)
      shown += shown_between(s, begin, end) - gaps_between(s, begin, end);
  if (encloses_all() ? maybe_more > shown : maybe_more != shown)
    complain_(fmt::format("{} uJ may be more, the unproven meters counted {} uJ", maybe_more, shown));
}

// CPU time is the true key of this machine: what the run's processes drew is what it is charged with.
void Oracle::check_shares() {
  const FakeMachine::Truth &a = ticks_.begin()->second.truth, &b = ticks_.rbegin()->second.truth;
  Split sum;
  for (const EnergyFact& f : facts_)
    if (kind_of(description_, static_cast<std::size_t>(f.component)) == DomainKind::kPackage)
      sum += {microjoule_amount(f.attributed_uj), microjoule_amount(f.others_uj), microjoule_amount(f.self_uj),
              microjoule_amount(f.idle_uj), microjoule_amount(f.unattributed_uj)};
  const auto off = [&](const char* what, EnergyAmount said, std::int64_t truth_uj) {
    const double tolerance_uj = 0.01 * static_cast<double>(b.run_uj - a.run_uj + b.others_uj - a.others_uj) + 5e6;
    if (std::abs(static_cast<double>(said.count() - truth_uj)) > tolerance_uj)
      complain_(fmt::format("{} is {} uJ, the truth {} uJ", what, said.count(), truth_uj));
  };
  off("the run's energy", sum.attributed, b.run_uj - a.run_uj);
  off("the others' energy", sum.others, b.others_uj - a.others_uj);
  off("olivine's energy", sum.self, b.self_uj - a.self_uj);
  off("idle energy", sum.idle, b.idle_uj - a.idle_uj);
}

double Oracle::true_joules(bool with_rest, bool with_unproven) const {
  const Snapshot &a = ticks_.begin()->second, &b = ticks_.rbegin()->second;
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < description_.sources.size(); ++s) {
    const bool gpu = kind_of(description_, s) == DomainKind::kGpu;
    const Place place = place_of(description_, s);
    const bool counts = with_rest ? gpu || place == Place::kEncloses
                                  : place == Place::kCounted || (with_unproven && place == Place::kUnknown);
    if (counts) sum += b.true_uj[s] - a.true_uj[s];
  }
  return static_cast<double>(sum) * 1e-6;
}

void Oracle::check_record(const PipelineSummary& summary) {
  AssessmentInput input{{}, description_, plain_context(), {}, summary, gaps_};
  input.run.end = RunEnd{};
  const RunRecord record = assess(input);
  const Figure<Energy>& node = record.energy.measured_node;
  // An enclosing meter that never served: the record says so, and is held to the chips.
  const auto& left_out = record.not_counted;
  const bool with_rest =
      encloses_all() && std::find(left_out.begin(), left_out.end(), "rest of node") == left_out.end();
  const double least_j = true_joules(with_rest, false), most_j = true_joules(with_rest, true);
  constexpr double kSlackJ = 1e-3;
  if (!node.known()) {
    if (node.at_least && in_joules(*node.at_least) > most_j * 1.06 + kSlackJ)
      complain_(fmt::format("at least {} J, the truth is {} J", in_joules(*node.at_least), most_j));
    return;
  }
  ++ranges_;
  if (in_joules(node.value->lower()) <= least_j + kSlackJ && in_joules(node.value->upper()) >= most_j - kSlackJ) return;
  // The range holds 95 %: inputs that err together leave it now and then. Beyond their linear sum nothing can lie.
  ++missed_ranges_;
  double down_j = kSlackJ, up_j = kSlackJ;
  for (const Sensitivity& move : node.value->spread().sensitivities()) {
    down_j += in_joules(Energy::from_canonical(std::max({0.0, -move.down, -move.up})));
    up_j += in_joules(Energy::from_canonical(std::max({0.0, move.down, move.up})));
  }
  const double mean_j = in_joules(node.value->mean());
  if (mean_j - down_j > least_j || mean_j + up_j < most_j)
    complain_(fmt::format("the bounds {} .. {} J do not hold the truth {} .. {} J", mean_j - down_j, mean_j + up_j,
                          least_j, most_j));
}

void Oracle::finish(const PipelineSummary& summary, bool cut) {
  if (ticks_.size() < 2) return;
  for (std::size_t s = 0; s < description_.sources.size(); ++s)
    if (place_of(description_, s) == Place::kCounted && !cut) check_cover(s);
  for (const GapFact& gap : gaps_) check_causes(gap);
  if (encloses_all() && !cut) check_enclosed_total();
  if (!cut) check_unproven();
  std::int64_t causes = 0;
  for (const auto& [source, times] : causes_) causes += static_cast<std::int64_t>(times.size());
  const bool plain = causes == 0 && gaps_.empty() && machine_.options().gain_error == 0.0 && !cut;
  if (plain) check_shares();
  if (!cut) check_record(summary);
}

}  // namespace olivine
