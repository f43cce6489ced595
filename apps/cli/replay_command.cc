// replay: computes a recorded trace with the live pipeline and keeps it as a run.
#include <fmt/core.h>
#include <unistd.h>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "engine/assess.h"
#include "engine/run_intensity.h"
#include "engine/setup.h"
#include "engine/trace_file.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostTraceBytes = std::size_t{256} << 20;

RunStart start_of(const App& app, const Trace& trace, const RunContext& context) {
  RunStart start;
  start.run_id = new_run_id(app.clock.now().wall);
  start.name = app.options.name.empty() ? app.options.text : app.options.name;
  start.project = app.config.get("project");
  start.command_json = "[]";
  start.machine_json = to_json(trace.machine);
  start.context_json = to_json(context);
  start.owner_pid = ::getpid();
  start.started = trace.samples.front().now;
  return start;
}

// One segment a settle, as a live run writes them.
Status store(Ledger& ledger, const RunStart& start, const Trace& trace, Pipeline& pipeline,
             std::vector<GapFact>& gaps) {
  OLIVINE_CHECK_STATUS(ledger.begin_run(start));
  std::vector<TickSample> pending;
  Batch batch;
  const auto keep = [&](const PipelineOutput& out) {
    batch.facts.insert(batch.facts.end(), out.facts.begin(), out.facts.end());
    batch.gaps.insert(batch.gaps.end(), out.gaps.begin(), out.gaps.end());
    gaps.insert(gaps.end(), out.gaps.begin(), out.gaps.end());
  };
  constexpr std::size_t kTicksPerSegment = 4096;
  constexpr std::size_t kEntriesPerSegment = 900'000;  // a segment holds 2^20 entries of GPUs, 2^24 readings
  std::size_t entries = 0;
  for (std::size_t i = 0; i < trace.samples.size(); ++i) {
    keep(pipeline.feed(trace.samples[i]));
    pending.push_back(trace.samples[i]);
    entries += trace.samples[i].readings.size();
    if (trace.samples[i].usage) entries += trace.samples[i].usage->gpus.size();
    const bool last = i + 1 == trace.samples.size();
    if (last) keep(pipeline.finish());
    if (pending.size() < kTicksPerSegment && entries < kEntriesPerSegment && !last) continue;
    batch.segment = Segment{pending.front().now.mono.ns, pending.back().now.mono.ns,
                            static_cast<std::int32_t>(pending.size()), encode_segment(pending)};
    OLIVINE_CHECK_STATUS(ledger.append(start.run_id, batch));
    pending.clear();
    entries = 0;
    batch = {};
  }
  return {};
}

Result<RunContext> context_of(App& app, const Trace& trace) {
  SetupInput input;
  input.facts.hostname = "recorded";
  input.facts.logical_cpus = trace.machine.logical_cpus;
  input.sources = trace.machine.sources;
  input.interval = trace.machine.interval;
  ZoneInputs zone_inputs;
  if (const Setting* zone = app.config.find("zone")) zone_inputs = {zone->value, std::nullopt, std::nullopt, "", ""};
  zone_inputs.cloud_metadata_file = "";  // the trace was recorded elsewhere
  return make_context(input, trace.machine, app.config, choose_zone(app.files, zone_inputs),
                      trace.samples.front().now.wall);
}

Result<int> replay_trace(App& app) {
  OLIVINE_TRY(const std::string text, read_text(app.files, app.options.text, kMostTraceBytes));
  OLIVINE_TRY(const Trace trace, parse_trace(text, app.options.text));
  OLIVINE_TRY(const RunContext context, context_of(app, trace));
  OLIVINE_TRY(const auto ledger, open_ledger(app));
  const RunStart start = start_of(app, trace, context);
  Pipeline pipeline(trace.machine);
  std::vector<GapFact> gaps;
  OLIVINE_CHECK_STATUS(store(*ledger, start, trace, pipeline, gaps));
  RunEnd end{};
  end.status = "done";
  end.ended_wall_ns = trace.samples.back().now.wall.ns;
  end.ended_mono_ns = trace.samples.back().now.mono.ns;
  AssessmentInput input{{start, end, std::nullopt}, trace.machine, context, {}, pipeline.summary(), gaps};
  input.closing.intensities = find_intensities({&app.files, app.grid_data_path()}, input);
  end.summary_json = to_json(input.closing);
  const RunRecord record = assess(input);
  end.record_json = render_json(record);
  OLIVINE_CHECK_STATUS(ledger->end_run(start.run_id, end));
  return app.options.json ? print_json(app, end.record_json) : print(render_summary(record, app.style(false)));
}

}  // namespace

int replay_command(App& app) {
  const auto code = replay_trace(app);
  return code ? *code : report_error(code.error());
}

}  // namespace olivine::cli
