// Recorder: one live run. Each tick reads all sources at one `now`, feeds the pipeline and keeps the sample; a settling
// tick also commits facts and raw readings to the ledger in one transaction.
//
// When the ledger cannot take a batch (disk full, busy), the batch is kept and tried again at the next settle: the work
// goes on. When too much is kept, ticks are left out (counted as missed) until the disk takes it: counters lose nothing by
// a longer span.
//
// For another process's lock on the ledger the run's start waits 2 s, a settle 20 ms (it is a warning only when the lock lasts 2 s),
// the end 2 s in all, then one try more: after that the record says that its end is not in the ledger, and lost() why.
//
// Units: by type. Errors: never fails the run; troubles are collected for the record. Threads: one. Lifetime: clock,
// ledger and sources outlive it. The ledger may be absent (read-only home): then only the record at the end is lost.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/context.h"
#include "engine/energy_so_far.h"
#include "engine/pipeline.h"
#include "engine/run_intensity.h"
#include "ledger/ledger.h"
#include "sensors/energy_source.h"

namespace olivine {

class Recorder {
 public:
  struct Parts {
    const Clock& clock;
    LedgerWriter* ledger;  // null: nothing is stored
    std::vector<EnergySource*> sources;
    MachineDescription machine;
    RunStart start;  // machine_json and context_json filled in
  };
  explicit Recorder(Parts parts);

  // Writes the run's row. An error leaves the recorder working without a ledger.
  Status begin();
  // `usage` as read just now; absent when nothing could be read.
  void tick(const std::optional<UsageReading>& usage, bool settle);
  // A settling tick that leaves the ledger to the next one: for who cannot wait for its lock.
  void settle(const std::optional<UsageReading>& usage) { take(usage, true); }
  // What the work said since the last tick; goes with the next one.
  void marks(std::vector<Mark> marks) { marks_.insert(marks_.end(), marks.begin(), marks.end()); }
  void mark_notes(std::vector<std::string> notes) { closing_.mark_notes = std::move(notes); }
  void count_missed(std::int64_t ticks) { closing_.missed_ticks += ticks; }
  void left_running(std::vector<std::string> names) { closing_.left_running = std::move(names); }
  void followed_by(std::string method) { closing_.followed_by = std::move(method); }
  void scheduled(RecordSchedule schedule) { closing_.schedule = std::move(schedule); }
  void budgeted(RecordBudget budget) { closing_.budget = std::move(budget); }
  void scope_terms(std::vector<RecordTerms> terms) { closing_.scope_terms = std::move(terms); }
  // What is settled so far: attributed to the run, and of the whole machine.
  Split settled() const;
  // The same as the record will count it.
  EnergySoFar so_far(const RunContext& context) const {
    return energy_so_far(parts_.machine, pipeline_.summary(), context);
  }
  void warn(std::string once);
  // Why some of this run or all of it is not in the ledger; "" when it is.
  const std::string& lost() const { return lost_; }

  struct Exit {
    std::optional<int> code, signal;
    std::string status = "";  // of a job of others; "": as the code says
  };
  // Settles what is pending, assesses, and closes the run in the ledger. Call tick(usage, true) before. `grid`: where the
  // intensities of the run's own hours are looked up; nowhere: the context's factor serves.
  RunRecord finish(const Exit& exit, const RunContext& context, const GridFolder& grid = {});

 private:
  RawReading read(std::size_t index, const Now& now);
  void take(const std::optional<UsageReading>& usage, bool settle);
  void keep(PipelineOutput out);
  bool commit();
  void could_not_write(const Error& error);

  Parts parts_;
  Pipeline pipeline_;
  std::vector<TickSample> samples_;  // since the last commit
  std::vector<Mark> marks_;          // since the last tick
  Batch batch_;
  std::vector<GapFact> gaps_;  // of the whole run
  std::vector<std::int64_t> last_read_ns_;
  std::size_t kept_bytes_ = 0;
  RunClosing closing_;
  std::string lost_, unwritten_;  // the latter: why, of the last batch that was not taken
  std::optional<std::int64_t> busy_since_ns_;
};

}  // namespace olivine
