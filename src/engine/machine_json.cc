#include <nlohmann/json.hpp>

#include "engine/machine.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

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
  throw Json::other_error::create(599, "basis '" + name + "' is not known", nullptr);
}

template <class T>
T checked(const Result<T>& result) {
  if (!result) throw Json::other_error::create(599, result.error().message, nullptr);
  return *result;
}

SourceInfo to_source(const Json& j) {
  SourceInfo s;
  s.id = j.at("id");
  s.backend = j.at("backend");
  s.domain = {checked(domain_kind_from(j.at("kind").get<std::string>())), j.at("device"),
              checked(plane_from(j.at("plane").get<std::string>())),
              checked(place_from(j.at("place").get<std::string>())), basis_from(j.at("basis"))};
  s.signal = j.at("signal") == "power_gauge" ? SignalKind::kPowerGauge : SignalKind::kEnergyCounter;
  s.unit = j.at("unit");
  if (!(s.unit > 0.0)) throw Json::other_error::create(599, "unit of " + s.id + " must be positive", nullptr);
  s.power_ceiling_w = j.at("power_ceiling_w");
  s.update_period = nanoseconds(j.at("update_period_ns"));
  s.gain_key = j.at("gain_key");
  if (!j.at("modulus").is_null()) s.modulus = j.at("modulus").get<std::uint64_t>();
  return s;
}

Json from_cpu_model(const CpuPowerModel& m) {
  return {{"full_w", m.full_w}, {"full_lower_w", m.full_lower_w}, {"full_upper_w", m.full_upper_w},
          {"knots", m.knots},   {"lower", m.lower},               {"upper", m.upper},
          {"share", m.share},   {"row", from_row(m.row)}};
}

CpuPowerModel to_cpu_model(const Json& j) {
  CpuPowerModel m;
  m.full_w = j.at("full_w");
  m.full_lower_w = j.at("full_lower_w");
  m.full_upper_w = j.at("full_upper_w");
  j.at("knots").get_to(m.knots);
  j.at("lower").get_to(m.lower);
  j.at("upper").get_to(m.upper);
  m.share = j.at("share");
  m.row = to_row(j.at("row"));
  return m;
}

Json from_rest(const RestOfNode& r) {
  return {{"watts", r.watts},           {"lower_w", r.lower_w},     {"upper_w", r.upper_w},
          {"psu_efficiency", r.psu_efficiency}, {"psu_lower", r.psu_lower}, {"psu_upper", r.psu_upper}};
}

RestOfNode to_rest(const Json& j) {
  return {j.at("watts"), j.at("lower_w"), j.at("upper_w"), j.at("psu_efficiency"), j.at("psu_lower"), j.at("psu_upper")};
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
    j["memory_model"] = {{"w_per_gb", m.w_per_gb}, {"lower", m.lower}, {"upper", m.upper},
                         {"gigabytes", m.gigabytes}, {"row", from_row(m.row)}};
  }
  if (machine.rest_of_node) j["rest_of_node"] = from_rest(*machine.rest_of_node);
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<MachineDescription> machine_from_json(std::string_view text) {
  try {
    const Json j = Json::parse(text);
    if (j.at("schema") != "olivine.machine/1")
      return fail(ErrorKind::kInvalid, "machine description has schema " + j.at("schema").dump() +
                                           "; this program reads olivine.machine/1");
    MachineDescription machine;
    machine.logical_cpus = j.at("logical_cpus");
    machine.interval = nanoseconds(j.at("interval_ns"));
    if (machine.logical_cpus < 1 || machine.interval.ns < 1)
      return fail(ErrorKind::kCorrupt, "machine description: logical_cpus and interval_ns must be positive");
    for (const Json& s : j.at("sources")) machine.sources.push_back(to_source(s));
    for (const Json& p : j.at("idle")) 
      machine.idle.push_back({p.at("watts"), p.at("lower_w"), p.at("upper_w"), p.value("most_w", 0.0)});
    machine.idle.resize(machine.sources.size());
    if (j.contains("memory_installed_bytes")) machine.memory_installed_bytes = j.at("memory_installed_bytes");
    if (j.contains("cpu_model")) machine.cpu_model = to_cpu_model(j.at("cpu_model"));
    if (j.contains("memory_model")) {
      const Json& m = j.at("memory_model");
      machine.memory_model = MemoryPowerModel{m.at("w_per_gb"), m.at("lower"), m.at("upper"), m.at("gigabytes"),
                                              to_row(m.at("row"))};
    }
    if (j.contains("rest_of_node")) machine.rest_of_node = to_rest(j.at("rest_of_node"));
    return machine;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, std::string("machine description: ") + e.what());
  }
}

}  // namespace olivine
