#include "engine/trace_file.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/json_fields.h"
#include "engine/sample_check.h"

namespace olivine {
namespace {
constexpr std::size_t kMostTicks = 1'000'000;
constexpr Duration kSettleEvery = milliseconds(100);
using Json = nlohmann::json;

Result<MachineDescription> parse_header(std::string_view line) {
  if (nests_deeper(line, kDeepestDocument)) return fail(ErrorKind::kInvalid, "the header nests deeper than 32 levels");
  const Json header = Json::parse(line, nullptr, false);
  if (!header.is_object() || header.value("schema", Json()) != "olivine.trace/1" || !header.contains("machine"))
    return fail(ErrorKind::kInvalid, "the first line must be {\"schema\":\"olivine.trace/1\",\"machine\":{...}}");
  return machine_from_json(header["machine"].dump());
}

}  // namespace

std::string trace_header(const MachineDescription& machine) {
  return Json{{"schema", "olivine.trace/1"}, {"machine", Json::parse(to_json(machine))}}.dump();
}

Result<Trace> parse_trace(std::string_view text, std::string_view name) {
  Trace trace;
  std::optional<SampleCheck> check;
  std::int64_t settled_ns = 0;
  std::size_t number = 0;
  for (const std::string_view raw_line : split(text, '\n')) {
    ++number;
    const std::string where = fmt::format("{}:{}", printable(name), number);
    const std::string_view line = trim(raw_line);
    if (number == 1) {
      auto machine = parse_header(line);
      if (!machine) return fail(ErrorKind::kInvalid, where + ": " + machine.error().message);
      trace.machine = std::move(*machine);
      check.emplace(trace.machine);
      continue;
    }
    if (line.empty()) continue;
    auto sample = decode_trace_line(line);
    if (!sample) return fail(ErrorKind::kInvalid, where + ": " + sample.error().message);
    if (const Status sound = check->take(*sample); !sound)
      return fail(ErrorKind::kInvalid, where + ": " + sound.error().message);
    if (trace.samples.size() >= kMostTicks)
      return fail(ErrorKind::kInvalid, fmt::format("{}: more than {} ticks; split the trace", where, kMostTicks));
    if (sample->now.mono.ns - settled_ns >= kSettleEvery.ns) sample->settle = true;
    if (sample->settle) settled_ns = sample->now.mono.ns;
    trace.samples.push_back(std::move(*sample));
  }
  if (trace.samples.size() < 2)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: a trace needs a header and at least two ticks", printable(name), number));
  trace.samples.back().settle = true;
  return trace;
}

}  // namespace olivine
