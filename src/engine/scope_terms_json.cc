#include "engine/scope_terms_json.h"

#include <nlohmann/json.hpp>

#include "engine/json_fields.h"

namespace olivine {
namespace {
using Json = nlohmann::json;

constexpr double kMost = 1e30;  // J, g: sums of words that are 1e18 at most
constexpr std::int64_t kMostCount = INT64_MAX;

Json from(const RecordQuota& q) {
  Json j{{"unit", q.unit},   {"scopes", q.scopes},       {"bounded", q.bounded}, {"spent", q.spent},
         {"asked", q.asked}, {"granted", q.granted},     {"counted", q.counted}, {"charged", q.charged},
         {"over", q.over},   {"counted_j", q.counted_j}, {"unknown", q.unknown}};
  if (q.first_spent_ns) j["spent_after_ns"] = *q.first_spent_ns;
  return j;
}

RecordQuota quota(const Json& j) {
  RecordQuota q;
  q.unit = j.at("unit");
  q.unknown = j.at("unknown");
  q.scopes = whole_at<std::int64_t>(j, "scopes", 0, kMostCount);
  q.bounded = whole_at<std::int64_t>(j, "bounded", 0, kMostCount);
  q.spent = whole_at<std::int64_t>(j, "spent", 0, kMostCount);
  q.asked = number_at(j, "asked", 0.0, kMost);
  q.granted = number_at(j, "granted", 0.0, kMost);
  q.counted = number_at(j, "counted", 0.0, kMost);
  q.charged = number_at(j, "charged", 0.0, kMost);
  q.counted_j = number_at(j, "counted_j", 0.0, kMost);
  q.over = number_at(j, "over", 0.0, kMost);
  // first_spent_ns of older records counts from the run's start.
  if (j.contains("spent_after_ns")) q.first_spent_ns = whole_at<std::int64_t>(j, "spent_after_ns", 0, kMostCount);
  return q;
}

Json from(const RecordService& s) {
  Json objectives = Json::array();
  for (const RecordService::Objective& o : s.objectives) objectives.push_back({o.name, o.wanted, o.got, o.verdict});
  return {{"level", s.level},
          {"verdict", s.verdict},
          {"scopes", s.scopes},
          {"requests", s.requests},
          {"late", s.late},
          {"failed", s.failed},
          {"objectives", std::move(objectives)}};
}

RecordService service(const Json& j) {
  RecordService s;
  s.level = j.at("level");
  s.verdict = j.at("verdict");
  s.scopes = whole_at<std::int64_t>(j, "scopes", 0, kMostCount);
  s.requests = whole_at<std::int64_t>(j, "requests", 0, kMostCount);
  s.late = whole_at<std::int64_t>(j, "late", 0, kMostCount);
  if (j.contains("failed")) s.failed = whole_at<std::int64_t>(j, "failed", 0, kMostCount);
  for (const Json& o : j.at("objectives")) s.objectives.push_back({o.at(0), o.at(1), o.at(2), o.at(3)});
  return s;
}

}  // namespace

std::string to_json(const std::vector<RecordTerms>& terms) {
  Json rows = Json::array();
  for (const RecordTerms& t : terms) {
    Json row{{"path", t.path}};
    if (t.quota) row["quota"] = from(*t.quota);
    if (t.service) row["service"] = from(*t.service);
    rows.push_back(std::move(row));
  }
  return rows.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<RecordTerms> scope_terms_from_json(std::string_view text) {
  std::vector<RecordTerms> terms;
  for (const Json& row : parse_document<Json>(text)) {
    RecordTerms t;
    t.path = row.at("path");
    if (row.contains("quota")) t.quota = quota(row.at("quota"));
    if (row.contains("service")) t.service = service(row.at("service"));
    terms.push_back(std::move(t));
  }
  return terms;
}

}  // namespace olivine
