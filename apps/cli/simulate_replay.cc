#include "apps/cli/simulate_replay.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "grid/providers/curl_http_client.h"
#include "grid/replay/replayed_service.h"
#include "planning/single_job.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostSaid = 32'000'000;  // 256 MB
constexpr Duration kLater = hours(48);         // when the last value of a service is no forecast any more

Result<std::vector<double>> what_happened(ReplayedService& service, const ReplayQuestion& q, const std::string& zone,
                                          Signal signal, std::string& source) {
  const WallInterval span{q.begin, {q.begin.ns + static_cast<std::int64_t>(q.slots) * q.slot.ns}};
  OLIVINE_TRY(const FetchReport report, service.ask(zone, signal, span, {span.end.ns + kLater.ns}));
  std::vector<double> means = slot_means(report.data.series, q.begin, q.slot, q.slots);
  if (std::all_of(means.begin(), means.end(), [](double g) { return std::isnan(g); }))
    return fail(
        ErrorKind::kNotFound,
        fmt::format(
            "no slot of {} is known in these days; name others with --start, or give the server others with --data",
            printable(zone)));
  source = fmt::format("{} {}: {}, played by grid serve-replay, {}", printable(zone), name_of(signal),
                       service.provider().title, name_of(report.data.series.boundary));
  for (const std::string& note : report.data.series.notes) source += "; " + printable(note);
  return means;
}

// In the order of time, as a policy would ask: answers are kept from one moment to the next.
SaidAhead what_was_said(ReplayedService& service, const ReplayQuestion& q, const std::string& zone, Signal signal,
                        ServiceRequests& count) {
  SaidAhead said(q.slots);
  const auto slots = static_cast<std::size_t>(service.ahead().ns / q.slot.ns);
  for (std::size_t i = 0; i < q.slots; ++i) {
    const WallTime now{q.begin.ns + static_cast<std::int64_t>(i) * q.slot.ns};
    ++count.moments;
    const auto report = service.ask(zone, signal, {{now.ns - service.before().ns}, {now.ns + service.ahead().ns}}, now);
    if (!report) {
      if (count.unanswered++ == 0) count.first_failure = report.error().message;
      continue;
    }
    count.requests += static_cast<std::uint64_t>(report->requests_sent);
    count.late += report->served_stale > 0 ? 1 : 0;
    said[i] = slot_means(report->data.series, now, q.slot, std::min(slots, q.slots - i));
  }
  return said;
}

Status check_question(const ReplayedService& service, const ReplayQuestion& q) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (q.slot.ns % kSecond != 0 || q.begin.ns % kSecond != 0)
    return fail(ErrorKind::kInvalid, "--replay: --start and --slot are whole seconds, e.g. --slot 5min");
  if (!q.said) return {};
  if (service.ahead().ns == 0)
    return fail(
        ErrorKind::kInvalid,
        fmt::format(
            "--forecast: {} has no forecast; say --forecast yesterday, or replay electricity-maps, watttime or uk",
            service.provider().title));
  const auto ahead = static_cast<std::size_t>(service.ahead().ns / q.slot.ns);
  if (ahead == 0)
    return fail(ErrorKind::kInvalid,
                fmt::format("--slot: longer than the forecasts of {} reach", service.provider().title));
  if (std::min(ahead, q.slots) * q.slots * q.zones.size() * q.signals.size() > kMostSaid)
    return fail(ErrorKind::kInvalid,
                "--forecast: what a service said in so many slots does not fit into memory; take fewer --days or "
                "--zones, or a longer --slot");
  return {};
}

}  // namespace

Result<ReplayAnswers> replay_answers(const ReplayQuestion& q) {
  OLIVINE_TRY(std::unique_ptr<HttpClient> curl, open_curl_client());
  auto service = ReplayedService::open(q.url, std::move(curl));
  if (!service) return with_context(service.error(), "--replay");
  ReplayedService& asked = **service;
  OLIVINE_CHECK_STATUS(check_question(asked, q));
  ReplayAnswers out;
  out.provider = asked.provider().name;
  for (const std::string& name : q.zones) {
    SimulatedZone zone{name, {}, {}};
    for (const Signal signal : q.signals) {
      const bool average = signal == Signal::kAverage;
      std::string source;
      auto happened = what_happened(asked, q, name, signal, source);
      if (!happened) return with_context(happened.error(), "--replay");
      (average ? zone.average : zone.marginal) = std::move(*happened);
      if (q.said) {
        ServiceRequests count{name, signal, 0, 0, 0, 0, ""};
        (average ? zone.average_said : zone.marginal_said) = what_was_said(asked, q, name, signal, count);
        out.requests.push_back(std::move(count));
      }
      out.sources.push_back(std::move(source));
    }
    out.zones.push_back(std::move(zone));
  }
  return out;
}

}  // namespace olivine::cli
