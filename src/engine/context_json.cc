#include <nlohmann/json.hpp>

#include "engine/context.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) { throw Json::other_error::create(599, what, nullptr); }

Basis basis_of(const Json& j) {
  const std::string name = j;
  for (std::size_t i = 0; i < kBasisCount; ++i)
    if (name_of(static_cast<Basis>(i)) == name) return static_cast<Basis>(i);
  refuse("basis '" + name + "' is not known");
}

Json from(const StatedValue& v) {
  return {{"value", v.value}, {"lower", v.lower}, {"upper", v.upper}, {"basis", name_of(v.basis)}, {"origin", v.origin}};
}
StatedValue stated(const Json& j) {
  StatedValue v{j.at("value"), j.at("lower"), j.at("upper"), basis_of(j.at("basis")), j.at("origin")};
  if (!(v.lower <= v.value && v.value <= v.upper)) refuse("bounds of '" + v.origin + "' do not enclose its value");
  return v;
}
Json from(const std::optional<StatedValue>& v) { return v ? from(*v) : Json(nullptr); }
std::optional<StatedValue> maybe_stated(const Json& j) {
  if (j.is_null()) return std::nullopt;
  return stated(j);
}

Json from(const std::vector<NameValue>& list) {
  Json j = Json::array();
  for (const NameValue& n : list) j.push_back({n.name, n.value});
  return j;
}
std::vector<NameValue> name_values(const Json& j) {
  std::vector<NameValue> list;
  for (const Json& n : j) list.push_back({n.at(0), n.at(1)});
  return list;
}

Json from(const std::vector<QualityLine>& list) {
  Json j = Json::array();
  for (const QualityLine& q : list) j.push_back({q.component, q.method, q.basis, q.reason, q.fix});
  return j;
}
std::vector<QualityLine> quality_lines(const Json& j) {
  std::vector<QualityLine> list;
  for (const Json& q : j) list.push_back({q.at(0), q.at(1), q.at(2), q.at(3), q.at(4)});
  return list;
}

std::string dumped(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace); }

void read_assumptions(const Json& j, RunContext& c) {
  c.pue = maybe_stated(j.at("pue"));
  c.intensity_g_per_kwh = stated(j.at("intensity_g_per_kwh"));
  c.embodied_kg = stated(j.at("embodied_kg"));
  c.life_years = stated(j.at("life_years"));
  c.utilisation = stated(j.at("utilisation"));
  if (!(c.life_years.value > 0.0) || !(c.utilisation.value > 0.0)) refuse("life_years and utilisation must be positive");
  c.machine_share = j.at("machine_share");
  c.price_per_kwh = maybe_stated(j.at("price_per_kwh"));
  c.currency = j.at("currency");
  c.water_site_l_per_kwh = maybe_stated(j.at("water_site_l_per_kwh"));
  c.water_grid_l_per_kwh = stated(j.at("water_grid_l_per_kwh"));
  for (const auto& [key, value] : j.at("gains").items()) c.gains[key] = stated(value);
}

}  // namespace

std::string to_json(const RunContext& c) {
  Json j{{"schema", "olivine.context/1"},
         {"host", from(c.host)},
         {"software", from(c.software)},
         {"hardware", from(c.hardware)},
         {"idle_policy", name_of(c.idle_policy)},
         {"reserved_part", c.reserved_part},
         {"reserved_origin", c.reserved_origin},
         {"pue", from(c.pue)},
         {"zone", c.zone},
         {"zone_name", c.zone_name},
         {"zone_origin", c.zone_origin},
         {"signal", c.signal},
         {"boundary", c.boundary},
         {"period", c.period},
         {"intensity_source", c.intensity_source},
         {"intensity_notes", c.intensity_notes},
         {"intensity_g_per_kwh", from(c.intensity_g_per_kwh)},
         {"embodied_kg", from(c.embodied_kg)},
         {"life_years", from(c.life_years)},
         {"utilisation", from(c.utilisation)},
         {"machine_share", c.machine_share},
         {"price_per_kwh", from(c.price_per_kwh)},
         {"currency", c.currency},
         {"water_site_l_per_kwh", from(c.water_site_l_per_kwh)},
         {"water_grid_l_per_kwh", from(c.water_grid_l_per_kwh)},
         {"unmetered", c.unmetered},
         {"not_counted", c.not_counted},
         {"quality", from(c.quality)},
         {"warnings", c.warnings}};
  j["gains"] = Json::object();
  for (const auto& [key, value] : c.gains) j["gains"][key] = from(value);
  return dumped(j);
}

Result<RunContext> context_from_json(std::string_view text) {
  try {
    const Json j = Json::parse(text);
    if (j.at("schema") != "olivine.context/1") refuse("schema " + j.at("schema").dump() + " is not olivine.context/1");
    RunContext c;
    c.host = name_values(j.at("host"));
    c.software = name_values(j.at("software"));
    c.hardware = name_values(j.at("hardware"));
    const auto policy = idle_policy_from(j.at("idle_policy").get<std::string>());
    if (!policy) refuse(policy.error().message);
    c.idle_policy = *policy;
    c.reserved_part = j.at("reserved_part");
    c.reserved_origin = j.at("reserved_origin");
    c.zone = j.at("zone");
    c.zone_name = j.at("zone_name");
    c.zone_origin = j.at("zone_origin");
    c.signal = j.at("signal");
    c.boundary = j.at("boundary");
    c.period = j.at("period");
    c.intensity_source = j.at("intensity_source");
    j.at("intensity_notes").get_to(c.intensity_notes);
    read_assumptions(j, c);
    j.at("unmetered").get_to(c.unmetered);
    j.at("not_counted").get_to(c.not_counted);
    c.quality = quality_lines(j.at("quality"));
    j.at("warnings").get_to(c.warnings);
    return c;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, std::string("run context: ") + e.what());
  }
}

std::string to_json(const RunClosing& closing) {
  return dumped(Json{{"schema", "olivine.closing/1"},
                     {"missed_ticks", closing.missed_ticks},
                     {"left_running", closing.left_running},
                     {"warnings", closing.warnings},
                     {"followed_by", closing.followed_by}});
}

Result<RunClosing> closing_from_json(std::string_view text) {
  try {
    const Json j = Json::parse(text);
    RunClosing closing;
    closing.missed_ticks = j.at("missed_ticks");
    j.at("left_running").get_to(closing.left_running);
    j.at("warnings").get_to(closing.warnings);
    closing.followed_by = j.value("followed_by", "");  // older runs do not say
    return closing;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, std::string("run closing: ") + e.what());
  }
}

}  // namespace olivine
