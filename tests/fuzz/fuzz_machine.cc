// Fuzzes what the ledger keeps of a run: any description, context, closing and record, and any samples, are assessed and
// verified, or refused in one line.
//
// The input is text in parts, each ended by a line "---": machine, context, closing, record; then trace lines.
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/verify.h"
#include "tests/fuzz/laws.h"

namespace {

using namespace olivine;

std::string_view take_part(std::string_view& text) {
  constexpr std::string_view kEnd = "\n---\n";
  const std::size_t end = text.find(kEnd);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + kEnd.size());
  return part;
}

StoredRun stored_run(std::string_view text) {
  StoredRun stored;
  stored.run.start.machine_json = take_part(text);
  stored.run.start.context_json = take_part(text);
  RunEnd end;
  end.status = "done";
  end.exit_code = 0;
  end.summary_json = take_part(text);
  end.record_json = take_part(text);
  stored.run.start.command_json = end.record_json;
  if (!end.summary_json.empty()) stored.run.end = end;
  std::vector<TickSample> samples;
  bool first = true;
  for (const std::string_view line : split(text, '\n')) {
    if (auto sample = decode_trace_line(line)) {
      if (std::exchange(first, false)) stored.run.start.started = sample->now;
      if (stored.run.end) stored.run.end->ended_wall_ns = sample->now.wall.ns;
      samples.push_back(std::move(*sample));
    }
    if (!samples.empty() && samples.back().settle) {
      stored.segments.push_back({0, 0, 1, encode_segment(samples)});
      samples.clear();
    }
  }
  stored.segments.push_back({0, 0, 1, encode_segment(samples)});
  return stored;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  StoredRun stored = stored_run(text);
  if (const auto context = context_from_json(stored.run.start.context_json); fuzz::is_ok(context))
    fuzz::require(context_from_json(to_json(*context)).has_value(), "a context is kept");
  if (const auto machine = machine_from_json(stored.run.start.machine_json); fuzz::is_ok(machine))
    fuzz::require(machine_from_json(to_json(*machine)).has_value(), "a description is kept");
  const auto replayed = replay(stored);
  if (fuzz::is_ok(replayed)) {
    fuzz::Conservation law;
    law.take({replayed->facts, replayed->gaps});
    law.finish(replayed->summary);
    stored.facts = replayed->facts;
    stored.gaps = replayed->gaps;
  }
  const auto record = assess_stored(stored);
  if (fuzz::is_ok(record)) fuzz::require_sound(*record);
  (void)fuzz::is_ok(verify_run(stored));
  if (record && stored.run.end) {
    stored.run.end->record_json = render_json(*record);
    const auto differences = verify_run(stored);
    fuzz::require(differences.has_value() && differences->empty(), "what was just computed is verified");
  }
  return 0;
}
