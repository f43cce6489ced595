// The pipeline of one run: extend -> cover -> attribute, a pure function of the machine description and the samples.
// A live run, a replayed trace and `olivine verify` feed it alike and get identical facts.
//
// A tick extends counters and integrates gauges; a settling tick also attributes. A source whose read failed settles
// later, over the longer span, so that no joule is lost and none is invented. With an enclosing meter (psys, board) the
// sources settle together, because a rest is a difference over one common span; they wait ten settles for a failing
// member, then go on without it: what it draws is in the rest, or, where nothing encloses it, in a gap that is named.
//
//   Pipeline pipeline(machine);
//   for (const TickSample& sample : samples) {
//     PipelineOutput out = pipeline.feed(sample);     // facts and gaps, empty unless sample.settle
//   }
// A sample with an empty usage reading (not an absent one) is a cut: the run's writer was killed, and a later command
// reads the counters once more. Energy since the last good reading is then unattributed; the run's duration stays.
//
//   PipelineOutput last = pipeline.finish();          // settles what is pending; names spans that stayed unknown
//
// Units: whole microjoules, ns. Errors: none; throws std::logic_error when a sample has another number of readings.
// Threads: one. Lifetime: value.
#pragma once

#include <vector>

#include "attribution/attribute.h"
#include "engine/boundary_meter.h"
#include "engine/energy_curve.h"
#include "engine/machine.h"
#include "engine/sample.h"
#include "ledger/ledger.h"
#include "series/counter_extender.h"

namespace olivine {

struct PipelineOutput {
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
};

// What is known of one component after the run, beside its facts.
struct ComponentSummary {
  Split split;
  EnergyAmount maybe_more;
  std::int64_t gap_ns = 0;
  double model_lower_j = 0.0, model_upper_j = 0.0;  // of modelled components: energy at the model's bounds
  std::optional<std::uint64_t> first_raw, last_raw;
  std::int64_t good_reads = 0, failed_reads = 0, wraps = 0, resets = 0, implausible = 0;
};

struct PipelineSummary {
  std::vector<ComponentSummary> components;
  std::int64_t ticks = 0;
  std::int64_t duration_ns = 0;   // monotonic, first to last tick
  std::int64_t suspended_ns = 0;  // boot time beyond monotonic time
  std::optional<double> run_cpu_ns, others_cpu_ns, self_cpu_ns;
  double run_memory_byte_ns = 0.0;  // integral of memory held
  double gpu_known_ns = 0.0,
         gpu_held_ns = 0.0;  // summed over GPUs: time for which their holders are known; the run's part of it
  EnergyCurve curve;         // when the energy was used
  std::vector<Mark> marks;   // of the work
  std::vector<BoundaryEnergy> boundaries;  // one a mark, once finished
};

class Pipeline {
 public:
  explicit Pipeline(MachineDescription machine);
  PipelineOutput feed(const TickSample& sample);
  PipelineOutput finish();
  const PipelineSummary& summary() const { return summary_; }
  const MachineDescription& machine() const { return machine_; }

 private:
  struct Meter {  // one source
    explicit Meter(CounterLimits limits) : extender(limits) {}
    CounterExtender extender;
    CumulativeRounder rounder;
    CumulativeApportioner carry{5};
    EnergyAmount pending;      // read but not yet attributed
    std::optional<Now> begin;  // of the pending span
    std::optional<Now> last_good;
    std::int64_t gap_ns = 0;        // inside the pending span: its energy is not in `pending`
    std::optional<Now> lost_since;  // the group went on without it; the time since then is not settled
    double last_power_w = 0.0;      // of a gauge
    UsageAccumulator::Totals usage_at_begin;
    bool good_now = false;
    int deferred = 0;  // settles that waited for this meter
  };
  struct Model {  // a modelled component
    CumulativeRounder rounder;
    CumulativeApportioner carry{5};
    UsageAccumulator::Totals usage_at_begin;
    std::optional<Now> begin;
  };

  void hold_gpus(std::int64_t step_ns);
  void read_meter(std::size_t index, const RawReading& reading, const Now& now, PipelineOutput& out);
  void feed_counter(std::size_t index, std::uint64_t raw, const Now& now, PipelineOutput& out);
  void feed_gauge(std::size_t index, std::uint64_t raw, const Now& now, PipelineOutput& out);
  void settle(PipelineOutput& out, bool last);
  void settle_metered(PipelineOutput& out, bool last);
  bool group_ready(bool last);
  void settle_meters(const std::vector<std::size_t>& indices, PipelineOutput& out, bool last);
  bool left_out(std::size_t index, bool last) const;
  bool late_enclosure(std::size_t index) const;
  void settle_leaf(std::size_t index, DomainKind kind, EnergyAmount energy, EnergyAmount maybe_more,
                   PipelineOutput& out);
  void leave_out(std::size_t index, bool enclosed, PipelineOutput& out);
  void settle_models(PipelineOutput& out, bool last);
  void settle_model(std::size_t component, Power power, Power idle, Model& model, PipelineOutput& out);
  void add_fact(std::size_t component, const Now& begin, const Now& end, EnergyAmount maybe_more, const Split& split,
                PipelineOutput& out);
  void add_gap(std::size_t component, const Now& begin, const Now& end, std::string reason, PipelineOutput& out);
  std::size_t model_index(std::size_t component) const { return component - machine_.sources.size(); }

  MachineDescription machine_;
  std::vector<Meter> meters_;
  std::vector<Model> models_;
  UsageAccumulator usage_;
  std::optional<Now> first_now_, last_now_;
  bool usage_fresh_ = false;
  bool cut_ = false;
  bool grouped_ = false;  // an enclosing meter is there
  BoundaryMeter boundaries_;
  PipelineSummary summary_;
};

}  // namespace olivine
