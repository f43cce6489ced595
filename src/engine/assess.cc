#include "engine/assess.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "account/impacts.h"
#include "account/product_range.h"
#include "base/text.h"
#include "engine/assess_energy.h"
#include "engine/assess_schedule.h"
#include "engine/epochs.h"
#include "engine/json_fields.h"
#include "engine/run_embodied.h"
#include "engine/sample_check.h"
#include "engine/scopes.h"

namespace olivine {
namespace {

template <class Q>
Estimate<Q> estimate_of(const StatedValue& v, double unit, std::string_view input) {
  return Estimate<Q>::of(Q::from_canonical(v.value * unit), Q::from_canonical(v.lower * unit),
                         Q::from_canonical(v.upper * unit), input);
}

ProvenanceId stated_node(RunRecord& record, std::string_view name, const StatedValue& v, std::string_view unit) {
  const std::string kind = v.basis == Basis::kUserStated ? "setting"
                           : v.basis == Basis::kAssumed  ? "default"
                                                         : "factor row";
  std::string value = fmt::format("{} {}", shortest(v.value), unit);
  if (v.lower < v.value || v.upper > v.value) value += fmt::format(" ({} .. {})", shortest(v.lower), shortest(v.upper));
  return record.graph.add({kind, std::string(name), value, v.origin, {}, v.basis});
}

// A product's figure: known when all inputs are; else unknown with what is known as a lower bound.
template <class Q>
Figure<Q> product_figure(RunRecord& record, const Figure<Energy>& energy, const std::string& name,
                         const std::string& rule, std::vector<ProvenanceId> inputs, Basis basis, std::string_view unit,
                         const std::function<Estimate<Q>(const Estimate<Energy>&)>& compute) {
  Figure<Q> f;
  f.coverage = energy.coverage;
  inputs.insert(inputs.begin(), energy.provenance);
  std::string value = "unknown";
  if (energy.known()) {
    f.value = compute(*energy.value);
    f.basis = BasisShare(weakest(energy.basis.weakest_used(), basis));
    value = fmt::format("{} {}", shortest(f.value->mean().canonical()), unit);
  } else {
    f.reason = energy.reason;
    if (energy.at_least) f.at_least = compute(Estimate<Energy>::exactly(*energy.at_least)).mean();
  }
  f.provenance = record.graph.add({"product", name, value, rule, std::move(inputs), f.basis.weakest_used()});
  return f;
}

class ImpactAssessor {
 public:
  ImpactAssessor(const AssessmentInput& input, RunRecord& record) : in_(input), c_(input.context), record_(record) {}

  void run() {
    set_pue();
    set_intensity();
    set_carbon();
    set_cost_and_water();
  }

 private:
  void set_pue() {
    record_.pue_applies = c_.pue.has_value();
    if (!c_.pue) {
      record_.pue = Figure<Ratio>::unknown("not applicable: own desktop or laptop");
      record_.pue.provenance =
          record_.graph.add({"setting", "PUE", "not applicable", "own desktop or laptop", {}, Basis::kAssumed});
      return;
    }
    pue_ = estimate_of<RatioTag>(*c_.pue);
    record_.pue.value = pue_;
    record_.pue.coverage = 1.0;
    record_.pue.basis = BasisShare(c_.pue->basis);
    record_.pue.provenance = stated_node(record_, "PUE", *c_.pue, "");
  }

  template <class Tag>
  static Estimate<Quantity<Tag>> estimate_of(const StatedValue& v, std::string_view input = "pue") {
    return olivine::estimate_of<Quantity<Tag>>(v, 1.0, input);
  }

  static std::string input_name(const std::string& zone) { return "intensity:" + (zone.empty() ? "unknown" : zone); }

  // The yearly factor of the context, or what was found for the hours of the run.
  void set_intensity() {
    RecordIntensity& i = record_.intensity;
    i.zone = c_.zone;
    i.name = c_.zone_name;
    i.signal = c_.signal;
    i.boundary = c_.boundary;
    i.source = c_.intensity_source;
    i.period = c_.period;
    i.notes = c_.intensity_notes;
    i.value.coverage = 1.0;
    const auto& found = in_.closing.intensities;
    if (found) i.method = c_.zone.empty() ? "default" : "yearly factor";
    stated_ = c_.intensity_g_per_kwh;
    if (found && found->average) copy(*found->average, i, stated_);
    if (found && !found->average_reason.empty()) return set_unknown_intensity(found->average_reason);
    intensity_ = estimate_of<CarbonIntensityTag>(stated_, input_name(c_.zone));
    i.value.value = intensity_;
    i.value.basis = BasisShare(stated_.basis);
    i.value.provenance = stated_node(
        record_, "intensity " + (c_.zone.empty() ? std::string("of an unknown zone") : c_.zone), stated_, "g/kWh");
    set_marginal_intensity();
  }

  void set_unknown_intensity(const std::string& reason) {
    RecordIntensity& i = record_.intensity;
    i.value = Figure<CarbonIntensity>::unknown(reason);
    i.value.provenance = record_.graph.add({"missing", "intensity " + c_.zone, "unknown", reason, {}, Basis::kAssumed});
    i.source.clear();
    i.period.clear();
    i.boundary = "unknown";
    set_marginal_intensity();
  }

  void set_marginal_intensity() {
    const auto& found = in_.closing.intensities;
    if (found && found->marginal) {
      RecordIntensity& m = record_.marginal;
      StatedValue value;
      m.zone = found->marginal->zone;
      m.name = found->marginal->name;
      m.signal = "marginal";
      copy(*found->marginal, m, value);
      m.value.value = estimate_of<CarbonIntensityTag>(value, input_name("marginal:" + m.zone));
      m.value.basis = BasisShare(value.basis);
      m.value.provenance = stated_node(record_, "marginal intensity " + m.zone, value, "g/kWh");
    }
  }

  static void copy(const RunIntensity& from, RecordIntensity& to, StatedValue& value) {
    to.boundary = from.boundary;
    to.source = from.source;
    to.period = from.period;
    to.method = from.method;
    to.dataset = from.dataset;
    to.fallback = from.fallback;
    to.notes.insert(to.notes.end(), from.notes.begin(), from.notes.end());
    to.value.coverage = from.covered;
    value = from.g_per_kwh;
  }

  // First order lets a wide product reach below zero: there the range is that of the product's distribution (METHODS 16). Records
  // of programs that did not look for intensities are made again as they were.
  void govern(Figure<Carbon>& carbon, const Estimate<CarbonIntensity>& intensity) {
    if (!carbon.value || !in_.closing.intensities || !(in_grams(carbon.value->mean()) > 0.0)) return;
    const auto factor = [](const auto& e) {
      return RangedFactor{e.mean().canonical(), std::max(0.0, e.lower().canonical()), e.upper().canonical()};
    };
    if (!facility_energy_) {
      const RangedFactor factors[] = {factor(*record_.energy.total.value), factor(pue_)};
      facility_energy_ = FactorProduct::of(factors);
    }
    const auto range = *facility_energy_ ? (*facility_energy_)->range_with(factor(intensity))
                                         : Result<ProductRange>(tl::unexpected<Error>(facility_energy_->error()));
    if (!range) return;
    const double unit = (joules(1.0) * grams_per_kilowatt_hour(1.0)).canonical();
    carbon.value = Estimate<Carbon>(with_range(carbon.value->spread(), {range->lower * unit, range->upper * unit}));
  }

  void set_average() {
    RecordEmissions& e = record_.emissions;
    if (!record_.intensity.value.known()) {
      e.location_average = Figure<Carbon>::unknown(record_.intensity.value.reason);
      e.location_average.provenance = record_.intensity.value.provenance;
      return;
    }
    e.location_average = product_figure<Carbon>(
        record_, record_.energy.total, "operational carbon, location-based, average",
        record_.pue_applies ? "energy x PUE x intensity" : "energy x intensity",
        {record_.pue.provenance, record_.intensity.value.provenance}, stated_.basis, "g",
        [&](const Estimate<Energy>& energy) { return operational_carbon(energy, pue_, intensity_); });
    govern(e.location_average, intensity_);
  }

  void set_marginal() {
    RecordEmissions& e = record_.emissions;
    const auto& found = in_.closing.intensities;
    if (found && found->marginal) {
      const Estimate<CarbonIntensity> intensity = *record_.marginal.value.value;
      e.location_marginal = product_figure<Carbon>(
          record_, record_.energy.total, "operational carbon, location-based, marginal",
          record_.pue_applies ? "energy x PUE x marginal intensity" : "energy x marginal intensity",
          {record_.pue.provenance, record_.marginal.value.provenance}, found->marginal->g_per_kwh.basis, "g",
          [&](const Estimate<Energy>& energy) { return operational_carbon(energy, pue_, intensity); });
      govern(e.location_marginal, intensity);
      return;
    }
    e.location_marginal = Figure<Carbon>::unknown(found && !found->marginal_reason.empty()
                                                      ? found->marginal_reason
                                                      : "no marginal intensity is known for this zone and time");
    e.location_marginal.provenance = record_.graph.add(
        {"missing", "marginal intensity", "unknown", e.location_marginal.reason, {}, Basis::kAssumed});
  }

  void set_carbon() {
    RecordEmissions& e = record_.emissions;
    set_average();
    set_marginal();
    e.market = Figure<Carbon>::unknown("no contract or certificate was stated");
    e.market.provenance = record_.graph.add({"missing", "contracts", "unknown", e.market.reason, {}, Basis::kAssumed});
    set_embodied();
    if (e.location_average.known() && e.embodied.known()) {
      e.total.value = sum(*e.location_average.value, *e.embodied.value);
      e.total.basis = e.location_average.basis;
      e.total.basis = BasisShare(weakest(e.location_average.basis.weakest_used(), e.embodied.basis.weakest_used()));
    } else {
      e.total.reason = e.location_average.known() ? e.embodied.reason : e.location_average.reason;
      if (e.location_average.at_least) e.total.at_least = e.location_average.at_least;
    }
    e.total.coverage = e.location_average.coverage;
    e.total.provenance =
        record_.graph.add({"sum",
                           "carbon of the run",
                           e.total.known() ? shortest(in_grams(e.total.value->mean())) + " g" : "unknown",
                           "operational (location, average) + embodied",
                           {e.location_average.provenance, e.embodied.provenance},
                           e.total.basis.weakest_used()});
  }

  void set_embodied() {
    Figure<Carbon>& f = record_.emissions.embodied;
    std::vector<ProvenanceId> inputs{stated_node(record_, "embodied carbon of the machine", c_.embodied_kg, "kg"),
                                     stated_node(record_, "service life", c_.life_years, "years"),
                                     stated_node(record_, "utilisation over the life", c_.utilisation, "")};
    if (c_.embodied_gpus_kg) inputs.push_back(stated_node(record_, "of which the GPUs", *c_.embodied_gpus_kg, "kg"));
    f.coverage = 1.0;
    std::string value = "unknown", how = "M x (time / life) x use / utilisation";
    if (auto run = run_embodied(in_)) {
      f.value = std::move(run->carbon);
      f.basis = BasisShare(weakest(c_.embodied_kg.basis, Basis::kModelled));
      value = shortest(in_grams(f.value->mean())) + " g";
      how = std::move(run->how);
    } else {
      f.reason = "CPU time of the run is not known";
    }
    f.provenance = record_.graph.add({"product", "embodied carbon", value, how, inputs, f.basis.weakest_used()});
  }

  void set_cost_and_water() {
    const Figure<Energy>& energy = record_.energy.total;
    record_.currency = c_.currency;
    if (c_.price_per_kwh) {
      const auto price = estimate_of<PriceTag>(*c_.price_per_kwh, "price");
      record_.cost = product_figure<Money>(
          record_, energy, "cost of electricity", "energy x PUE x price",
          {record_.pue.provenance, stated_node(record_, "price", *c_.price_per_kwh, c_.currency + "/kWh")},
          c_.price_per_kwh->basis, c_.currency, [&](const Estimate<Energy>& e) { return energy_cost(e, pue_, price); });
    } else {
      record_.cost = Figure<Money>::unknown("no price was stated; set price_per_kwh");
      record_.cost.provenance =
          record_.graph.add({"missing", "price", "unknown", record_.cost.reason, {}, Basis::kAssumed});
    }
    const StatedValue no_site{0.0, 0.0, 0.0, Basis::kAssumed, "own desktop or laptop: no cooling water on site"};
    const StatedValue& site = c_.water_site_l_per_kwh ? *c_.water_site_l_per_kwh : no_site;
    record_.water =
        product_figure<Water>(record_, energy, "water consumption", "energy x (WUE on site + PUE x WUE of the grid)",
                              {record_.pue.provenance, stated_node(record_, "WUE on site", site, "L/kWh"),
                               stated_node(record_, "WUE of the grid", c_.water_grid_l_per_kwh, "L/kWh")},
                              weakest(site.basis, c_.water_grid_l_per_kwh.basis), "L",
                              [&](const Estimate<Energy>& e) { return water(e, site).total; });
    record_.water_site = product_figure<Water>(record_, energy, "water on site", "energy x WUE on site",
                                               {stated_node(record_, "WUE on site", site, "L/kWh")}, site.basis, "L",
                                               [&](const Estimate<Energy>& e) { return water(e, site).on_site; });
    record_.water_grid = product_figure<Water>(
        record_, energy, "water at the power station", "energy x PUE x WUE of the grid",
        {record_.pue.provenance, stated_node(record_, "WUE of the grid", c_.water_grid_l_per_kwh, "L/kWh")},
        c_.water_grid_l_per_kwh.basis, "L", [&](const Estimate<Energy>& e) { return water(e, site).at_power_station; });
  }

  WaterUse water(const Estimate<Energy>& energy, const StatedValue& site) const {
    return water_use(energy, pue_, estimate_of<WaterIntensityTag>(site, "water-site"),
                     estimate_of<WaterIntensityTag>(c_.water_grid_l_per_kwh, "water-grid"));
  }

  const AssessmentInput& in_;
  const RunContext& c_;
  RunRecord& record_;
  Estimate<Ratio> pue_ = Estimate<Ratio>::exactly(ratio(1.0));
  StatedValue stated_;  // of the average intensity
  Estimate<CarbonIntensity> intensity_;
  std::optional<Result<FactorProduct>> facility_energy_;  // energy x PUE, the same for every intensity
};

std::vector<std::string> command_of(const std::string& json) {
  std::vector<std::string> command;
  if (nests_deeper(json, kDeepestDocument)) return command;
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (parsed.is_array())
    for (const auto& word : parsed)
      if (word.is_string()) command.push_back(word);
  return command;
}

void copy_identity(const AssessmentInput& in, RunRecord& record) {
  const RunRow& run = in.run;
  record.run_id = run.start.run_id;
  record.name = run.start.name;
  record.project = run.start.project;
  record.command = command_of(run.start.command_json);
  record.status = run.end ? run.end->status : "running";
  record.host = in.context.host;
  record.software = in.context.software;
  record.hardware = in.context.hardware;
  record.started_at = run.start.started.wall;
  if (run.end) {
    record.ended_at = WallTime{run.end->ended_wall_ns};
    record.exit_code = run.end->exit_code;
    record.exit_signal = run.end->exit_signal;
  }
  record.duration_ns = in.summary.duration_ns;
  record.suspended_ns = in.summary.suspended_ns;
  record.idle_policy = name_of(in.context.idle_policy);
  record.ticks = in.summary.ticks;
  record.missed_ticks = in.closing.missed_ticks;
  record.interval_ns = in.machine.interval.ns;
  record.left_running = in.closing.left_running;
  record.schedule = in.closing.schedule ? in.closing.schedule : in.context.plan;
  record.budget = in.closing.budget;
  record.not_counted = in.context.not_counted;
  record.quality = in.context.quality;
  record.warnings = in.context.warnings;
  record.warnings.insert(record.warnings.end(), in.closing.warnings.begin(), in.closing.warnings.end());
}

}  // namespace

RunRecord assess(const AssessmentInput& in) {
  RunRecord record;
  copy_identity(in, record);
  for (const GapFact& gap : in.gaps)
    record.gaps.push_back({in.machine.component_source(static_cast<std::size_t>(gap.component)),
                           gap.begin_ns - in.run.start.started.mono.ns, gap.end_ns - in.run.start.started.mono.ns,
                           gap.reason});
  assess_energy(in, record);
  ImpactAssessor(in, record).run();
  assess_epochs(in, record);
  assess_scopes(in, record);
  assess_schedule(record);
  return record;
}

Result<Replay> replay(const StoredRun& stored) {
  OLIVINE_TRY(MachineDescription machine, machine_from_json(stored.run.start.machine_json));
  if (!is_plausible(stored.run.start.started))
    return fail(ErrorKind::kCorrupt, "the run's start is outside of 0 to 2^62 ns");
  SampleCheck check(machine);
  Pipeline pipeline(machine);
  Replay result;
  const auto keep = [&result](const PipelineOutput& out) {
    result.facts.insert(result.facts.end(), out.facts.begin(), out.facts.end());
    result.gaps.insert(result.gaps.end(), out.gaps.begin(), out.gaps.end());
  };
  for (std::size_t i = 0; i < stored.segments.size(); ++i) {
    auto samples = decode_segment(stored.segments[i].bytes);
    if (!samples) return with_context(samples.error(), fmt::format("segment {}", i));
    for (const TickSample& sample : *samples) {
      if (const Status sound = check.take(sample); !sound)
        return with_context(sound.error(), fmt::format("segment {}", i));
      keep(pipeline.feed(sample));
    }
  }
  keep(pipeline.finish());
  result.summary = pipeline.summary();
  result.machine = std::move(machine);
  return result;
}

Result<AssessmentInput> input_of(const StoredRun& stored) {
  OLIVINE_TRY(Replay replayed, replay(stored));
  OLIVINE_TRY(RunContext context, context_from_json(stored.run.start.context_json));
  RunClosing closing;
  if (stored.run.end && !stored.run.end->summary_json.empty()) {
    OLIVINE_TRY(closing, closing_from_json(stored.run.end->summary_json));
  }
  return AssessmentInput{stored.run,         std::move(replayed.machine), std::move(context),
                         std::move(closing), std::move(replayed.summary), std::move(replayed.gaps)};
}

Result<RunRecord> assess_stored(const StoredRun& stored) {
  OLIVINE_TRY(const AssessmentInput input, input_of(stored));
  return assess(input);
}

}  // namespace olivine
