// What the fuzzers hold every result against; a broken law ends the program, which libFuzzer reports as a crash.
//
// Units: microjoules, ns. Errors: abort. Threads: one. Lifetime: values.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/assess.h"
#include "engine/pipeline.h"
#include "report/render.h"

namespace olivine::fuzz {

inline void require(bool holds, const char* law, std::string_view detail = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken law: %s: %.*s\n", law, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

// An error is one short line.
inline void require_readable(std::string_view line) {
  require(!line.empty(), "an error says something");
  require(line.find('\n') == std::string_view::npos, "an error is one line", line);
  require(line.size() < 2000, "an error is short", line.substr(0, 2000));
}
template <class T>
bool is_ok(const Result<T>& result) {
  if (!result) require_readable(result.error().message);
  return result.has_value();
}

// The parts of each fact sum to it, nothing is negative, and the run's sums are those of its facts.
class Conservation {
 public:
  void take(const PipelineOutput& out) {
    for (const EnergyFact& f : out.facts) {
      for (const std::int64_t uj :
           {f.maybe_more_uj, f.attributed_uj, f.others_uj, f.self_uj, f.idle_uj, f.unattributed_uj})
        require(uj >= 0, "no part is negative", std::to_string(uj));
      const EnergyTotal parts = EnergyTotal{f.attributed_uj} + f.others_uj + f.self_uj + f.idle_uj + f.unattributed_uj;
      require(parts == f.measured_uj, "parts sum to the fact", std::to_string(f.measured_uj));
      require(f.begin_ns <= f.end_ns, "a fact's span runs forward");
      total_uj_ += parts;
    }
    for (const GapFact& g : out.gaps) require(g.begin_ns <= g.end_ns, "a gap's span runs forward", g.reason);
  }
  void finish(const PipelineSummary& summary) const {
    EnergyTotal sum_uj = 0;
    for (const ComponentSummary& c : summary.components) {
      sum_uj += c.split.total().count();
      require(c.gap_ns >= 0, "a gap has a length", std::to_string(c.gap_ns));
    }
    require(sum_uj == total_uj_, "the sums are those of the facts");
    require(summary.duration_ns >= 0 && summary.suspended_ns >= 0, "a run lasts");
  }

 private:
  EnergyTotal total_uj_ = 0;
};

template <class Q>
void require_sound(const Figure<Q>& figure, const char* name) {
  require(figure.coverage >= 0.0 && figure.coverage <= 1.0, "coverage is a share", name);
  if (!figure.value) return;
  const double low = figure.value->lower().canonical(), high = figure.value->upper().canonical();
  const double mean = figure.value->mean().canonical();
  require(low <= mean && mean <= high, "a range encloses its value", name);
}

// The record's figures are sound and every view of it can be drawn.
inline void require_sound(const RunRecord& record) {
  const RecordEnergy& e = record.energy;
  for (const auto* figure :
       {&e.total, &e.attributed, &e.idle_charged, &e.others, &e.self, &e.idle, &e.unattributed, &e.measured_node}) {
    require_sound(*figure, "energy");
    require(!figure->exact || figure->exact->count() >= 0, "energy is not negative");
  }
  if (e.measured_node.exact)
    require(e.attributed.exact && e.others.exact && e.self.exact && e.idle.exact && e.unattributed.exact &&
                *e.measured_node.exact ==
                    *e.attributed.exact + *e.others.exact + *e.self.exact + *e.idle.exact + *e.unattributed.exact,
            "the parts sum to the node's energy");
  require_sound(record.emissions.total, "emissions");
  require_sound(record.cost, "cost");
  require_sound(record.water, "water");
  require(!render_json(record).empty() && !render_csv_row(record).empty(), "a record can be shown");
  (void)render_details(record, {});
  (void)is_ok(explain_figure(record, "", {}));
}

// The assumptions of an ordinary run.
inline RunContext plain_context() {
  RunContext c;
  c.zone = "FR";
  c.pue = StatedValue{1.2, 1.0, 1.5, Basis::kUserStated, "flag --pue"};
  c.intensity_g_per_kwh = {56.0, 40.0, 80.0, Basis::kReference, "data/zones.csv"};
  c.embodied_kg = {1000.0, 500.0, 2000.0, Basis::kAssumed, "data/defaults.csv"};
  c.life_years = {5.0, 4.0, 6.0, Basis::kAssumed, "data/defaults.csv"};
  c.utilisation = {0.5, 0.2, 1.0, Basis::kAssumed, "data/defaults.csv"};
  c.price_per_kwh = StatedValue{0.2, 0.2, 0.2, Basis::kUserStated, "flag --price"};
  c.water_grid_l_per_kwh = {3.1, 1.0, 5.0, Basis::kReference, "data/defaults.csv"};
  c.gains["gain_rapl_intel"] = {1.0, 0.95, 1.05, Basis::kReference, "data/defaults.csv"};
  return c;
}

}  // namespace olivine::fuzz
