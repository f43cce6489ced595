#include "grid/features/quality.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "grid/features/civil_time.h"
#include "grid/features/compute.h"

namespace olivine::features {
namespace {

constexpr std::size_t kLeastValues = 20;
constexpr int kBins = 10, kCuts = 4;

Spine spine_between(const Rows& rows, std::int64_t begin_ns, std::int64_t end_ns, std::int64_t step_ns) {
  Spine spine;
  spine.entities = rows.entities;
  for (std::uint32_t e = 0; e < spine.entities.size(); ++e)
    for (std::int64_t t = begin_ns; t < end_ns; t += step_ns) spine.entity.push_back(e), spine.time_ns.push_back(t);
  return spine;
}

// All that became known after the cut, with other values, and later still.
Rows with_another_future(const Rows& rows, std::int64_t cut_ns) {
  Rows other = rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::max(rows.event_ns[i], rows.ingest_ns[i]) <= cut_ns) continue;
    if (rows.event_ns[i] > cut_ns) other.event_ns[i] += kNsPerHour;
    other.ingest_ns[i] += kNsPerHour;
    for (auto& column : other.values) column[i] = std::isnan(column[i]) ? 1.0 : 2.0 * column[i] + 1.0;
  }
  other.sort();
  return other;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

Status check_leakage(const FeatureView& view, const Rows& rows, const QualityQuestion& q,
                     std::vector<QualityFinding>& findings) {
  std::vector<double> changed(view.features.size(), 0.0);
  for (int cut = 1; cut <= kCuts; ++cut) {
    const std::int64_t cut_ns = q.begin_ns + (q.end_ns - q.begin_ns) / (kCuts + 1) * cut;
    const Spine past = spine_between(rows, q.begin_ns, cut_ns + 1, q.step_ns);
    OLIVINE_TRY(const Frame before, compute(view, rows, past));
    OLIVINE_TRY(const Frame after, compute(view, with_another_future(rows, cut_ns), past));
    for (std::size_t f = 0; f < changed.size(); ++f)
      for (std::size_t i = 0; i < past.size(); ++i)
        changed[f] += same_bits(before.columns[f][i], after.columns[f][i]) ? 0.0 : 1.0;
  }
  for (std::size_t f = 0; f < changed.size(); ++f)
    findings.push_back(
        {"leakage", view.features[f].name, changed[f], 0.0, changed[f] == 0.0, "answers that another future changes"});
  double early = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i) early += rows.ingest_ns[i] < rows.event_ns[i] ? 1.0 : 0.0;
  findings.push_back({"early_rows", view.source, early, 0.0, early == 0.0,
                      "rows ingested before their event time: forecasts among measurements?"});
  return {};
}

void check_freshness(const FeatureView& view, const Rows& rows, std::int64_t now_ns,
                     std::vector<QualityFinding>& findings) {
  std::vector<std::int64_t> newest(rows.entities.size(), -kMostTimeNs);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows.event_ns[i] <= now_ns && rows.ingest_ns[i] <= now_ns)
      newest[rows.entity[i]] = std::max(newest[rows.entity[i]], rows.event_ns[i]);
  const double limit_h = static_cast<double>(view.ttl_ns) / static_cast<double>(kNsPerHour);
  for (std::size_t e = 0; e < newest.size(); ++e) {
    QualityFinding finding{"freshness", rows.entities[e], std::nullopt, limit_h, false, "no row is visible"};
    if (newest[e] != -kMostTimeNs) {
      finding.value = static_cast<double>(now_ns - newest[e]) / static_cast<double>(kNsPerHour);
      finding.good = now_ns - newest[e] < view.ttl_ns;
      finding.note = "age in hours of the newest row, " + timestamp_text(newest[e]);
    }
    findings.push_back(std::move(finding));
  }
}

void check_values(const FeatureView& view, const Spine& spine, const Frame& frame, const QualityQuestion& q,
                  const QualityLimits& limits, std::vector<QualityFinding>& findings) {
  for (std::size_t f = 0; f < view.features.size(); ++f) {
    std::vector<double> before, after;
    double nulls = 0.0;
    for (std::size_t i = 0; i < spine.size(); ++i) {
      nulls += std::isnan(frame.columns[f][i]) ? 1.0 : 0.0;
      (spine.time_ns[i] < q.split_ns ? before : after).push_back(frame.columns[f][i]);
    }
    const std::string& name = view.features[f].name;
    const double rate = spine.size() == 0 ? 1.0 : nulls / static_cast<double>(spine.size());
    findings.push_back({"null_rate", name, rate, limits.null_rate, rate <= limits.null_rate, ""});
    const auto ks = kolmogorov_smirnov(before, after);
    const auto psi = stability_index(std::move(before), after);
    const std::string note = psi ? "" : fmt::format("fewer than {} values before or after the split", kLeastValues);
    findings.push_back({"psi", name, psi, limits.psi, psi.has_value() && *psi <= limits.psi, note});
    findings.push_back({"ks", name, ks, std::nullopt, true, note});
  }
}

void drop_nulls(std::vector<double>& values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }), values.end());
}

}  // namespace

std::optional<double> stability_index(std::vector<double> reference, const std::vector<double>& current) {
  std::vector<double> now = current;
  drop_nulls(reference);
  drop_nulls(now);
  if (reference.size() < kLeastValues || now.size() < kLeastValues) return std::nullopt;
  std::sort(reference.begin(), reference.end());
  std::vector<double> edges;
  for (int b = 1; b < kBins; ++b) edges.push_back(reference[reference.size() * static_cast<std::size_t>(b) / kBins]);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::array<double, kBins> p{}, q{};
  const auto bin = [&edges](double v) {
    return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), v) - edges.begin());
  };
  for (const double v : reference) p[bin(v)] += 1.0;
  for (const double v : now) q[bin(v)] += 1.0;
  const auto bins = static_cast<double>(edges.size() + 1);
  double index = 0.0;
  for (std::size_t b = 0; b <= edges.size(); ++b) {
    const double before = (p[b] + 0.5) / (static_cast<double>(reference.size()) + 0.5 * bins);
    const double after = (q[b] + 0.5) / (static_cast<double>(now.size()) + 0.5 * bins);
    index += (after - before) * std::log(after / before);
  }
  return index;
}

std::optional<double> kolmogorov_smirnov(std::vector<double> a, std::vector<double> b) {
  drop_nulls(a);
  drop_nulls(b);
  if (a.size() < kLeastValues || b.size() < kLeastValues) return std::nullopt;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double largest = 0.0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

Result<std::vector<QualityFinding>> check_quality(const FeatureView& view, const Rows& rows, const QualityQuestion& q,
                                                  const QualityLimits& limits) {
  std::vector<QualityFinding> findings;
  OLIVINE_CHECK_STATUS(check_leakage(view, rows, q, findings));
  check_freshness(view, rows, q.now_ns, findings);
  const Spine spine = spine_between(rows, q.begin_ns, q.end_ns, q.step_ns);
  OLIVINE_TRY(const Frame frame, compute(view, rows, spine));
  check_values(view, spine, frame, q, limits, findings);
  return findings;
}

}  // namespace olivine::features
