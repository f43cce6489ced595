// Oracle: what is true of one run, recorded tick by tick from the FakeMachine, and the comparison with what the pipeline
// said. It knows nothing of wraps, resets or failed reads: only what each meter counted in all at each tick.
//
// Units: microjoules, monotonic ns. Errors: as sentences. Threads: one. Lifetime: value; the machine outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/machine.h"
#include "engine/pipeline.h"
#include "testing/fake_machine.h"

namespace olivine {

class Oracle {
 public:
  using Complain = std::function<void(std::string)>;
  Oracle(const FakeMachine& machine, MachineDescription description, Complain complain);

  // What the meters show now; `disturbed`: something happened to the meter (or to all) since the last tick that makes an
  // unknown span legitimate.
  void tick(const Now& now);
  void read_failed(std::size_t source) { cause(source); }
  void disturb(std::size_t meter);
  void disturb_all();
  void take(const PipelineOutput& out);

  const std::vector<EnergyFact>& facts() const { return facts_; }
  const std::vector<GapFact>& gaps() const { return gaps_; }
  // All checks that need the whole run. `cut`: its writer was killed.
  void finish(const PipelineSummary& summary, bool cut);
  void check_record(const PipelineSummary& summary);
  std::int64_t ranges() const { return ranges_; }                // records with a known node energy
  std::int64_t missed_ranges() const { return missed_ranges_; }  // those whose 95 % range does not hold the truth

 private:
  struct Snapshot {
    std::vector<std::int64_t> shown_uj, true_uj;  // by source
    std::int64_t boot_ns = 0;
    FakeMachine::Truth truth;
  };
  std::int64_t shown_between(std::size_t source, std::int64_t begin_ns, std::int64_t end_ns);
  std::int64_t gaps_between(std::size_t source, std::int64_t begin_ns, std::int64_t end_ns);
  void cause(std::size_t source) { causes_[source].push_back(now_ns_); }
  bool encloses_all() const;  // a psys is there
  void check_fact(const EnergyFact& fact);
  void check_cover(std::size_t source);
  void check_causes(const GapFact& gap);
  void check_enclosed_total();
  void check_unproven();
  void check_shares();
  double true_joules(bool with_rest, bool with_unproven) const;

  const FakeMachine& machine_;
  MachineDescription description_;
  Complain complain_;
  std::vector<std::size_t> meter_of_;  // of each source
  std::vector<EnergyFact> facts_;
  std::vector<GapFact> gaps_;
  std::map<std::int64_t, Snapshot> ticks_;
  std::map<std::size_t, std::vector<std::int64_t>> causes_;
  std::int64_t now_ns_ = 0, ranges_ = 0, missed_ranges_ = 0;
};

}  // namespace olivine
