#include "engine/pipeline.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace olivine {
namespace {

// A gauge sampled this much later than expected says nothing about the time between.
constexpr double kGaugeGapIntervals = 5.0;
constexpr std::int64_t kGaugeGapMinimumNs = 2'000'000'000;
// A group with an enclosing meter waits this many settles for a failing member, then goes on without it.
constexpr int kGroupPatience = 10;

CounterLimits limits_of(const SourceInfo& source) {
  return {source.modulus, source.power_ceiling_w / source.unit, source.update_period};
}

std::int64_t span_ns(const Now& begin, const Now& end) { return end.mono.ns - begin.mono.ns; }

double load_of(const CpuSpan& cpu, std::int64_t ns, int logical_cpus) {
  if (ns <= 0) return 0.0;
  return std::clamp((cpu.run_ns + cpu.others_ns + cpu.self_ns) / (static_cast<double>(ns) * logical_cpus), 0.0, 1.0);
}

void count_cpu(const UsageAccumulator::Totals& totals, PipelineSummary& summary) {
  summary.run_cpu_ns = totals.run_ns;
  summary.others_cpu_ns = totals.others_ns;
  summary.self_cpu_ns = totals.self_ns;
}

}  // namespace

Pipeline::Pipeline(MachineDescription machine)
    : machine_(std::move(machine)), usage_(machine_.memory_installed_bytes), boundaries_(machine_.component_count()) {
  machine_.idle.resize(machine_.sources.size());
  for (const SourceInfo& source : machine_.sources) {
    meters_.emplace_back(limits_of(source));
    grouped_ = grouped_ || source.domain.place == Place::kEncloses;
  }
  models_.resize(machine_.component_count() - machine_.sources.size());
  summary_.components.resize(machine_.component_count());
}

PipelineOutput Pipeline::feed(const TickSample& sample) {
  if (sample.readings.size() != machine_.sources.size())
    throw std::logic_error("pipeline: a sample has " + std::to_string(sample.readings.size()) + " readings for " +
                           std::to_string(machine_.sources.size()) + " sources");
  PipelineOutput out;
  const Now& now = sample.now;
  for (const Mark& mark : sample.marks) boundaries_.boundary(mark.ns);
  summary_.marks.insert(summary_.marks.end(), sample.marks.begin(), sample.marks.end());
  cut_ = last_now_ && sample.usage == UsageReading{};
  if (cut_) {
    for (std::size_t i = 0; i < meters_.size(); ++i) read_meter(i, sample.readings[i], now, out);
    settle_metered(out, true);
    return out;
  }
  usage_fresh_ = sample.usage.has_value();
  if (sample.usage) usage_.feed(*sample.usage);
  if (sample.usage && usage_.totals().run_ns) boundaries_.cpu(now.mono.ns, *usage_.totals().run_ns);
  if (!first_now_) {
    first_now_ = now;
    for (Model& model : models_) {
      model.begin = now;
      model.usage_at_begin = usage_.totals();
    }
  }
  if (last_now_) {
    const std::int64_t step_ns = span_ns(*last_now_, now);
    summary_.suspended_ns += std::max<std::int64_t>(0, now.boot_ns - last_now_->boot_ns - step_ns);
    if (usage_.totals().memory)
      summary_.run_memory_byte_ns += usage_.totals().memory->run_bytes * static_cast<double>(step_ns);
    hold_gpus(step_ns);
  }
  for (std::size_t i = 0; i < meters_.size(); ++i) read_meter(i, sample.readings[i], now, out);
  last_now_ = now;
  ++summary_.ticks;
  summary_.duration_ns = span_ns(*first_now_, now);
  if (sample.settle) {
    settle(out, false);
    count_cpu(usage_.totals(), summary_);  // a run under way is charged its idle share too
  }
  return out;
}

PipelineOutput Pipeline::finish() {
  PipelineOutput out;
  if (!last_now_) return out;
  cut_ = false;
  settle(out, true);
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const Meter& meter = meters_[i];
    if (!meter.last_good) {
      add_gap(i, *first_now_, *last_now_, "never readable", out);
    } else {
      const Now& since = meter.lost_since ? *meter.lost_since : *meter.last_good;
      if (span_ns(since, *last_now_) > 0) add_gap(i, since, *last_now_, "unreadable", out);
    }
  }
  boundaries_.finish();
  summary_.boundaries = boundaries_.boundaries();
  count_cpu(usage_.totals(), summary_);
  return out;
}

// A GPU is held by those who have contexts on it, in equal parts (METHODS 7).
void Pipeline::hold_gpus(std::int64_t step_ns) {
  for (const GpuUse& use : usage_.totals().gpus) {
    if (use.run_contexts < 0 || use.other_contexts < 0) continue;
    const double contexts = static_cast<double>(use.run_contexts) + use.other_contexts;
    summary_.gpu_known_ns += static_cast<double>(step_ns);
    if (contexts > 0.0) summary_.gpu_held_ns += static_cast<double>(step_ns) * use.run_contexts / contexts;
  }
}

void Pipeline::read_meter(std::size_t index, const RawReading& reading, const Now& now, PipelineOutput& out) {
  Meter& meter = meters_[index];
  ComponentSummary& summary = summary_.components[index];
  meter.good_now = false;
  if (reading.state == ReadingState::kSkipped) return;
  if (reading.state != ReadingState::kValue) {
    ++summary.failed_reads;
    return;
  }
  ++summary.good_reads;
  if (!summary.first_raw) summary.first_raw = reading.raw;
  if (!meter.last_good && span_ns(*first_now_, now) > 0) add_gap(index, *first_now_, now, "not yet readable", out);
  if (machine_.sources[index].signal == SignalKind::kEnergyCounter) {
    feed_counter(index, reading.raw, now, out);
  } else {
    feed_gauge(index, reading.raw, now, out);
  }
  if (!meter.good_now) return;
  if (!meter.begin) {
    meter.begin = now;
    meter.deferred = 0;
    meter.usage_at_begin = usage_.totals();
  }
}

void Pipeline::feed_counter(std::size_t index, std::uint64_t raw, const Now& now, PipelineOutput& out) {
  Meter& meter = meters_[index];
  ComponentSummary& summary = summary_.components[index];
  const CounterStep step = meter.extender.feed(raw, now);
  if (step.outcome == CounterOutcome::kImplausible) {
    ++summary.implausible;
    return;  // as if the read had failed: the next good one covers the span
  }
  if (step.outcome == CounterOutcome::kWrapped) ++summary.wraps;
  if (step.outcome == CounterOutcome::kReset) {
    ++summary.resets;
    add_gap(index, step.since, now, "reset", out);
    if (meter.begin) meter.gap_ns += span_ns(step.since, now);
  }
  if (step.has_counts()) meter.pending += meter.rounder.add_counts(step.counts, machine_.sources[index].unit);
  summary.last_raw = raw;
  meter.last_good = now;
  meter.good_now = true;
}

void Pipeline::feed_gauge(std::size_t index, std::uint64_t raw, const Now& now, PipelineOutput& out) {
  Meter& meter = meters_[index];
  const SourceInfo& source = machine_.sources[index];
  const double power_w = static_cast<double>(raw) * source.unit;
  if (power_w > source.power_ceiling_w) {
    ++summary_.components[index].implausible;
    return;
  }
  if (meter.last_good) {
    const std::int64_t ns = span_ns(*meter.last_good, now);
    const double limit_ns =
        kGaugeGapIntervals * static_cast<double>(std::max(machine_.interval.ns, source.update_period.ns));
    if (ns > kGaugeGapMinimumNs && static_cast<double>(ns) > limit_ns) {
      add_gap(index, *meter.last_good, now, "power not sampled", out);
      if (meter.begin) meter.gap_ns += ns;
    } else {
      meter.pending += meter.rounder.add(watts(0.5 * (meter.last_power_w + power_w)) * nanoseconds(ns));
    }
  }
  meter.last_power_w = power_w;
  summary_.components[index].last_raw = raw;
  meter.last_good = now;
  meter.good_now = true;
}

void Pipeline::settle(PipelineOutput& out, bool last) {
  if (!usage_fresh_ && !last) return;  // who used it will be known at a later tick
  settle_metered(out, last);
  settle_models(out, last);
}

void Pipeline::settle_metered(PipelineOutput& out, bool last) {
  if (grouped_) {
    if (group_ready(last)) {
      std::vector<std::size_t> all(meters_.size());
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
      settle_meters(all, out, last);
    }
    return;
  }
  for (std::size_t i = 0; i < meters_.size(); ++i)
    if (meters_[i].good_now || last) settle_meters({i}, out, last);
}

// A rest is a difference over a common span: all members must have been read at this tick.
bool Pipeline::group_ready(bool last) {
  bool ready = true;
  for (Meter& meter : meters_) {
    if (meter.good_now || !meter.last_good) continue;
    if (last || meter.lost_since || ++meter.deferred > kGroupPatience) continue;
    ready = false;
  }
  return ready;
}

void Pipeline::settle_meters(const std::vector<std::size_t>& indices, PipelineOutput& out, bool last) {
  std::vector<Domain> domains;
  std::vector<std::optional<EnergyAmount>> energies;
  std::vector<std::size_t> members;
  for (const std::size_t i : indices) {
    const Meter& meter = meters_[i];
    const bool spans = meter.begin && meter.last_good && span_ns(*meter.begin, *meter.last_good) > 0;
    const bool lost = left_out(i, last);
    if (!spans && !lost) continue;
    members.push_back(i);
    domains.push_back(machine_.sources[i].domain);
    energies.push_back(lost || late_enclosure(i) ? std::nullopt : std::optional(meter.pending));
  }
  const DisjointCover cover = make_cover(domains, energies);
  for (const CoverLeaf& leaf : cover.leaves())
    settle_leaf(members[leaf.domain], leaf.kind, leaf.energy, leaf.maybe_more, out);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::size_t i = members[k];
    const auto outer = cover.enclosing();
    const bool enclosed = outer && *outer != k && encloses(domains[*outer].kind, domains[k].kind);
    if (left_out(i, last)) {
      leave_out(i, enclosed, out);
      continue;
    }
    Meter& meter = meters_[i];
    if (meter.lost_since && !enclosed) add_gap(i, *meter.lost_since, *meter.begin, "unreadable", out);
    if (!energies[k]) add_gap(i, *meter.begin, *meter.last_good, "no common span", out);
    meter.lost_since.reset();
    meter.pending = {};
    meter.begin = meter.last_good;
    meter.usage_at_begin = usage_.totals();
    meter.gap_ns = 0;
    meter.deferred = 0;
  }
}

void Pipeline::settle_leaf(std::size_t index, DomainKind kind, EnergyAmount energy, EnergyAmount maybe_more,
                           PipelineOutput& out) {
  Meter& meter = meters_[index];
  const SpanUsage usage = cut_ ? SpanUsage{} : usage_between(meter.usage_at_begin, usage_.totals());
  const std::int64_t length_ns = span_ns(*meter.begin, *meter.last_good) - meter.gap_ns;
  const AttributionInput input{kind, machine_.sources[index].domain.device, energy,
                               nanoseconds(std::max<std::int64_t>(0, length_ns)), watts(machine_.idle[index].watts)};
  add_fact(index, *meter.begin, *meter.last_good, maybe_more, attribute(input, usage, meter.carry), out);
}

// A member of a group that the others no longer wait for: what it draws is in the enclosing meter's rest.
bool Pipeline::left_out(std::size_t index, bool last) const {
  const Meter& meter = meters_[index];
  return grouped_ && !meter.good_now && meter.last_good.has_value() && (!last || meter.lost_since);
}

// An enclosing meter that came back later than the last settle has no span in common with what it encloses.
bool Pipeline::late_enclosure(std::size_t index) const {
  if (machine_.sources[index].domain.place != Place::kEncloses) return false;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const Meter& meter = meters_[i];
    if (machine_.sources[i].domain.place == Place::kCounted && meter.begin && meters_[index].begin &&
        span_ns(*meter.begin, *meters_[index].begin) > 0)
      return true;
  }
  return false;
}

// Takes a failing member out of its group, or keeps it out for one more settle. Where nothing encloses it, what was read
// of it is a fact and the rest of the time a gap. Its counter starts afresh when it comes back, because the span in between
// may be in the enclosing meter's rest.
void Pipeline::leave_out(std::size_t index, bool enclosed, PipelineOutput& out) {
  Meter& meter = meters_[index];
  const Domain& domain = machine_.sources[index].domain;
  if (meter.begin) {
    const bool proven = domain.place == Place::kCounted;
    const bool adds = proven || domain.place == Place::kUnknown;
    const bool known = !enclosed && adds && span_ns(*meter.begin, *meter.last_good) > 0;
    if (meter.lost_since && !enclosed) add_gap(index, *meter.lost_since, *meter.begin, "unreadable", out);
    if (known)
      settle_leaf(index, domain.kind, proven ? meter.pending : EnergyAmount{}, proven ? EnergyAmount{} : meter.pending,
                  out);
    meter.lost_since = known ? meter.last_good : meter.begin;
    meter.extender = CounterExtender(limits_of(machine_.sources[index]));
    meter.begin.reset();
    meter.pending = {};
    meter.gap_ns = 0;
  }
  if (!enclosed && span_ns(*meter.lost_since, *last_now_) > 0)
    add_gap(index, *meter.lost_since, *last_now_, "unreadable", out);
  meter.lost_since = last_now_;
}

void Pipeline::settle_models(PipelineOutput& out, bool last) {
  if (!last_now_) return;
  if (const auto component = machine_.cpu_model_component()) {
    Model& model = models_[model_index(*component)];
    const std::int64_t ns = span_ns(*model.begin, *last_now_);
    const SpanUsage usage = usage_between(model.usage_at_begin, usage_.totals());
    if (ns > 0 && usage.cpu) {
      const double load = load_of(*usage.cpu, ns, machine_.logical_cpus);
      const Power power = machine_.cpu_model->power(load);
      const auto [low, high] = machine_.cpu_model->relative_range(load);
      const double energy_j = in_joules(power * nanoseconds(ns));
      summary_.components[*component].model_lower_j += energy_j * low;
      summary_.components[*component].model_upper_j += energy_j * high;
      settle_model(*component, power, machine_.cpu_model->idle(), model, out);
    } else if (ns > 0 && last) {
      add_gap(*component, *model.begin, *last_now_, "load unknown", out);
    }
  }
  if (const auto component = machine_.memory_model_component()) {
    const MemoryPowerModel& memory = *machine_.memory_model;
    Model& model = models_[model_index(*component)];
    const double seconds = static_cast<double>(span_ns(*model.begin, *last_now_)) * 1e-9;
    summary_.components[*component].model_lower_j += memory.lower * memory.gigabytes * seconds;
    summary_.components[*component].model_upper_j += memory.upper * memory.gigabytes * seconds;
    settle_model(*component, memory.power(), watts(0.0), model, out);
  }
  if (const auto component = machine_.rest_component()) {
    const RestOfNode& rest = *machine_.rest_of_node;
    Model& model = models_[model_index(*component)];
    const double seconds = static_cast<double>(span_ns(*model.begin, *last_now_)) * 1e-9;
    summary_.components[*component].model_lower_j += rest.lower_w * seconds;
    summary_.components[*component].model_upper_j += rest.upper_w * seconds;
    settle_model(*component, watts(rest.watts), watts(rest.watts), model, out);
  }
}

void Pipeline::settle_model(std::size_t component, Power power, Power idle, Model& model, PipelineOutput& out) {
  const Duration length = nanoseconds(span_ns(*model.begin, *last_now_));
  if (length.ns <= 0) return;
  const SpanUsage usage = usage_between(model.usage_at_begin, usage_.totals());
  const Domain domain = machine_.component_domain(component);
  const AttributionInput input{domain.kind, domain.device, model.rounder.add(power * length), length, idle};
  add_fact(component, *model.begin, *last_now_, {}, attribute(input, usage, model.carry), out);
  model.begin = last_now_;
  model.usage_at_begin = usage_.totals();
}

void Pipeline::add_fact(std::size_t component, const Now& begin, const Now& end, EnergyAmount maybe_more,
                        const Split& split, PipelineOutput& out) {
  ComponentSummary& summary = summary_.components[component];
  summary.split += split;
  summary.maybe_more += maybe_more;
  summary_.curve.add(begin.wall, end.wall, split.attributed, split.idle);
  out.facts.push_back({static_cast<std::int32_t>(component), begin.mono.ns, end.mono.ns, split.total().count(),
                       maybe_more.count(), split.attributed.count(), split.others.count(), split.self.count(),
                       split.idle.count(), split.unattributed.count()});
  boundaries_.fact(out.facts.back());
}

void Pipeline::add_gap(std::size_t component, const Now& begin, const Now& end, std::string reason,
                       PipelineOutput& out) {
  summary_.components[component].gap_ns += span_ns(begin, end);
  out.gaps.push_back({static_cast<std::int32_t>(component), begin.mono.ns, end.mono.ns, std::move(reason)});
}

}  // namespace olivine
