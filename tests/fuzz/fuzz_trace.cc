// Fuzzes traces: any bytes are a trace or one line that names file and line; what parses goes through the pipeline and the
// assessment, and no energy is made, lost or negative.
#include <cstdint>
#include <string_view>

#include "engine/trace_file.h"
#include "tests/fuzz/laws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace olivine;
  using fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto trace = parse_trace(text, "fuzz.trace");
  if (!fuzz::is_ok(trace)) {
    const std::string& message = trace.error().message;
    constexpr std::string_view kFile = "fuzz.trace:";
    require(message.starts_with(kFile) && message.size() > kFile.size() && message[kFile.size()] >= '1' &&
                message[kFile.size()] <= '9',
            "an error names file and line", message);
    return 0;
  }
  Pipeline pipeline(trace->machine);
  fuzz::Conservation law;
  AssessmentInput input;
  for (const TickSample& sample : trace->samples) {
    const PipelineOutput out = pipeline.feed(sample);
    law.take(out);
    input.gaps.insert(input.gaps.end(), out.gaps.begin(), out.gaps.end());
  }
  const PipelineOutput last = pipeline.finish();
  law.take(last);
  law.finish(pipeline.summary());
  input.gaps.insert(input.gaps.end(), last.gaps.begin(), last.gaps.end());
  input.run.start.started = trace->samples.front().now;
  input.machine = trace->machine;
  input.context = fuzz::plain_context();
  input.summary = pipeline.summary();
  fuzz::require_sound(assess(input));
  const auto header = machine_from_json(to_json(trace->machine));
  require(header.has_value() && header->sources == trace->machine.sources, "a description is kept");
  return 0;
}
