#include "grid/replay/replayed_service.h"

#include <fmt/core.h>

#include <array>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

// Any key is good for a replay.
constexpr const char* kMadeUpKey = "a-key-for-the-replay";

struct Reach {
  std::string_view provider;
  Duration ahead, before;
};
constexpr std::array<Reach, 5> kReach{{{"electricity-maps", hours(72), hours(1)},
                                       {"watttime", hours(72), {}},
                                       {"uk", hours(48), {}},
                                       {"eia", {}, {}},
                                       {"entsoe", {}, {}}}};

tl::unexpected<Error> no_replay(const std::string& url) {
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is not an address that olivine grid serve-replay prints, e.g. http://127.0.0.1:8080/uk",
                          printable(url.substr(0, 100))));
}

}  // namespace

Result<WallTime> replay_now(const ReplayRequest& request, WallTime otherwise) {
  const std::string text = request.header(to_lower(kReplayNow));
  if (text.empty()) return otherwise;
  auto now = parse_utc(text);
  if (!now) return with_context(now.error(), kReplayNow);
  return now;
}

Result<HttpResponse> ReplayedService::StatingClient::get(const HttpRequest& request) {
  const std::string moment = format_second(clock_.now().wall);
  HttpRequest stating = request;
  stating.headers.push_back({kReplayNow, moment});
  stating.headers.push_back({"Accept-Encoding", "identity"});  // on one machine, packing takes longer than sending
  OLIVINE_TRY(HttpResponse answer, inner_->get(stating));
  if (answer.header(kReplayNow) != moment)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("{} is no server of olivine grid serve-replay: it does not answer as of the moment asked for",
                    printable(url_)));
  return answer;
}

ReplayedService::ReplayedService(std::string url, const ProviderInfo& provider, std::unique_ptr<HttpClient> http)
    : url_(std::move(url)),
      provider_(provider),
      http_(std::move(http), moment_, url_),
      login_(http_, moment_, url_, Secret(kMadeUpKey), Secret(kMadeUpKey)) {
  for (const Reach& reach : kReach)
    if (reach.provider == provider_.name) ahead_ = reach.ahead, before_ = reach.before;
}

Result<std::unique_ptr<ReplayedService>> ReplayedService::open(const std::string& url,
                                                               std::unique_ptr<HttpClient> http) {
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  const auto origin = origin_of(base);
  if (!origin || !origin->loopback || base.find_first_of("?#") != std::string::npos) return no_replay(url);
  const std::string_view name = std::string_view(base).substr(base.rfind('/') + 1);
  for (const Reach& reach : kReach) {
    if (reach.provider != name) continue;
    OLIVINE_TRY(const ProviderInfo provider, find_provider(name));
    return std::unique_ptr<ReplayedService>(new ReplayedService(std::move(base), provider, std::move(http)));
  }
  return no_replay(url);
}

Result<FetchReport> ReplayedService::ask(const std::string& zone, Signal signal, WallInterval interval, WallTime now) {
  FetchQuery query{zone, interval, now, signal, Boundary::kDirect, url_};
  OLIVINE_TRY(query.boundary, boundary_from(provider_.default_boundary));
  const Secret key(kMadeUpKey);
  OLIVINE_TRY(const auto session, start_session(provider_, query, {key, key, key, key, key}));
  if (now < moment_.now().wall) kept_ = {};  // nothing is known of the future
  moment_.set(now);
  FetchTools tools;
  tools.http = &login_;
  tools.files = &kept_;
  tools.clock = &moment_;
  tools.sleep = [this](Duration d) { moment_.pass(d); };
  tools.secrets = {kMadeUpKey};
  return fetch(*session, provider_, tools);
}

}  // namespace olivine
