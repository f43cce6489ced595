#include "planning/service_kept.h"

#include <fmt/core.h>

#include "base/time.h"
#include "units/format.h"

namespace olivine {
namespace {

std::string verdict(bool met) { return met ? "met" : "missed"; }
std::string time_text(double s) { return format_duration(seconds_from(s)); }

ServiceVerdict latency(const ServiceLevel& level, const ServiceKept& kept) {
  ServiceVerdict v{
      "latency",
      fmt::format("p{} < {}", format_number(100.0 * level.latency_quantile), time_text(*level.most_latency_s)),
      "no request was counted", "unknown"};
  if (kept.requests == 0) return v;
  const double late = static_cast<double>(kept.late + kept.failed), all = static_cast<double>(kept.requests);
  v.got = fmt::format("{} of {} within {}", kept.requests - kept.late - kept.failed, kept.requests,
                      time_text(*level.most_latency_s));
  if (kept.failed > 0) v.got += fmt::format(", {} failed", kept.failed);
  v.verdict = verdict(late <= (1.0 - level.latency_quantile) * all + 1e-9);
  return v;
}

ServiceVerdict throughput(const ServiceLevel& level, const ServiceKept& kept) {
  ServiceVerdict v{"throughput", fmt::format("> {}/s", format_number(*level.least_throughput)), "not known", "unknown"};
  if (!kept.seconds || !(*kept.seconds > 0.0)) return v;
  const double rate = static_cast<double>(kept.requests - kept.failed) / *kept.seconds;
  v.got = format_number(rate) + "/s";
  v.verdict = verdict(rate >= *level.least_throughput);
  return v;
}

ServiceVerdict accuracy(const ServiceLevel& level, const ServiceKept& kept) {
  ServiceVerdict v{"accuracy", fmt::format("> {}", format_number(*level.least_accuracy)), "nobody said it", "unknown"};
  if (!kept.accuracy) return v;
  v.got = format_number(*kept.accuracy);
  v.verdict = verdict(*kept.accuracy >= *level.least_accuracy);
  return v;
}

ServiceVerdict deadline(const ServiceLevel& level, const ServiceKept& kept) {
  ServiceVerdict v{"deadline", time_text(*level.deadline_s), "not known", "unknown"};
  if (!kept.longest_s) return v;
  const bool over = *kept.longest_s > *level.deadline_s;
  v.got = (kept.all_ended ? "" : "at least ") + time_text(*kept.longest_s);
  if (kept.scopes_failed > 0) v.got += fmt::format(", {} failed", kept.scopes_failed);
  v.verdict = over || kept.scopes_failed > 0 ? "missed" : kept.all_ended ? "met" : "unknown";
  return v;
}

}  // namespace

std::vector<ServiceVerdict> verdicts_of(const ServiceLevel& level, const ServiceKept& kept) {
  std::vector<ServiceVerdict> verdicts;
  if (level.most_latency_s) verdicts.push_back(latency(level, kept));
  if (level.least_throughput) verdicts.push_back(throughput(level, kept));
  if (level.least_accuracy) verdicts.push_back(accuracy(level, kept));
  if (level.deadline_s) verdicts.push_back(deadline(level, kept));
  return verdicts;
}

std::string together(const std::vector<ServiceVerdict>& verdicts) {
  std::string all = verdicts.empty() ? "unknown" : "met";
  for (const ServiceVerdict& v : verdicts)
    if (v.verdict == "missed" || all == "met") all = v.verdict;
  return all;
}

}  // namespace olivine
