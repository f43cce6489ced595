// What tests of accounts share: a world of known intensities and runs, and a manifest made of a few lines.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "account/lifecycle/account.h"
#include "account/location_based.h"

namespace olivine::testing {

// Intensities by zone as hourly points from a time on; all else is unknown.
class ScriptedIntensity final : public IntensitySource {
 public:
  struct Zone {
    std::vector<IntensityPoint> points;
    std::string boundary = "lifecycle", losses = "excluded";
    RelativeRange range;
  };
  std::map<std::string, Zone> average, marginal;

  Result<SpanIntensity> over(const SpanIntensityQuery& query) override {
    const auto& zones = query.signal == Signal::kAverage ? average : marginal;
    SpanIntensity out;
    out.zone = query.zone;
    out.boundary = "lifecycle";
    const auto found = zones.find(query.zone);
    if (found == zones.end()) {
      out.reason = "no such zone in this test";
      return out;
    }
    IntensitySeries series;
    series.zone = query.zone;
    series.points = found->second.points;
    std::vector<EnergySlice> slices = query.slices;
    if (slices.empty() && query.span) slices = {{*query.span, joules(1.0)}};
    if (slices.empty()) slices = {{{series.points.front().begin, series.points.back().end}, joules(1.0)}};
    OLIVINE_TRY(const PricedBySeries priced, price_by_series(slices, series));
    out.g_per_kwh = in_grams_per_kilowatt_hour(priced.mean);
    out.range = found->second.range;
    out.boundary = found->second.boundary;
    out.losses = found->second.losses;
    out.method = "hourly series";
    out.dataset = "0123456789abcdef";
    out.source = "data set 0123456789abcdef, made up";
    out.coverage = priced.covered_share;
    return out;
  }
};

class ScriptedRuns final : public RunSource {
 public:
  std::map<std::string, RunFacts> known;
  Result<RunFacts> run(const std::string& id) override {
    const auto found = known.find(id);
    if (found == known.end()) return fail(ErrorKind::kNotFound, "no run is called " + id);
    return found->second;
  }
};

// Hours of 2022-01-01 on.
inline std::vector<IntensityPoint> hourly(const std::vector<double>& values) {
  std::vector<IntensityPoint> points;
  constexpr std::int64_t kBegin = 1'640'995'200'000'000'000, kHour = 3'600'000'000'000;  // 2022-01-01T00:00:00Z
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t begin = kBegin + static_cast<std::int64_t>(i) * kHour;
    points.push_back(exact_point({begin}, {begin + kHour}, values[i]));
  }
  return points;
}

struct AccountWorld {
  ScriptedIntensity intensity;
  ScriptedRuns runs;
  TableSource* tables = nullptr;
  AccountOptions options{.zone = "", .at = "", .signal = Signal::kAverage, .samples = 20'000, .seed = 1};

  Result<Account> account(const std::string& manifest) {
    const auto parsed = parse_manifest("schema = \"olivine-account/1\"\n" + manifest, "m.toml");
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    return evaluate_account(*parsed, {&intensity, &runs, nullptr, tables}, options);
  }
};

// A figure's value; a failure of the test when it is not known.
inline double value_of(const Result<Account>& account, const std::string& id) {
  if (!account) {
    ADD_FAILURE() << account.error().message;
    return 0.0;
  }
  const AccountFigure* f = account->find(id);
  if (f == nullptr || !f->value) {
    ADD_FAILURE() << id << (f == nullptr ? " does not exist" : " is unknown: " + f->reason);
    return 0.0;
  }
  return *f->value;
}

inline bool lists(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace olivine::testing
