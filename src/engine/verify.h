// verify: computes a stored run again from its raw samples and names every key that differs; and closes runs whose
// writer was killed.
//
// Units: by type. Errors: kCorrupt when stored samples do not decode. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "engine/assess.h"
#include "engine/difference.h"
#include "ledger/ledger.h"
#include "sensors/energy_source.h"

namespace olivine {

// Facts, gaps, conservation, and the stored record key by key. Empty: everything was reproduced.
Result<std::vector<Difference>> verify_run(const StoredRun& stored);
// The JSON documents key by key; numbers by their text.
std::vector<Difference> compare_json(const std::string& stored, const std::string& recomputed);

// Whether the process that wrote the run still lives.
bool owner_lives(FileSystem& files, const std::string& procfs_root, const std::string& boot_id, const RunStart& start);

// Whether another host than this began the run, as far as it says where: a ledger may lie where hosts share files, and there
// nobody here knows whether the writer lives.
bool begun_elsewhere(const RunStart& start, const std::string& hostname);

// Closes a run that was cut off: energy since its last commit, as far as the counters survived, is booked as
// unattributed; status "interrupted", exit null. `sources` are this machine's, read at `now`; those of the run are found
// by id. Another boot: the counters started anew and the span stays a gap.
struct LiveSources {
  std::vector<EnergySource*> sources;
  std::string boot_id;
};
Status close_interrupted(Ledger& ledger, const std::string& run_id, const LiveSources& live, const Now& now);

}  // namespace olivine
