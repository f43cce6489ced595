// The ledger: energy facts and stored assessments in one SQLite file. Facts are appended once and never rewritten; a
// removed run leaves a tombstone. Everything that the pipeline read is kept beside the facts as checksummed segments, so
// that `olivine verify` can compute the facts again.
//
// Format: docs/ledger-format.md. Schema version in `meta`; a newer file than this program is refused, an older one is
// migrated forward. WAL with synchronous=NORMAL on local disks: a killed process loses at most the open commit interval.
// On network file systems (NFS, SMB, Lustre, GPFS, ...) WAL is unsafe; there the rollback journal is used and said so.
//
// Units: microjoules in int64, nanoseconds in int64, UTC. Errors: kTransient when the disk is full or the file is busy
// (the caller keeps the batch and retries: the work goes on), kCorrupt for damage (names file and row), kInvalid for a
// newer schema. Threads: one Ledger per thread; several processes may share the file. Lifetime: closes on destruction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "units/amount.h"

namespace olivine {

struct RunStart {
  std::string run_id;  // UUIDv7
  std::string name, project;
  std::string command_json;  // redacted argv as JSON array
  std::string machine_json;  // everything the pipeline needs to run again: sources, models, settings
  std::string context_json;  // host, software, hardware, user options of the assessment
  std::string boot_id;       // with owner_pid and owner_start: tells whether the writer still lives
  std::int64_t owner_pid = 0;
  std::int64_t owner_start_ticks = 0;
  Now started;
};

// One component's energy in one span; the five parts sum to measured_uj (a CHECK constraint of the table).
struct EnergyFact {
  std::int32_t component = 0;             // index into the components of machine_json
  std::int64_t begin_ns = 0, end_ns = 0;  // monotonic
  std::int64_t measured_uj = 0, maybe_more_uj = 0;
  std::int64_t attributed_uj = 0, others_uj = 0, self_uj = 0, idle_uj = 0, unattributed_uj = 0;
  bool operator==(const EnergyFact&) const = default;
};

// A span for which a component's energy is not known.
struct GapFact {
  std::int32_t component = 0;
  std::int64_t begin_ns = 0, end_ns = 0;
  std::string reason;  // "reset", "unreadable", "killed", "disk full"
  bool operator==(const GapFact&) const = default;
};

// Raw samples of one commit, encoded by the engine; stored with a content hash that every read checks.
struct Segment {
  std::int64_t begin_ns = 0, end_ns = 0;  // monotonic, first and last tick
  std::int32_t ticks = 0;
  std::string bytes;
  bool operator==(const Segment&) const = default;
};

struct Batch {  // one transaction
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
  std::optional<Segment> segment;
};

struct RunEnd {
  std::string status;  // "done", "failed", "interrupted", "submitted": let go, not watched
  std::int64_t ended_wall_ns = 0, ended_mono_ns = 0;
  std::optional<int> exit_code, exit_signal;
  std::string summary_json;  // usage totals, ticks, missed, gaps: what the record needs beside the facts
  std::string record_json;   // the assessment as printed, olivine.run/1; may be added later (store_record)
};

struct RunRow {
  RunStart start;
  std::optional<RunEnd> end;        // absent: still running, or cut off
  std::optional<WallTime> removed;  // tombstone: start.run_id and times stay, everything else is gone
};

struct StoredRun {
  RunRow run;
  std::vector<EnergyFact> facts;  // in order of append
  std::vector<GapFact> gaps;
  std::vector<Segment> segments;
};

class LedgerWriter {
 public:
  virtual ~LedgerWriter() = default;
  virtual Status begin_run(const RunStart& start) = 0;
  virtual Status append(const std::string& run_id, const Batch& batch) = 0;
  virtual Status end_run(const std::string& run_id, const RunEnd& end) = 0;
  // How long a write waits from now on while another process holds the ledger's lock; kTransient when that is not enough.
  virtual void wait_at_most(Duration) {}
};

class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  virtual Result<std::vector<RunRow>> runs() = 0;  // newest first, tombstones too
  // By full id, unique prefix of at least 4 digits, name (the newest), or "last". kNotFound says how to list.
  virtual Result<RunRow> find(const std::string& run) = 0;
  virtual Result<StoredRun> load(const std::string& run_id) = 0;
};

class Ledger final : public LedgerWriter, public LedgerReader {
 public:
  struct Options {
    std::string path;  // created with its directory (0700), file 0600
    Duration busy_timeout = seconds(2);
    std::optional<bool> network_home;  // tests: overrides statfs
  };
  static Result<std::unique_ptr<Ledger>> open(const Options& options);
  static Result<std::unique_ptr<Ledger>> open_read_only(const std::string& path);  // kNotFound: no run was recorded yet
  ~Ledger() override;

  Status begin_run(const RunStart& start) override;
  Status append(const std::string& run_id, const Batch& batch) override;
  Status end_run(const std::string& run_id, const RunEnd& end) override;
  void wait_at_most(Duration limit) override;
  Result<std::vector<RunRow>> runs() override;
  Result<RunRow> find(const std::string& run) override;
  Result<StoredRun> load(const std::string& run_id) override;

  // Runs without an end and without a tombstone: still running, or cut off. Cheap (indexed).
  Result<std::vector<RunRow>> unfinished();
  Status remove(const std::string& run_id, WallTime now);  // leaves a tombstone
  // Structural check: SQLite integrity, constraints, segment hashes; one line per fault, empty when sound.
  Result<std::vector<std::string>> check();
  // Said once to the user, e.g. that WAL is off on a network home; empty when there is nothing to say.
  const std::string& notice() const;

 private:
  struct Impl;
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A new UUIDv7: 48 bits of wall time in ms, then random bits; sorts by time.
std::string new_run_id(WallTime now);

}  // namespace olivine
