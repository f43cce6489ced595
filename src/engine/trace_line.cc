// Trace lines: one tick as a JSON object; docs/schemas/trace.schema.json.
//
//   {"mono_ns":1,"wall_ns":2,"boot_ns":1,"raw":[123,null,"gone","skipped"],"settle":true,"usage":{"run_cpu_ns":5}}
//
// null: this read failed. A key that is not known is an error: in a line written by hand it is a slip.
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/sample.h"
#include "engine/sample_limits.h"

namespace olivine {

namespace {
using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestLine = std::size_t{16} << 20;
constexpr std::size_t kDeepestLine = 8;

struct UsageField {
  const char* name;
  std::optional<std::int64_t> UsageReading::* member;
};
constexpr std::array<UsageField, 5> kUsageFields{{{"run_cpu_ns", &UsageReading::run_cpu_ns},
                                                  {"machine_busy_ns", &UsageReading::machine_busy_ns},
                                                  {"self_cpu_ns", &UsageReading::self_cpu_ns},
                                                  {"run_memory_bytes", &UsageReading::run_memory_bytes},
                                                  {"machine_used_bytes", &UsageReading::machine_used_bytes}}};

Json json_of(const RawReading& reading) {
  switch (reading.state) {
    case ReadingState::kValue: return reading.raw;
    case ReadingState::kFailed: return nullptr;
    case ReadingState::kGone: return "gone";
    case ReadingState::kSkipped: return "skipped";
  }
  return nullptr;
}

Json json_of(const UsageReading& usage) {
  Json json = Json::object();
  for (const UsageField& field : kUsageFields) {
    if (usage.*field.member) json[field.name] = *(usage.*field.member);
  }
  for (const GpuUse& gpu : usage.gpus) {
    json["gpus"].push_back({{"device", gpu.device},
                            {"run_contexts", gpu.run_contexts},
                            {"other_contexts", gpu.other_contexts},
                            {"run_sm_percent", gpu.run_sm_percent},
                            {"other_sm_percent", gpu.other_sm_percent}});
  }
  return json;
}

tl::unexpected<Error> not_a_tick(const std::string& what) {
  return fail(ErrorKind::kCorrupt, "not a tick of a trace: " + what);
}

// A value as a short text for an error.
std::string shown(const Json& json) {
  constexpr std::size_t kShown = 40;
  const std::string text = printable(json.dump(-1, ' ', true, Json::error_handler_t::replace));
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

Result<std::int64_t> integer_of(const Json& json, std::string_view name, std::int64_t low, std::int64_t high) {
  const bool fits = json.is_number_unsigned()
                        ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(high) &&
                              (low <= 0 || json.get<std::uint64_t>() >= static_cast<std::uint64_t>(low))
                        : json.is_number_integer() && json.get<std::int64_t>() >= low;
  if (!fits) return not_a_tick(fmt::format("{} is {}, not a whole number in its range", name, shown(json)));
  return json.get<std::int64_t>();
}

Result<std::int64_t> integer_of(const Json& json, std::string_view name) {
  return integer_of(json, name, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
}

Result<double> percent_of(const Json& json, std::string_view name) {
  if (json.is_null()) return std::numeric_limits<double>::quiet_NaN();  // how a value that is no number was written
  if (!json.is_number()) return not_a_tick(fmt::format("{} is {}, not a number", name, shown(json)));
  return json.get<double>();
}

Result<RawReading> reading_of(const Json& json) {
  if (json.is_number_unsigned()) return RawReading{ReadingState::kValue, json.get<std::uint64_t>()};
  if (json.is_null()) return RawReading{ReadingState::kFailed, 0};
  if (json == "gone") return RawReading{ReadingState::kGone, 0};
  if (json == "skipped") return RawReading{ReadingState::kSkipped, 0};
  return not_a_tick(fmt::format("reading {} is not a whole number, null, \"gone\" or \"skipped\"", shown(json)));
}

Result<GpuUse> gpu_of(const Json& json) {
  constexpr std::int64_t kLow = std::numeric_limits<std::int32_t>::min(),
                         kHigh = std::numeric_limits<std::int32_t>::max();
  if (!json.is_object()) return not_a_tick("a GPU is " + shown(json) + ", not an object");
  GpuUse gpu;
  for (const char* key : {"device", "run_contexts", "other_contexts", "run_sm_percent", "other_sm_percent"}) {
    if (!json.contains(key)) return not_a_tick(fmt::format("{} of a GPU is missing", key));
  }
  for (const auto& [key, value] : json.items()) {
    if (key == "device") {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kMostNameBytes)
        return not_a_tick("a GPU's device");
      gpu.device = value.get<std::string>();
    } else if (key == "run_contexts" || key == "other_contexts") {
      OLIVINE_TRY(const std::int64_t count, integer_of(value, key, kLow, kHigh));
      (key == "run_contexts" ? gpu.run_contexts : gpu.other_contexts) = static_cast<std::int32_t>(count);
    } else if (key == "run_sm_percent" || key == "other_sm_percent") {
      OLIVINE_TRY(const double percent, percent_of(value, key));
      (key == "run_sm_percent" ? gpu.run_sm_percent : gpu.other_sm_percent) = percent;
    } else {
      return not_a_tick("unknown key " + shown(key) + " of a GPU");
    }
  }
  return gpu;
}

Result<UsageReading> usage_of(const Json& json) {
  if (!json.is_object()) return not_a_tick("usage is " + shown(json) + ", not an object");
  UsageReading usage;
  for (const auto& [key, value] : json.items()) {
    const auto field =
        std::find_if(kUsageFields.begin(), kUsageFields.end(), [&](const UsageField& f) { return key == f.name; });
    if (field != kUsageFields.end()) {
      if (value.is_null()) continue;  // not known, the same as no key
      OLIVINE_TRY(usage.*(field->member), integer_of(value, key));
    } else if (key == "gpus") {
      if (!value.is_array() || value.size() > kMostGpus) return not_a_tick("gpus is not an array of at most 1,024");
      std::size_t names = 0;
      for (const Json& item : value) {
        OLIVINE_TRY(GpuUse gpu, gpu_of(item));
        names += gpu.device.size();
        usage.gpus.push_back(std::move(gpu));
      }
      if (names > kMostGpuNameBytes) return not_a_tick("the names of the GPUs are longer than 65,536 bytes");
    } else {
      return not_a_tick("unknown key " + shown(key) + " of usage");
    }
  }
  return usage;
}

constexpr std::array<const char*, 3> kMarkKinds{"begin", "end", "mark"};

Json json_of(const Mark& mark) {
  Json json{{"kind", kMarkKinds[static_cast<std::size_t>(mark.kind)]}, {"mono_ns", mark.ns}, {"name", mark.name}};
  if (mark.number) json["n"] = *mark.number;
  if (mark.of) json["of"] = *mark.of;
  if (mark.pid != 0) json["pid"] = mark.pid;
  if (mark.scope) {
    json["trace"] = to_text(mark.scope->context);
    if (mark.scope->parent != 0) json["parent"] = span_text(mark.scope->parent);
    if (mark.scope->thread) json["tid"] = *mark.scope->thread;
    if (mark.scope->cpu_ns) json["cpu_ns"] = *mark.scope->cpu_ns;
    if (mark.scope->failed) json["failed"] = true;
    if (mark.scope->gone) json["gone"] = true;
  }
  return json;
}

// The words of a scope's mark. False: `key` is none of them.
Result<bool> take_scope_word(const std::string& key, const Json& value, ScopeMark& scope) {
  if (key == "trace" || key == "parent") {
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    const auto context = key == "trace" ? parse_trace_context(text) : std::nullopt;
    const auto parent = key == "parent" ? parse_span_id(text) : std::nullopt;
    if (!context && !parent) return not_a_tick(key + " of a mark is " + shown(value));
    if (context) scope.context = *context;
    if (parent) scope.parent = *parent;
  } else if (key == "cpu_ns") {
    OLIVINE_TRY(scope.cpu_ns, integer_of(value, key, 0, std::numeric_limits<std::int64_t>::max() - 1));
  } else if (key == "tid") {
    OLIVINE_TRY(scope.thread, integer_of(value, key, 0, std::numeric_limits<std::int64_t>::max()));
  } else if (key == "failed" || key == "gone") {
    if (!value.is_boolean()) return not_a_tick(key + " of a mark is " + shown(value) + ", not true or false");
    (key == "failed" ? scope.failed : scope.gone) = value.get<bool>();
  } else {
    return false;
  }
  return true;
}

Result<Mark> mark_of(const Json& json) {
  if (!json.is_object()) return not_a_tick("a mark is " + shown(json) + ", not an object");
  for (const char* key : {"kind", "mono_ns", "name"})
    if (!json.contains(key)) return not_a_tick(fmt::format("{} of a mark is missing", key));
  Mark mark;
  ScopeMark scope;
  for (const auto& [key, value] : json.items()) {
    if (key == "kind") {
      const auto kind = std::find_if(kMarkKinds.begin(), kMarkKinds.end(), [&](const char* k) { return value == k; });
      if (kind == kMarkKinds.end()) return not_a_tick("kind of a mark is " + shown(value));
      mark.kind = static_cast<MarkKind>(kind - kMarkKinds.begin());
    } else if (key == "mono_ns") {
      OLIVINE_TRY(mark.ns, integer_of(value, key));
    } else if (key == "name") {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kLongestMarkName)
        return not_a_tick("a mark's name");
      mark.name = value.get<std::string>();
    } else if (key == "n" || key == "of" || key == "pid") {
      OLIVINE_TRY(const std::int64_t number, integer_of(value, key, 0, std::numeric_limits<std::int64_t>::max()));
      if (key == "n")
        mark.number = number;
      else if (key == "of")
        mark.of = number;
      else
        mark.pid = number;
    } else {
      OLIVINE_TRY(const bool known, take_scope_word(key, value, scope));
      if (known) continue;
      return not_a_tick("unknown key " + shown(key) + " of a mark");
    }
  }
  if (scope.context.span != 0 && mark.kind != MarkKind::kPoint) mark.scope = scope;
  return mark;
}

Status read_key(const std::string& key, const Json& value, TickSample& sample) {
  if (key == "mono_ns") {
    OLIVINE_TRY(sample.now.mono.ns, integer_of(value, key));
  } else if (key == "wall_ns") {
    OLIVINE_TRY(sample.now.wall.ns, integer_of(value, key));
  } else if (key == "boot_ns") {
    OLIVINE_TRY(sample.now.boot_ns, integer_of(value, key));
  } else if (key == "raw") {
    if (!value.is_array() || value.size() > kMostSources)
      return not_a_tick("raw is not an array of at most 65,536 readings");
    for (const Json& item : value) {
      OLIVINE_TRY(const RawReading reading, reading_of(item));
      sample.readings.push_back(reading);
    }
  } else if (key == "settle") {
    if (!value.is_boolean()) return not_a_tick("settle is " + shown(value) + ", not true or false");
    sample.settle = value.get<bool>();
  } else if (key == "usage") {
    OLIVINE_TRY(sample.usage, usage_of(value));
  } else if (key == "marks") {
    if (!value.is_array() || value.size() > kMostMarks) return not_a_tick("marks is not an array of at most 65,536");
    for (const Json& item : value) {
      OLIVINE_TRY(Mark mark, mark_of(item));
      sample.marks.push_back(std::move(mark));
    }
  } else {
    return not_a_tick("unknown key " + shown(key));
  }
  return {};
}

}  // namespace

std::string encode_trace_line(const TickSample& sample) {
  Json json{{"mono_ns", sample.now.mono.ns}, {"wall_ns", sample.now.wall.ns}, {"boot_ns", sample.now.boot_ns}};
  json["raw"] = Json::array();
  for (const RawReading& reading : sample.readings) json["raw"].push_back(json_of(reading));
  if (sample.settle) json["settle"] = true;
  if (sample.usage) json["usage"] = json_of(*sample.usage);
  for (const Mark& mark : sample.marks) json["marks"].push_back(json_of(mark));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TickSample> decode_trace_line(std::string_view line) {
  if (line.size() > kLongestLine) return not_a_tick("the line is longer than 16 MiB");
  if (nests_deeper(line, kDeepestLine)) return not_a_tick("it nests deeper than 8 levels");
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return not_a_tick("the line is not a JSON object");
  for (const char* key : {"mono_ns", "wall_ns", "boot_ns", "raw"}) {
    if (!json.contains(key)) return not_a_tick(fmt::format("{} is missing", key));
  }
  TickSample sample;
  for (const auto& [key, value] : json.items()) OLIVINE_CHECK_STATUS(read_key(key, value, sample));
  return sample;
}

}  // namespace olivine
