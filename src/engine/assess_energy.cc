#include "engine/assess_energy.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "engine/energy_items.h"

namespace olivine {
namespace {

// Without bandwidth counters nobody knows who caused DRAM's dynamic part; 8 of 20 W in METHODS 6.
constexpr double kDramDynamicPart = 0.4;

enum class Part { kMeasured, kAttributed, kIdleCharged, kOthers, kSelf, kIdle, kUnattributed, kTotal };
constexpr std::array<std::string_view, 8> kPartNames{"measured",       "attributed", "idle charged", "others",
                                                     "olivine itself", "idle",       "unattributed", "total"};

std::string joule_text(double j) { return shortest(std::round(j * 1e6) / 1e6) + " J"; }

class EnergyAssessor {
 public:
  EnergyAssessor(const AssessmentInput& input, RunRecord& record) : in_(input), record_(record) {}

  void run() {
    carrier_ = carrier_of_unproven(in_);
    for (std::size_t c = 0; c < in_.summary.components.size(); ++c) add_component(c);
    add_psu_loss();
    RecordEnergy& e = record_.energy;
    e.measured_node = total_of(Part::kMeasured, "energy of the node", "sum over the disjoint cover");
    e.attributed = total_of(Part::kAttributed, "energy attributed to the run", "sum over components");
    e.idle_charged = total_of(Part::kIdleCharged, "idle energy charged to the run", idle_rule());
    e.others = total_of(Part::kOthers, "energy of others", "sum over components");
    e.self = total_of(Part::kSelf, "energy of olivine itself", "by its own CPU time");
    e.idle = total_of(Part::kIdle, "idle energy of the machine", "idle power x time, charged or not");
    e.unattributed = total_of(Part::kUnattributed, "unattributed energy", "spans whose use is not known");
    e.total = total_of(Part::kTotal, "energy of the run", "attributed + idle charged");
    double coverage = 1.0;
    for (const Item& item : items_) coverage = std::min(coverage, item.coverage);
    record_.coverage = items_.empty() ? 0.0 : coverage;
  }

 private:
  using Item = EnergyItem;

  std::string idle_rule() const {
    return fmt::format("idle policy {}: {}", name_of(in_.context.idle_policy),
                       in_.context.idle_policy == IdlePolicy::kShare      ? "idle x run's part of busy CPU time"
                       : in_.context.idle_policy == IdlePolicy::kReserved ? "idle x reserved part of the machine"
                       : in_.context.idle_policy == IdlePolicy::kExclude  ? "none"
                                                                          : "all idle");
  }

  void add_component(std::size_t c) {
    Item item = energy_item(in_, c);
    item.range = range_of(in_, c, item.source);
    if (carrier_ == c) item.range.unproven_j = most_unproven_j(in_);
    if (!item.counted()) {
      RecordComponent line = describe(item);
      line.counted = false;
      line.measured = Figure<Energy>::unknown("only cross-checks: it lies inside or around a counted meter");
      line.attributed = line.measured;
      record_.energy.components.push_back(std::move(line));
      if (item.domain.place == Place::kEncloses) do_not_count("rest of node");
      return;
    }
    item.measured_node = provenance_of(item);
    RecordComponent line = describe(item);
    line.measured = figure_of(item, Part::kMeasured);
    line.attributed = figure_of(item, Part::kTotal);
    record_.energy.components.push_back(std::move(line));
    items_.push_back(std::move(item));
  }

  // An enclosing meter that never served leaves the account at the chips.
  void do_not_count(const std::string& part) {
    auto& list = record_.not_counted;
    if (std::find(list.begin(), list.end(), part) == list.end()) list.insert(list.begin(), part);
  }

  void add_psu_loss() {
    std::optional<Item> item = psu_item(in_, items_);
    if (!item) return;
    item->measured_node = record_.graph.add(
        {"modelled",
         "energy lost in the power supply",
         joule_text(in_joules(to_energy(item->split.total()))),
         fmt::format("energy fed x (1 / efficiency {} - 1)", in_.machine.rest_of_node->psu_efficiency),
         {},
         Basis::kAssumed});
    RecordComponent line = describe(*item);
    line.measured = figure_of(*item, Part::kMeasured);
    line.attributed = figure_of(*item, Part::kTotal);
    record_.energy.components.push_back(std::move(line));
    items_.push_back(*std::move(item));
  }

  static RecordComponent describe(const Item& item) {
    RecordComponent line;
    line.kind = name_of(item.domain.kind);
    line.device = item.domain.device;
    line.source = item.source;
    line.plane = name_of(item.domain.plane);
    switch (item.domain.kind) {
      case DomainKind::kPackage: line.label = "CPU"; break;
      case DomainKind::kDram: line.label = "DRAM"; break;
      case DomainKind::kGpu: line.label = "GPU"; break;
      case DomainKind::kRest: line.label = item.domain.device == "psu" ? "power supply loss" : "rest of node"; break;
      default: line.label = name_of(item.domain.kind); break;
    }
    return line;
  }

  static EnergyAmount amount_of(const Item& item, Part part) {
    switch (part) {
      case Part::kMeasured: return item.split.total();
      case Part::kAttributed: return item.split.attributed;
      case Part::kIdleCharged: return item.idle_charged;
      case Part::kOthers: return item.split.others;
      case Part::kSelf: return item.split.self;
      case Part::kIdle: return item.split.idle;
      case Part::kUnattributed: return item.split.unattributed;
      case Part::kTotal: return item.split.attributed + item.idle_charged;
    }
    return {};
  }

  static bool is_known(const Item& item, Part part) {
    const bool needs_charge = part == Part::kIdleCharged || part == Part::kTotal;
    return item.known && (!needs_charge || item.charge_known);
  }

  // How idle power's uncertainty moves a part: more idle is less dynamic, shared by CPU time.
  void add_idle_moves(const Item& item, Part part, std::vector<Sensitivity>& moves) const {
    if (item.component >= in_.machine.sources.size() || item.component >= in_.machine.idle.size()) return;
    if (item.split.total().count() == 0) return;
    const IdlePower& idle = in_.machine.idle[item.component];
    if (!(idle.watts > 0.0)) return;
    const double idle_j = in_joules(to_energy(item.split.idle));
    const double dynamic_j = in_joules(to_energy(item.split.total())) - idle_j;
    const double fewer_j = -idle_j * (1.0 - idle.lower_w / idle.watts);
    const double more_j = std::min(dynamic_j, idle_j * (idle.upper_w / idle.watts - 1.0));
    const double charged = idle_j > 0.0 ? in_joules(to_energy(item.idle_charged)) / idle_j : 0.0;
    const auto of_dynamic = [&](EnergyAmount a) { return dynamic_j > 0.0 ? in_joules(to_energy(a)) / dynamic_j : 0.0; };
    double gain = 0.0;  // of this part for one more joule of idle
    if (part == Part::kAttributed) gain = -of_dynamic(item.split.attributed);
    if (part == Part::kOthers) gain = -of_dynamic(item.split.others);
    if (part == Part::kSelf) gain = -of_dynamic(item.split.self);
    if (part == Part::kIdle) gain = 1.0;
    if (part == Part::kIdleCharged) gain = charged;
    if (part == Part::kTotal) gain = charged - of_dynamic(item.split.attributed);
    if (gain != 0.0) moves.push_back({"idle:" + item.source, fewer_j * gain, more_j * gain});
  }

  Estimate<Energy> estimate_of(const Item& item, Part part) const {
    const double value_j = in_joules(to_energy(amount_of(item, part)));
    const double whole_j = in_joules(to_energy(item.split.total()));
    const double fraction = whole_j > 0.0 ? value_j / whole_j : 1.0;
    std::vector<Sensitivity> moves;
    if (item.range.low < 1.0 || item.range.high > 1.0)
      moves.push_back({item.range.input, value_j * (item.range.low - 1.0), value_j * (item.range.high - 1.0)});
    if (item.range.unproven_j > 0.0) moves.push_back({"place:" + item.source, 0.0, item.range.unproven_j * fraction});
    if (item.range.gap_up_j > 0.0) moves.push_back({"gap:" + item.source, 0.0, item.range.gap_up_j * fraction});
    if (item.domain.kind == DomainKind::kDram && item.component < in_.machine.sources.size() &&
        (part == Part::kAttributed || part == Part::kTotal || part == Part::kOthers))
      moves.push_back({"share:dram-bandwidth", -kDramDynamicPart * value_j, kDramDynamicPart * (whole_j - value_j)});
    add_idle_moves(item, part, moves);
    return Estimate<Energy>(Spread(value_j, std::move(moves)));
  }

  Basis basis_of(const Item& item, Part part) const {
    const Basis own = item.domain.kind == DomainKind::kRest && item.domain.place == Place::kEncloses
                          ? Basis::kDerived
                          : item.domain.basis;
    // A measured counter shared out among users is derived.
    return part == Part::kMeasured ? own : weakest(own, Basis::kDerived);
  }

  ProvenanceId part_node(const Item& item, Part part, const std::string& value) {
    const std::string_view name = kPartNames[static_cast<std::size_t>(part)];
    std::string rule = "share of the measured energy";
    if (item.domain.kind == DomainKind::kPackage) rule = "idle = min(E, idle power x time); the rest by CPU time";
    if (item.domain.kind == DomainKind::kDram) rule = "by memory held; what nobody holds is idle";
    if (item.domain.kind == DomainKind::kGpu) rule = "idle to holders of contexts, dynamic by SM use";
    if (item.domain.kind == DomainKind::kRest) rule = "drawn whoever computes: idle";
    if (part == Part::kIdleCharged || part == Part::kTotal) rule += "; " + idle_rule();
    return record_.graph.add({"attribution",
                              fmt::format("{} of {} {}", name, name_of(item.domain.kind), item.domain.device),
                              value,
                              rule,
                              {item.measured_node, usage_node()},
                              basis_of(item, part)});
  }

  Figure<Energy> figure_of(const Item& item, Part part) {
    Figure<Energy> f;
    f.coverage = item.coverage;
    if (!is_known(item, part)) {
      f.reason = item.known ? "CPU time of the run is not known" : item.source + " was never readable";
      f.at_least = part == Part::kTotal && item.known ? to_energy(item.split.attributed) : joules(0.0);
      f.basis = BasisShare(Basis::kAssumed);
      f.provenance = part_node(item, part, "unknown");
      return f;
    }
    f.exact = amount_of(item, part);
    f.value = estimate_of(item, part);
    f.basis = BasisShare(basis_of(item, part), std::max(1e-12, in_joules(to_energy(*f.exact))));
    f.provenance = part == Part::kMeasured ? item.measured_node
                                           : part_node(item, part, joule_text(in_joules(to_energy(*f.exact))));
    return f;
  }

  Figure<Energy> total_of(Part part, const std::string& name, const std::string& rule) {
    Figure<Energy> total;
    Spread spread;
    EnergyAmount exact;
    double covered = 0.0, weight = 0.0;
    std::vector<ProvenanceId> inputs;
    std::string unknown;
    for (const Item& item : items_) {
      Figure<Energy> f = figure_of(item, part);
      inputs.push_back(f.provenance);
      const double j = std::max(1e-12, f.exact ? in_joules(to_energy(*f.exact)) : 0.0);
      covered += f.coverage * j;
      weight += j;
      if (!f.known()) {
        unknown += unknown.empty() ? f.reason : "; " + f.reason;
        if (f.at_least) spread = Spread::sum(spread, Spread(in_joules(*f.at_least)), 1.0);
        continue;
      }
      exact += *f.exact;
      spread = Spread::sum(spread, f.value->spread(), 1.0);
      total.basis.add(f.basis);
    }
    if (items_.empty() && in_.context.unmetered.empty())
      unknown = "nothing could be measured or modelled on this machine";
    for (const std::string& device : in_.context.unmetered) unknown += (unknown.empty() ? "" : "; ") + device;
    total.coverage = weight > 0.0 ? covered / weight : 0.0;
    if (unknown.empty()) {
      total.value = Estimate<Energy>(spread);
      total.exact = exact;
    } else {
      total.at_least = joules(spread.mean());
      total.reason = unknown;
      total.basis = BasisShare(Basis::kAssumed);
    }
    total.provenance = record_.graph.add({"sum", name, value_text(total), rule, inputs, total.basis.weakest_used()});
    return total;
  }

  const ProvenanceId& usage_node() {
    if (!usage_node_.empty()) return usage_node_;
    const PipelineSummary& s = in_.summary;
    const auto cpu = [](const std::optional<double>& ns) {
      return ns ? fmt::format("{:.6f} s", *ns * 1e-9) : std::string("unknown");
    };
    usage_node_ =
        record_.graph.add({"raw readings",
                           "CPU time of run, others, olivine",
                           fmt::format("{}, {}, {}", cpu(s.run_cpu_ns), cpu(s.others_cpu_ns), cpu(s.self_cpu_ns)),
                           (in_.closing.followed_by.empty() ? "cgroup or process tree" : in_.closing.followed_by) +
                               ", /proc/stat busy time, own process clock",
                           {},
                           Basis::kMeasured});
    return usage_node_;
  }

  ProvenanceId provenance_of(const Item& item);
  ProvenanceId meter_node(const Item& item, const ComponentSummary& s);
  ProvenanceId model_node(const Item& item);

  const AssessmentInput& in_;
  RunRecord& record_;
  std::vector<Item> items_;
  std::optional<std::size_t> carrier_;
  ProvenanceId usage_node_;
};

ProvenanceId EnergyAssessor::provenance_of(const Item& item) {
  const ComponentSummary& s = in_.summary.components[item.component];
  return item.component < in_.machine.sources.size() ? meter_node(item, s) : model_node(item);
}

ProvenanceId EnergyAssessor::meter_node(const Item& item, const ComponentSummary& s) {
  const SourceInfo& source = in_.machine.sources[item.component];
  const auto raw = [](const std::optional<std::uint64_t>& v) { return v ? std::to_string(*v) : std::string("none"); };
  const ProvenanceId readings = record_.graph.add(
      {"raw readings",
       source.id,
       fmt::format("{} .. {}", raw(s.first_raw), raw(s.last_raw)),
       fmt::format(
           "{} reads, {} failed, {} wraps, {} resets, {} implausible; modulus {}; every reading is in the ledger",
           s.good_reads, s.failed_reads, s.wraps, s.resets, s.implausible, raw(source.modulus)),
       {},
       item.domain.basis});
  std::vector<ProvenanceId> inputs{readings};
  if (const auto gain = in_.context.gains.find(source.gain_key); gain != in_.context.gains.end())
    inputs.push_back(record_.graph.add({"factor row",
                                        "gain of the sensor",
                                        fmt::format("1 ({} .. {})", gain->second.lower, gain->second.upper),
                                        gain->second.origin,
                                        {},
                                        gain->second.basis}));
  const std::string formula = source.signal == SignalKind::kEnergyCounter
                                  ? fmt::format("sum of counter differences x {} J", shortest(source.unit))
                                  : fmt::format("power samples x {} W, trapezoids over time", shortest(source.unit));
  return record_.graph.add({"sum", fmt::format("energy of {} {}", name_of(item.domain.kind), item.domain.device),
                            joule_text(in_joules(to_energy(item.split.total()))), formula, inputs, item.domain.basis});
}

ProvenanceId EnergyAssessor::model_node(const Item& item) {
  const double seconds = static_cast<double>(in_.summary.duration_ns) * 1e-9;
  std::string formula, row;
  if (item.component == in_.machine.cpu_model_component()) {
    const CpuPowerModel& m = *in_.machine.cpu_model;
    formula = fmt::format("sum over spans of P(load) x time; full load {:.1f} W x machine share {:.4f}, idle {:.2f} W",
                          m.full_w, m.share, in_watts(m.idle()));
    row = m.row.text();
  } else if (item.component == in_.machine.memory_model_component()) {
    const MemoryPowerModel& m = *in_.machine.memory_model;
    formula = fmt::format("{} W/GB x {:.2f} GB x {:.3f} s", m.w_per_gb, m.gigabytes, seconds);
    row = m.row.text();
  } else {
    formula = fmt::format("{} W x {:.3f} s", in_.machine.rest_of_node->watts, seconds);
    row = "data/defaults.csv";
  }
  const ProvenanceId factor = record_.graph.add({"factor row",
                                                 "power model of " + item.domain.device,
                                                 fmt::format("x {:.3f} .. {:.3f}", item.range.low, item.range.high),
                                                 row,
                                                 {},
                                                 Basis::kReference});
  return record_.graph.add({"modelled",
                            fmt::format("energy of {} {}", name_of(item.domain.kind), item.domain.device),
                            joule_text(in_joules(to_energy(item.split.total()))),
                            formula,
                            {factor, usage_node()},
                            item.domain.basis});
}

}  // namespace

std::string value_text(const Figure<Energy>& figure) {
  if (figure.exact) return joule_text(in_joules(to_energy(*figure.exact)));
  if (figure.at_least) return fmt::format("unknown (at least {})", joule_text(in_joules(*figure.at_least)));
  return "unknown";
}

void assess_energy(const AssessmentInput& input, RunRecord& record) { EnergyAssessor(input, record).run(); }

}  // namespace olivine
