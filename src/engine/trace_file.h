// Trace files: a recorded run as text, one JSON document a line. The first line is a header with the machine description,
// each further line one tick (sample.h). The same pipeline computes it as computes a live run.
//
//   {"schema":"olivine.trace/1","machine":{...},"name":"recorded"}
//   {"t":...}
//
// Units: as sample.h. Errors: kInvalid names file and line. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/machine.h"
#include "engine/sample.h"

namespace olivine {

struct Trace {
  MachineDescription machine;
  std::vector<TickSample> samples;  // settles at least every commit interval: the reader adds the flag where needed
};

// `name` is used in errors. At most 1,000,000 ticks; time must not run backwards.
Result<Trace> parse_trace(std::string_view text, std::string_view name);
std::string trace_header(const MachineDescription& machine);

}  // namespace olivine
