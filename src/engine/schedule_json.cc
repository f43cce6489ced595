// The closing's parts about waiting, pausing and budgets, as JSON. See context.h and report/run_record.h.
#include <nlohmann/json.hpp>

#include "engine/json_fields.h"
#include "engine/schedule_json.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

Json from(const RecordSchedule::Saving& s) {
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  return {{"average", number(s.average)}, {"marginal", number(s.marginal)}};
}

RecordSchedule::Saving saving(const Json& j) {
  const auto number = [&](const char* key) -> std::optional<double> {
    if (j.at(key).is_null()) return std::nullopt;
    return number_at(j, key, -1e12, 1.0);
  };
  return {number("average"), number("marginal")};
}

}  // namespace

std::string to_json(const RecordSchedule& s) {
  Json events = Json::array();
  for (const RecordSchedule::Event& e : s.events) events.push_back({e.at_ns, e.action, e.reason});
  return Json{{"policy", s.policy},         {"executor", s.executor},
              {"objective", s.objective},   {"zone", s.zone},
              {"waited_ns", s.waited_ns},   {"paused_ns", s.paused_ns},
              {"pauses", s.pauses},         {"planned", from(s.planned)},
              {"actual", from(s.actual)},   {"paused_attributed_uj", s.paused_attributed_uj},
              {"events", std::move(events)}, {"paused_measured_uj", s.paused_measured_uj}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

RecordSchedule schedule_from_json(std::string_view text) {
  const Json j = parse_document<Json>(text);
  RecordSchedule s;
  s.policy = j.at("policy");
  s.executor = j.at("executor");
  s.objective = j.at("objective");
  s.zone = j.at("zone");
  s.waited_ns = whole_at<std::int64_t>(j, "waited_ns", 0, INT64_MAX);
  s.paused_ns = whole_at<std::int64_t>(j, "paused_ns", 0, INT64_MAX);
  s.pauses = whole_at<std::int64_t>(j, "pauses", 0, INT64_MAX);
  s.planned = saving(j.at("planned"));
  s.actual = saving(j.at("actual"));
  s.paused_attributed_uj = whole_at<std::int64_t>(j, "paused_attributed_uj", 0, INT64_MAX);
  s.paused_measured_uj = whole_at<std::int64_t>(j, "paused_measured_uj", 0, INT64_MAX);
  for (const Json& e : j.at("events")) s.events.push_back({e.at(0).get<std::int64_t>(), e.at(1), e.at(2)});
  return s;
}

std::string to_json(const RecordBudget& b) {
  Json events = Json::array();
  for (const RecordBudget::Event& e : b.events) events.push_back({e.at_ns, e.action, e.used});
  return Json{{"kind", b.kind},
              {"unit", b.unit},
              {"on_budget", b.on_budget},
              {"amount", b.amount},
              {"granted", b.granted},
              {"used", b.used},
              {"lower_bound", b.lower_bound},
              {"executor", b.executor},
              {"pauses", b.pauses},
              {"paused_ns", b.paused_ns},
              {"paused_attributed_uj", b.paused_attributed_uj},
              {"paused_measured_uj", b.paused_measured_uj},
              {"events", std::move(events)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

RecordBudget budget_from_json(std::string_view text) {
  const Json j = parse_document<Json>(text);
  RecordBudget b;
  b.kind = j.at("kind");
  b.unit = j.at("unit");
  b.on_budget = j.at("on_budget");
  b.amount = number_at(j, "amount", 0.0, 1e18);
  b.granted = number_at(j, "granted", 0.0, 1e18);
  b.used = number_at(j, "used", -1e18, 1e18);
  b.lower_bound = j.at("lower_bound").get<bool>();
  b.executor = j.at("executor");
  b.pauses = whole_at<std::int64_t>(j, "pauses", 0, INT64_MAX);
  b.paused_ns = whole_at<std::int64_t>(j, "paused_ns", 0, INT64_MAX);
  b.paused_attributed_uj = whole_at<std::int64_t>(j, "paused_attributed_uj", 0, INT64_MAX);
  b.paused_measured_uj = whole_at<std::int64_t>(j, "paused_measured_uj", 0, INT64_MAX);
  for (const Json& e : j.at("events")) b.events.push_back({e.at(0).get<std::int64_t>(), e.at(1), e.at(2).get<double>()});
  return b;
}

}  // namespace olivine
