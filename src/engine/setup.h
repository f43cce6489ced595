// Setup: from what this machine is and what the user said, to the description that the pipeline needs and the context
// that the assessment needs. Everything that was not measured or said is a default with its range, and is listed.
//
// Units: by name. Errors: kInvalid for a setting that makes no sense (an unknown zone, PUE below 1), with the fix.
// Threads: pure but for the fact tables. Lifetime: values.
#pragma once

#include <optional>
#include <vector>

#include "engine/config.h"
#include "engine/context.h"
#include "engine/machine.h"
#include "grid/zone_source.h"
#include "hardware/machine_probe.h"

namespace olivine {

// The processor as the catalogue knows it, or the default for its class.
CpuEntry cpu_of(const MachineFacts& facts);
// Whether PUE applies: a server, a cloud, or a virtual machine on a server processor.
bool in_data_centre(const MachineFacts& facts, const CpuEntry& cpu, const ZoneChoice& zone);

struct SetupInput {
  MachineFacts facts;
  std::vector<SourceInfo> sources;
  std::vector<SourceTrouble> troubles;
  Duration interval;
  bool plane_node = false;
  std::vector<std::string> gpu_names;  // as NVML has them, one for each GPU that the command may use
};
// Chooses where models stand in: CPU where no package is metered and nothing encloses it, memory where no DRAM is metered
// and the package does not hold it.
MachineDescription describe_machine(const SetupInput& input);

// `when`: the start of the run.
Result<RunContext> make_context(const SetupInput& input, const MachineDescription& machine, const Config& config,
                                const ZoneChoice& zone, WallTime when);

// The interval that suits these sources: at most a quarter of the fastest possible wrap and not faster than they publish;
// 100 ms where nothing binds. `why` says what decided.
struct IntervalChoice {
  Duration interval;
  std::string why;
};
IntervalChoice choose_interval(const std::vector<SourceInfo>& sources);

}  // namespace olivine
