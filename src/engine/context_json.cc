#include <nlohmann/json.hpp>

#include "engine/context.h"
#include "engine/json_fields.h"
#include "engine/schedule_json.h"
#include "engine/scope_terms_json.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) { refuse_document<Json>(what); }

constexpr double kMost = 1e12;          // no assumption is larger; products of a few stay finite
constexpr double kLeastDivisor = 1e-6;  // of a service life or its use

Basis basis_of(const Json& j) {
  const std::string name = j;
  for (std::size_t i = 0; i < kBasisCount; ++i)
    if (name_of(static_cast<Basis>(i)) == name) return static_cast<Basis>(i);
  refuse("basis '" + name + "' is not known");
}

Json from(const StatedValue& v) {
  return {
      {"value", v.value}, {"lower", v.lower}, {"upper", v.upper}, {"basis", name_of(v.basis)}, {"origin", v.origin}};
}
StatedValue stated(const Json& object, const std::string& key, double least = -kMost) {
  const Json& j = object.at(key);
  const auto number = [&](const char* name) { return number_in(j.at(name), key + "." + name, least, kMost); };
  StatedValue v{number("value"), number("lower"), number("upper"), basis_of(j.at("basis")), j.at("origin")};
  if (!(v.lower <= v.value && v.value <= v.upper)) refuse("bounds of " + key + " do not enclose its value");
  return v;
}
Json from(const std::optional<StatedValue>& v) { return v ? from(*v) : Json(nullptr); }
std::optional<StatedValue> maybe_stated(const Json& object, const std::string& key, double least = -kMost) {
  if (object.at(key).is_null()) return std::nullopt;
  return stated(object, key, least);
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

Json from(const std::optional<RunIntensity>& i) {
  if (!i) return nullptr;
  return {{"zone", i->zone},
          {"name", i->name},
          {"boundary", i->boundary},
          {"method", i->method},
          {"dataset", i->dataset},
          {"period", i->period},
          {"source", i->source},
          {"fallback", i->fallback},
          {"covered", i->covered},
          {"notes", i->notes},
          {"g_per_kwh", from(i->g_per_kwh)}};
}
std::optional<RunIntensity> intensity_in(const Json& j) {
  if (j.is_null()) return std::nullopt;
  RunIntensity i;
  i.zone = j.at("zone");
  i.name = j.at("name");
  i.boundary = j.at("boundary");
  i.method = j.at("method");
  i.dataset = j.at("dataset");
  i.period = j.at("period");
  i.source = j.at("source");
  i.fallback = j.at("fallback");
  i.covered = number_at(j, "covered", 0.0, 1.0);
  j.at("notes").get_to(i.notes);
  i.g_per_kwh = stated(j, "g_per_kwh");
  return i;
}
Json from(const RunIntensities& i) {
  return {{"average", from(i.average)}, {"marginal", from(i.marginal)}, {"marginal_reason", i.marginal_reason}};
}
RunIntensities intensities_in(const Json& j) {
  return {intensity_in(j.at("average")), intensity_in(j.at("marginal")), j.at("marginal_reason"), ""};
}

std::string dumped(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace); }

void read_assumptions(const Json& j, RunContext& c) {
  c.pue = maybe_stated(j, "pue", 0.0);
  c.intensity_g_per_kwh = stated(j, "intensity_g_per_kwh");
  c.embodied_kg = stated(j, "embodied_kg", 0.0);
  if (j.contains("embodied_gpus_kg")) c.embodied_gpus_kg = stated(j, "embodied_gpus_kg", 0.0);
  c.life_years = stated(j, "life_years", kLeastDivisor);
  c.utilisation = stated(j, "utilisation", kLeastDivisor);
  c.machine_share = number_at(j, "machine_share", 0.0, 1.0);
  c.price_per_kwh = maybe_stated(j, "price_per_kwh");
  c.currency = j.at("currency");
  c.water_site_l_per_kwh = maybe_stated(j, "water_site_l_per_kwh", 0.0);
  c.water_grid_l_per_kwh = stated(j, "water_grid_l_per_kwh", 0.0);
  for (const auto& item : j.at("gains").items()) c.gains[item.key()] = stated(j.at("gains"), item.key(), 0.0);
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
  if (c.embodied_gpus_kg) j["embodied_gpus_kg"] = from(*c.embodied_gpus_kg);
  if (!c.writer_host.empty()) j["writer_host"] = c.writer_host;
  if (c.plan) j["plan"] = to_json(*c.plan);
  j["gains"] = Json::object();
  for (const auto& [key, value] : c.gains) j["gains"][key] = from(value);
  return dumped(j);
}

Result<RunContext> context_from_json(std::string_view text) {
  try {
    const Json j = parse_document<Json>(text);
    if (j.at("schema") != "olivine.context/1") refuse("schema " + j.at("schema").dump() + " is not olivine.context/1");
    RunContext c;
    c.host = name_values(j.at("host"));
    c.writer_host = j.value("writer_host", "");
    c.software = name_values(j.at("software"));
    c.hardware = name_values(j.at("hardware"));
    const auto policy = idle_policy_from(j.at("idle_policy").get<std::string>());
    if (!policy) refuse(policy.error().message);
    c.idle_policy = *policy;
    c.reserved_part = number_at(j, "reserved_part", 0.0, 1.0);
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
    if (j.contains("plan")) c.plan = schedule_from_json(j.at("plan").get<std::string>());
    return c;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, "run context: " + shown_reason(e.what()));
  }
}

std::string to_json(const RunClosing& closing) {
  Json j{{"schema", "olivine.closing/1"},
         {"missed_ticks", closing.missed_ticks},
         {"left_running", closing.left_running},
         {"warnings", closing.warnings},
         {"followed_by", closing.followed_by}};
  if (closing.intensities) j["intensities"] = from(*closing.intensities);
  if (closing.schedule) j["schedule"] = to_json(*closing.schedule);
  if (closing.budget) j["budget"] = to_json(*closing.budget);
  if (!closing.scope_terms.empty()) j["scope_terms"] = to_json(closing.scope_terms);
  if (!closing.mark_notes.empty()) j["mark_notes"] = closing.mark_notes;
  return dumped(j);
}

Result<RunClosing> closing_from_json(std::string_view text) {
  try {
    const Json j = parse_document<Json>(text);
    RunClosing closing;
    closing.missed_ticks = whole_at<std::int64_t>(j, "missed_ticks", 0, INT64_MAX);
    j.at("left_running").get_to(closing.left_running);
    j.at("warnings").get_to(closing.warnings);
    closing.followed_by = j.value("followed_by", "");  // older runs do not say
    if (j.contains("intensities")) closing.intensities = intensities_in(j.at("intensities"));
    if (j.contains("schedule")) closing.schedule = schedule_from_json(j.at("schedule").get<std::string>());
    if (j.contains("budget")) closing.budget = budget_from_json(j.at("budget").get<std::string>());
    if (j.contains("scope_terms")) closing.scope_terms = scope_terms_from_json(j.at("scope_terms").get<std::string>());
    closing.mark_notes = j.value("mark_notes", std::vector<std::string>{});
    return closing;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::kCorrupt, "run closing: " + shown_reason(e.what()));
  }
}

}  // namespace olivine
