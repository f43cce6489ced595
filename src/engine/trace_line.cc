// Trace lines: one tick as a JSON object; docs/schemas/trace.schema.json.
//
//   {"mono_ns":1,"wall_ns":2,"boot_ns":1,"raw":[123,null,"gone","skipped"],"settle":true,"usage":{"run_cpu_ns":5}}
#include <nlohmann/json.hpp>

#include <array>

#include "engine/sample.h"

namespace olivine {
namespace {
using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, std::optional<std::int64_t> UsageReading::*>, 5> kFields{
    {{"run_cpu_ns", &UsageReading::run_cpu_ns},
     {"machine_busy_ns", &UsageReading::machine_busy_ns},
     {"self_cpu_ns", &UsageReading::self_cpu_ns},
     {"run_memory_bytes", &UsageReading::run_memory_bytes},
     {"machine_used_bytes", &UsageReading::machine_used_bytes}}};

Json reading_json(const RawReading& r) {
  switch (r.state) {
    case ReadingState::kValue: return r.raw;
    case ReadingState::kFailed: return nullptr;
    case ReadingState::kGone: return "gone";
    case ReadingState::kSkipped: return "skipped";
  }
  return nullptr;
}

bool read_reading(const Json& j, RawReading& r) {
  if (j.is_number_unsigned()) r = {ReadingState::kValue, j.get<std::uint64_t>()};
  else if (j.is_null()) r = {ReadingState::kFailed, 0};
  else if (j == "gone") r = {ReadingState::kGone, 0};
  else if (j == "skipped") r = {ReadingState::kSkipped, 0};
  else return false;
  return true;
}

Json usage_json(const UsageReading& usage) {
  Json j = Json::object();
  for (const auto& [name, field] : kFields)
    if (usage.*field) j[name] = *(usage.*field);
  for (const GpuUse& g : usage.gpus)
    j["gpus"].push_back({{"device", g.device},
                         {"run_contexts", g.run_contexts},
                         {"other_contexts", g.other_contexts},
                         {"run_sm_percent", g.run_sm_percent},
                         {"other_sm_percent", g.other_sm_percent}});
  return j;
}

UsageReading read_usage(const Json& j) {
  UsageReading usage;
  for (const auto& [name, field] : kFields)
    if (j.contains(name)) usage.*field = j.at(name).get<std::int64_t>();
  if (j.contains("gpus"))
    for (const Json& g : j.at("gpus"))
      usage.gpus.push_back({g.at("device"), g.at("run_contexts"), g.at("other_contexts"), g.at("run_sm_percent"), g.at("other_sm_percent")});
  return usage;
}

}  // namespace

std::string encode_trace_line(const TickSample& sample) {
  Json j{{"mono_ns", sample.now.mono.ns}, {"wall_ns", sample.now.wall.ns}, {"boot_ns", sample.now.boot_ns}};
  j["raw"] = Json::array();
  for (const RawReading& r : sample.readings) j["raw"].push_back(reading_json(r));
  if (sample.settle) j["settle"] = true;
  if (sample.usage) j["usage"] = usage_json(*sample.usage);
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TickSample> decode_trace_line(std::string_view line) {
  try {
    const Json j = Json::parse(line);
    TickSample sample;
    sample.now = {{j.at("wall_ns").get<std::int64_t>()}, {j.at("mono_ns").get<std::int64_t>()}, j.at("boot_ns").get<std::int64_t>()};
    for (const Json& r : j.at("raw")) {
      RawReading reading;
      if (!read_reading(r, reading))
        return fail(ErrorKind::kInvalid, "reading " + r.dump() + " is not a whole number, null, \"gone\" or \"skipped\"");
      sample.readings.push_back(reading);
    }
    if (j.contains("settle")) sample.settle = j.at("settle").get<bool>();
    if (j.contains("usage")) sample.usage = read_usage(j.at("usage"));
    return sample;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kInvalid, std::string("not a tick of a trace: ") + e.what());
  }
}

}  // namespace olivine
