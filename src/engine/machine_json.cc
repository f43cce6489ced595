// The machine description as JSON. What is read was written by anybody: numbers that no machine has are refused here, so
// that the pipeline can count on finite, ordered, non-negative powers.
#include <nlohmann/json.hpp>

#include "engine/json_fields.h"
#include "engine/machine.h"
#include "engine/sample_limits.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

constexpr double kMostPowerW = 1e7;  // above every node; a GPU's driver may claim 8.6 MW
constexpr double kLeastUnit = 1e-30, kMostUnit = 1e6;
constexpr double kLeastCeilingW = 1e-3;   // below, no reading would ever be believed
constexpr double kLeastEfficiency = 0.5;  // a power supply that wastes more than it gives is none
constexpr double kMostFactor = 1e3;       // of a model's range
constexpr double kMostGigabytes = 1e9;
constexpr std::int64_t kLongestPeriodNs = 3'600'000'000'000;

Json from_row(const FactRow& row) { return {{"table", row.table}, {"key", row.key}, {"source", row.source}}; }
FactRow to_row(const Json& j) { return {j.at("table"), j.at("key"), j.at("source")}; }

Json from_source(const SourceInfo& s) {
  Json j{{"id", s.id},
         {"backend", s.backend},
         {"kind", name_of(s.domain.kind)},
         {"device", s.domain.device},
         {"plane", name_of(s.domain.plane)},
         {"place", name_of(s.domain.place)},
         {"basis", name_of(s.domain.basis)},
         {"signal", s.signal == SignalKind::kEnergyCounter ? "energy_counter" : "power_gauge"},
         {"unit", s.unit},
         {"power_ceiling_w", s.power_ceiling_w},
         {"update_period_ns", s.update_period.ns},
         {"gain_key", s.gain_key}};
  j["modulus"] = s.modulus ? Json(*s.modulus) : Json(nullptr);
  return j;
}

Basis basis_from(const std::string& name) {
  for (std::size_t i = 0; i < kBasisCount; ++i)
    if (name_of(static_cast<Basis>(i)) == name) return static_cast<Basis>(i);
  refuse_document<Json>("basis '" + name + "' is not known");
}

template <class T>
T checked(const Result<T>& result) {
  if (!result) refuse_document<Json>(result.error().message);
  return *result;
}

// Three members that hold a value and the range around it.
struct Bounds {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
Bounds bounds_at(const Json& j, const char* value, const char* lower, const char* upper, double least, double most) {
  const Bounds b{number_at(j, value, least, most), number_at(j, lower, least, most), number_at(j, upper, least, most)};
  if (b.lower > b.value || b.value > b.upper)
    refuse_document<Json>(std::string(lower) + " .. " + upper + " do not enclose " + value);
  return b;
}

SourceInfo to_source(const Json& j) {
  SourceInfo s;
  s.id = j.at("id");
  s.backend = j.at("backend");
  s.domain = {checked(domain_kind_from(j.at("kind").get<std::string>())), j.at("device"),
              checked(plane_from(j.at("plane").get<std::string>())),
              checked(place_from(j.at("place").get<std::string>())), basis_from(j.at("basis"))};
  s.signal = j.at("signal") == "power_gauge" ? SignalKind::kPowerGauge : SignalKind::kEnergyCounter;
  s.unit = number_at(j, "unit", kLeastUnit, kMostUnit);
  s.power_ceiling_w = number_at(j, "power_ceiling_w", kLeastCeilingW, kMostPowerW);
  s.update_period = nanoseconds(whole_at<std::int64_t>(j, "update_period_ns", 0, kLongestPeriodNs));
  s.gain_key = j.at("gain_key");
  if (!j.at("modulus").is_null()) s.modulus = whole_at<std::uint64_t>(j, "modulus", 1, UINT64_MAX);
  return s;
}

IdlePower to_idle(const Json& j) {
  const Bounds w = bounds_at(j, "watts", "lower_w", "upper_w", 0.0, kMostPowerW);
  return {w.value, w.lower, w.upper, j.contains("most_w") ? number_at(j, "most_w", 0.0, kMostPowerW) : 0.0};
}

Json from_cpu_model(const CpuPowerModel& m) {
  return {{"full_w", m.full_w},
          {"full_lower_w", m.full_lower_w},
          {"full_upper_w", m.full_upper_w},
          {"knots", m.knots},
          {"lower", m.lower},
          {"upper", m.upper},
          {"share", m.share},
          {"row", from_row(m.row)}};
}

std::array<double, kCpuKnots> to_curve(const Json& j, const char* key) {
  const Json& list = j.at(key);
  if (!list.is_array() || list.size() != kCpuKnots) refuse_document<Json>(std::string(key) + " has not 11 values");
  std::array<double, kCpuKnots> curve{};
  for (std::size_t i = 0; i < kCpuKnots; ++i) curve[i] = number_in(list[i], key, 0.0, kMostFactor);
  return curve;
}

CpuPowerModel to_cpu_model(const Json& j) {
  CpuPowerModel m;
  const Bounds full = bounds_at(j, "full_w", "full_lower_w", "full_upper_w", 0.0, kMostPowerW);
  m.full_w = full.value;
  m.full_lower_w = full.lower;
  m.full_upper_w = full.upper;
  m.knots = to_curve(j, "knots");
  m.lower = to_curve(j, "lower");
  m.upper = to_curve(j, "upper");
  for (std::size_t i = 0; i < kCpuKnots; ++i) {
    if (m.lower[i] > m.knots[i] || m.knots[i] > m.upper[i])
      refuse_document<Json>("lower .. upper do not enclose knots");
    if (m.knots[i] < m.knots[i > 0 ? i - 1 : 0]) refuse_document<Json>("knots do not rise with the load");
  }
  m.share = number_at(j, "share", 0.0, 1.0);
  m.row = to_row(j.at("row"));
  return m;
}

MemoryPowerModel to_memory_model(const Json& j) {
  const Bounds w = bounds_at(j, "w_per_gb", "lower", "upper", 0.0, kMostFactor);
  return {w.value, w.lower, w.upper, number_at(j, "gigabytes", 0.0, kMostGigabytes), to_row(j.at("row"))};
}

Json from_rest(const RestOfNode& r) {
  return {{"watts", r.watts},         {"lower_w", r.lower_w},
          {"upper_w", r.upper_w},     {"psu_efficiency", r.psu_efficiency},
          {"psu_lower", r.psu_lower}, {"psu_upper", r.psu_upper}};
}

RestOfNode to_rest(const Json& j) {
  const Bounds w = bounds_at(j, "watts", "lower_w", "upper_w", 0.0, kMostPowerW);
  const Bounds psu = bounds_at(j, "psu_efficiency", "psu_lower", "psu_upper", kLeastEfficiency, 1.0);
  return {w.value, w.lower, w.upper, psu.value, psu.lower, psu.upper};
}

}  // namespace

std::string to_json(const MachineDescription& machine) {
  Json j{{"schema", "olivine.machine/1"}, {"logical_cpus", machine.logical_cpus}, {"interval_ns", machine.interval.ns}};
  j["sources"] = Json::array();
  for (const SourceInfo& s : machine.sources) j["sources"].push_back(from_source(s));
  j["idle"] = Json::array();
  for (const IdlePower& p : machine.idle)
    j["idle"].push_back({{"watts", p.watts}, {"lower_w", p.lower_w}, {"upper_w", p.upper_w}, {"most_w", p.most_w}});
  if (machine.memory_installed_bytes) j["memory_installed_bytes"] = *machine.memory_installed_bytes;
  if (machine.cpu_model) j["cpu_model"] = from_cpu_model(*machine.cpu_model);
  if (machine.memory_model) {
    const MemoryPowerModel& m = *machine.memory_model;
    j["memory_model"] = {{"w_per_gb", m.w_per_gb},
                         {"lower", m.lower},
                         {"upper", m.upper},
                         {"gigabytes", m.gigabytes},
                         {"row", from_row(m.row)}};
  }
  if (machine.rest_of_node) j["rest_of_node"] = from_rest(*machine.rest_of_node);
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<MachineDescription> machine_from_json(std::string_view text) {
  try {
    const Json j = parse_document<Json>(text);
    if (j.at("schema") != "olivine.machine/1")
      return fail(ErrorKind::kInvalid, "machine description has schema " + shown_reason(j.at("schema").dump()) +
                                           "; this program reads olivine.machine/1");
    MachineDescription machine;
    machine.logical_cpus = whole_at<int>(j, "logical_cpus", 1, 1'000'000);
    machine.interval = nanoseconds(whole_at<std::int64_t>(j, "interval_ns", 1, kLongestPeriodNs));
    for (const Json& s : j.at("sources")) machine.sources.push_back(to_source(s));
    for (const Json& p : j.at("idle")) machine.idle.push_back(to_idle(p));
    if (machine.idle.size() != machine.sources.size() || machine.sources.size() > kMostSources)
      refuse_document<Json>("idle has " + std::to_string(machine.idle.size()) + " entries for " +
                            std::to_string(machine.sources.size()) + " sources");
    if (j.contains("memory_installed_bytes"))
      machine.memory_installed_bytes = whole_at<std::int64_t>(j, "memory_installed_bytes", 0, INT64_MAX);
    if (j.contains("cpu_model")) machine.cpu_model = to_cpu_model(j.at("cpu_model"));
    if (j.contains("memory_model")) machine.memory_model = to_memory_model(j.at("memory_model"));
    if (j.contains("rest_of_node")) machine.rest_of_node = to_rest(j.at("rest_of_node"));
    return machine;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, "machine description: " + shown_reason(e.what()));
  }
}

}  // namespace olivine
