#include "grid/replay/replay_service.h"

#include <algorithm>

#include "base/text.h"
#include "grid/providers/utc_text.h"
#include "provenance/graph.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxValues = 60'000;

}  // namespace

std::string ReplayRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}
std::string ReplayRequest::parameter(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

Result<std::vector<ReplayValue>> replay_values(const ReplayContext& context, const std::string& zone, Signal signal,
                                               Boundary boundary, WallInterval interval, Duration step) {
  std::vector<ReplayValue> values;
  for (WallTime t = ceil_to(interval.begin, step); t < interval.end && values.size() < kMaxValues; t = t + step) {
    OLIVINE_TRY(const auto point, context.data.value_at(zone, signal, boundary, t));
    if (point) values.push_back({t, point->g_per_kwh, point->estimated});
  }
  // A fault is in the middle of the list: whoever looks only at its ends must not miss it.
  if (!values.empty() && context.fault == "null") values[values.size() / 2].g_per_kwh.reset();
  if (!values.empty() && context.fault == "negative") values[values.size() / 2].g_per_kwh = -5.0;
  return values;
}

HttpResponse with_fault(const ReplayRequest& request, HttpResponse answer, const std::string& fault) {
  if (const auto status = parse_u64(fault); status && *status >= 400) {
    HttpResponse refused{
        static_cast<int>(*status), {{"Content-Type", "application/json"}}, R"({"error":"replayed fault"})"};
    if (*status == 429 || *status == 503) refused.headers.push_back({"Retry-After", "1"});
    return refused;
  }
  if (fault == "html")
    return {200,
            {{"Content-Type", "text/html"}},
            "<!DOCTYPE html><html><body>Please sign in to this network</body></html>"};
  if (fault == "empty") return {200, answer.headers, ""};
  if (fault == "truncate") return {200, answer.headers, answer.body.substr(0, answer.body.size() / 2)};
  if (answer.status != 200 || !fault.empty()) return answer;
  const std::string etag = "\"" + content_hash(answer.body) + "\"";
  answer.headers.push_back({"ETag", etag});
  if (request.header("if-none-match") == etag) return {304, answer.headers, ""};
  return answer;
}

HttpResponse answer_replay(const ReplayRequest& request, const ReplayContext& context) {
  using Service = HttpResponse (*)(const ReplayRequest&, const std::string&, const ReplayContext&);
  const std::pair<std::string_view, Service> services[] = {{"/electricity-maps", replay_electricity_maps},
                                                           {"/watttime", replay_watttime},
                                                           {"/uk", replay_uk},
                                                           {"/eia", replay_eia},
                                                           {"/entsoe", replay_entsoe}};
  for (const auto& [prefix, service] : services)
    if (request.path.starts_with(std::string(prefix) + "/"))
      return service(request, request.path.substr(prefix.size()), context);
  return {404,
          {{"Content-Type", "application/json"}},
          R"({"error":"no such service; known: /electricity-maps /watttime /uk /eia /entsoe"})"};
}

}  // namespace olivine
