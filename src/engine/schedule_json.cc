// The closing's parts about waiting, pausing and budgets, as JSON. See context.h and report/run_record.h.
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/json_fields.h"
#include "engine/schedule_json.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

constexpr double kMostSaving = 1e12;  // above 1 too, where the marginal intensity is below zero

// Against next to nothing a saving has no bound, and no meaning: not known.
Json from(const RecordSchedule::Saving& s) {
  const auto number = [](const std::optional<double>& v) {
    return v && std::abs(*v) <= kMostSaving ? Json(*v) : Json(nullptr);
  };
  return {{"average", number(s.average)}, {"marginal", number(s.marginal)}};
}

RecordSchedule::Saving saving(const Json& j) {
  const auto number = [&](const char* key) -> std::optional<double> {
    if (j.at(key).is_null()) return std::nullopt;
    return number_at(j, key, -kMostSaving, kMostSaving);
  };
  return {number("average"), number("marginal")};
}

constexpr double kMostIntensity = 1e9;  // g/kWh
constexpr double kMostPower_w = 1e12;

Json from(const std::vector<RecordSchedule::Span>& spans) {
  Json list = Json::array();
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  for (const RecordSchedule::Span& s : spans)
    list.push_back({s.begin.ns, s.end.ns, number(s.average), number(s.marginal)});
  return list;
}

RecordSchedule::Span span_in(const Json& j) {
  const auto moment = [&](std::size_t at) {
    return WallTime{whole_in<std::int64_t>(j.at(at), "a span's time", INT64_MIN, INT64_MAX)};
  };
  const auto number = [&](std::size_t at) -> std::optional<double> {
    if (j.at(at).is_null()) return std::nullopt;
    return number_in(j.at(at), "intensity", -kMostIntensity, kMostIntensity);
  };
  const RecordSchedule::Span span{moment(0), moment(1), number(2), number(3)};
  const std::uint64_t length_ns = static_cast<std::uint64_t>(span.end.ns) - static_cast<std::uint64_t>(span.begin.ns);
  if (span.end < span.begin || length_ns > INT64_MAX)
    refuse_document<Json>("a span ends before it begins, or is too long");
  return span;
}
std::vector<RecordSchedule::Span> spans_in(const Json& j) {
  std::vector<RecordSchedule::Span> spans;
  for (const Json& one : j) spans.push_back(span_in(one));
  return spans;
}

// Only what is said: the closings of older programs, and of runs that no plan touched, stay as they are.
void add_spans(const RecordSchedule& s, Json& j) {
  if (!s.job.empty()) j["job"] = s.job;
  if (!s.watched) j["watched"] = false;
  if (!s.source.empty()) j["source"] = s.source;
  if (s.power_w) j["power_w"] = *s.power_w;
  if (!s.plan.empty()) j["plan"] = from(s.plan);
  if (!s.segments.empty()) j["segments"] = from(s.segments);
  if (s.at_once) j["at_once"] = from(std::vector{*s.at_once}).at(0);
}

void read_spans(const Json& j, RecordSchedule& s) {
  s.job = j.value("job", "");
  s.watched = j.value("watched", true);
  s.source = j.value("source", "");
  if (j.contains("power_w")) s.power_w = number_at(j, "power_w", 0.0, kMostPower_w);
  if (j.contains("plan")) s.plan = spans_in(j.at("plan"));
  if (j.contains("segments")) s.segments = spans_in(j.at("segments"));
  if (j.contains("at_once")) s.at_once = span_in(j.at("at_once"));
}

}  // namespace

std::string to_json(const RecordSchedule& s) {
  Json events = Json::array();
  for (const RecordSchedule::Event& e : s.events) events.push_back({e.at_ns, e.action, e.reason});
  Json j{{"policy", s.policy},          {"executor", s.executor},
         {"objective", s.objective},    {"zone", s.zone},
         {"waited_ns", s.waited_ns},    {"paused_ns", s.paused_ns},
         {"pauses", s.pauses},          {"planned", from(s.planned)},
         {"actual", from(s.actual)},    {"paused_attributed_uj", s.paused_attributed_uj},
         {"events", std::move(events)}, {"paused_measured_uj", s.paused_measured_uj}};
  add_spans(s, j);
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
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
  read_spans(j, s);
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
  for (const Json& e : j.at("events"))
    b.events.push_back({e.at(0).get<std::int64_t>(), e.at(1), e.at(2).get<double>()});
  return b;
}

}  // namespace olivine
