// Plans of published studies, planned again. Each prints tables in Markdown.
//   published_plans awhile DATA   Let's Wait Awhile (Wiesner et al. 2021), scenario II, DE and GB 2020; DATA: the shared data
//   published_plans dodge         the shape of Dodge et al. 2022 on the shipped month x hour profiles: other data than theirs
//   published_plans margins       plans that are best by average intensity, priced at the margin, where a zone has both
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/file_system.h"
#include "grid/import/byte_source.h"
#include "grid/profiles/profiles.h"
#include "grid/shipped.h"
#include "planning/lets_wait_awhile.h"
#include "planning/slot_schedule.h"

namespace {

using namespace olivine;

constexpr WallTime kYear{1'640'995'200'000'000'000};  // 2022

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "published_plans: {}\n", result.error().message);
  std::exit(2);
}

// An hour for each of two years from a profile, so that a window may begin on any day of the first.
std::vector<double> two_years(const MonthHourProfile& profile) {
  constexpr std::array<std::size_t, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::vector<double> g;
  for (std::size_t year = 0; year < 2; ++year)
    for (std::size_t month = 0; month < 12; ++month)
      for (std::size_t day = 0; day < kDays[month]; ++day)
        g.insert(g.end(), profile.g_per_kwh[month].begin(), profile.g_per_kwh[month].end());
  return g;
}

struct Gain {
  double start = 0.0, pause = 0.0, pauses_per_hour = 0.0;
};

// Dodge's two methods on one window.
Gain gain_of(std::span<const double> prices, double hours, std::size_t slack) {
  const JobShape job{.slots = hours};
  const double baseline = must(run_at(0, job, prices)).cost;
  const std::size_t reach = std::min(prices.size(), job.whole_slots() + slack);
  const SlotSchedule best = must(cheapest_pause_resume(job, prices.first(reach)));
  return {1.0 - must(cheapest_contiguous(job, prices.first(reach))).cost / baseline, 1.0 - best.cost / baseline,
          static_cast<double>(best.pauses()) / hours};
}

struct Model {
  const char* name;
  double hours;
};
constexpr std::array<Model, 6> kModels{{{"DenseNet 121", 0.3},
                                        {"BERT fine-tuning", 6},
                                        {"ViT small", 19},
                                        {"BERT training", 36},
                                        {"ViT large", 90},
                                        {"6B transformer", 192}}};

void dodge(Signal signal, Boundary boundary, const char* what, const std::vector<std::string>& skip) {
  std::vector<std::vector<double>> zones;
  for (const ProfileZone& zone : profile_zones(signal, boundary))
    if (std::find(skip.begin(), skip.end(), zone.zone) == skip.end())
      zones.push_back(two_years(must(find_profile(zone.zone, signal, boundary))));
  fmt::print(
      "\n{}, {} regions, 60 starts each; gains in percent (flexible start / pause and resume, pauses an hour):\n\n| N "
      "|",
      what, zones.size());
  for (const Model& m : kModels) fmt::print(" {}, {} h |", m.name, m.hours);
  fmt::print("\n|---|---|---|---|---|---|---|\n");
  for (const double n : {6.0, 12.0, 18.0, 24.0, -0.25, -0.5, -0.75, -1.0}) {
    fmt::print("| {} |", n > 0.0 ? fmt::format("{:.0f} h", n) : fmt::format("{:.0f} %", -100.0 * n));
    for (const Model& m : kModels) {
      const auto slack = static_cast<std::size_t>(std::lround(n > 0.0 ? n : -n * m.hours));
      Gain sum;
      double count = 0.0;
      for (const auto& g : zones)
        for (std::size_t i = 0; i < 60; ++i) {
          const std::size_t begin = i * 146 + (i * 7) % 24;  // five a month, at all hours of the day
          const Gain one = gain_of(std::span(g).subspan(begin, 9 * 48), m.hours, slack);
          sum.start += one.start, sum.pause += one.pause, sum.pauses_per_hour += one.pauses_per_hour;
          count += 1.0;
        }
      fmt::print(" {:.1f} / {:.1f}, {:.2f} |", 100 * sum.start / count, 100 * sum.pause / count,
                 sum.pauses_per_hour / count);
    }
    fmt::print("\n");
  }
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double ma = std::accumulate(a.begin(), a.end(), 0.0) / n, mb = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    ab += (a[i] - ma) * (b[i] - mb), aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb);
  return ab / std::sqrt(aa * bb);
}

struct Both {
  double average = 0.0, marginal = 0.0;  // emissions
};

// 12 h of work within 24 h, from every third hour of one day a month; the sums of what plan and baseline emit.
std::pair<Both, Both> planned(const std::vector<double>& by, const std::vector<double>& average,
                              const std::vector<double>& marginal) {
  const JobShape job{.slots = 12.0};
  Both plan, at_once;
  for (std::size_t month = 0; month < 12; ++month)
    for (std::size_t hour = 0; hour < 24; hour += 3) {
      const std::size_t begin = month * 730 + 24 * (month < 2 ? 5 : 10) - (month * 730) % 24 + hour;
      const auto part = [begin](const std::vector<double>& g) { return std::span(g).subspan(begin, 24); };
      const SlotSchedule best = must(cheapest_pause_resume(job, part(by))), now = must(run_at(0, job, part(by)));
      plan.average += cost_of(best.segments, job, part(average));
      plan.marginal += cost_of(best.segments, job, part(marginal));
      at_once.average += cost_of(now.segments, job, part(average));
      at_once.marginal += cost_of(now.segments, job, part(marginal));
    }
  return {plan, at_once};
}

void margins() {
  fmt::print(
      "| zone | marginal region | correlation | by average: saves average | at the margin | by marginal: saves average "
      "| at the margin |\n|---|---|---|---|---|---|---|\n");
  std::size_t negative = 0, all = 0;
  for (const ProfileZone& zone : profile_zones(Signal::kAverage, Boundary::kLifecycle)) {
    const auto marginal_figure = shipped_intensity({zone.zone, kYear, Signal::kMarginal});
    if (!marginal_figure || !marginal_figure->profile) continue;
    const auto average = two_years(must(find_profile(zone.zone, Signal::kAverage, Boundary::kLifecycle)));
    const auto marginal = two_years(*marginal_figure->profile);
    const auto [a, base] = planned(average, average, marginal);
    const auto [m, base2] = planned(marginal, average, marginal);
    const double at_margin = 100 * (1 - a.marginal / base.marginal);
    fmt::print("| {} | {} | {:.2f} | {:.1f} % | {:.1f} % | {:.1f} % | {:.1f} % |\n", zone.zone, marginal_figure->zone,
               correlation(average, marginal), 100 * (1 - a.average / base.average), at_margin,
               100 * (1 - m.average / base2.average), 100 * (1 - m.marginal / base2.marginal));
    negative += at_margin < 0.0 ? 1 : 0;
    ++all;
  }
  fmt::print("\nThe plan that is best by average emits more at the margin in {} of {} zones.\n", negative, all);
}

void awhile(const std::string& data) {
  RealFileSystem files;
  const std::string jobs = must(read_input(files, data + "/planner/lets_wait_awhile_ml_jobs.csv", 1 << 20));
  fmt::print("| zone | forecast | deadline | without pause | with pauses | published |\n|---|---|---|---|---|---|\n");
  for (const char* zone : {"DE", "GB"})
    for (const double noise : {0.0, 0.05})
      for (const auto rule : {AwhileDeadline::kNextWorkday, AwhileDeadline::kSemiWeekly}) {
        const std::string path =
            data + "/grid/lets-wait-awhile/" + (zone == std::string("DE") ? "ger" : "gb") + "_ci.csv.gz";
        const AwhileInput input = must(parse_awhile(path, must(read_input(files, path, 1 << 24)), jobs));
        const AwhileSaving s = must(awhile_saving(input, rule, noise, 1));
        const bool workday = rule == AwhileDeadline::kNextWorkday;
        const char* published = !workday || noise == 0.0    ? ""
                                : zone == std::string("DE") ? "5.91 / 7.93"
                                                            : "6.56 / 9.03";
        fmt::print("| {} | {} | {} | {:.2f} % | {:.2f} % | {} |\n", zone, noise > 0.0 ? "5 % noise" : "perfect",
                   workday ? "next workday" : "semi-weekly", 100 * s.contiguous, 100 * s.with_pauses, published);
      }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc > 1 ? argv[1] : "";
  if (which == "awhile" && argc == 3) {
    awhile(argv[2]);
  } else if (which == "dodge") {
    dodge(Signal::kAverage, Boundary::kLifecycle, "Average lifecycle intensity", {});
    dodge(Signal::kMarginal, Boundary::kDirect, "Marginal rates of AVERT", {});
  } else if (which == "margins") {
    margins();
  } else {
    fmt::print(stderr, "usage: published_plans awhile DATA | dodge | margins\n");
    return 2;
  }
  return 0;
}
