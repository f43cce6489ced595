// CarbonScaler's greedy on its published profile (n-body, 1 to 7 workers), on a year of hourly intensities of many zones, with and without
// the fractional last slot, beside suspending one worker and the best fixed number of workers.
//
//   carbonscaler PROFILE.csv INTENSITY.csv.gz     workers,throughput_iterations_per_s,power_w; time, one column a zone, g/kWh
//
// For each zone: 120 starts, 73 h apart; saving = 1 - sum of the policy's grams / sum of one worker's at once. Zones that are one value all
// year are left out. Prints a table for docs/benchmarks.md.
#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "grid/forecast/hourly_table.h"
#include "grid/import/byte_source.h"
#include "planning/elastic_job.h"
#include "planning/slot_schedule.h"
#include "provenance/table.h"

namespace {

using namespace olivine;

constexpr std::size_t kStarts = 120, kStartsApart = 73;

struct Policies {
  double at_once = 0.0, suspend = 0.0, fixed = 0.0, whole = 0.0, fractional = 0.0;
};

// The best number of workers for the whole job, from the first slot on.
double best_fixed(const ElasticJob& job, std::span<const double> window) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t s = 0; s < job.scales.size(); ++s)
    if (const auto run = elastic_at_once(job, s, window)) best = std::min(best, run->cost);
  return best;
}

void add(const ElasticJob& job, std::span<const double> window, Policies& sum) {
  const JobShape alone{.slots = job.slots};
  sum.at_once += elastic_at_once(job, 0, window)->cost;
  sum.suspend += cheapest_pause_resume(alone, window)->cost;
  sum.fixed += best_fixed(job, window);
  sum.whole += cheapest_elastic(job, window, LastSlot::kWhole)->cost;
  sum.fractional += cheapest_elastic(job, window)->cost;
}

Result<ElasticJob> profile_of(const std::string& path) {
  RealFileSystem files;
  OLIVINE_TRY(const std::string text, read_input(files, path, 1 << 20));
  OLIVINE_TRY(const CsvTable table, CsvTable::parse(path, text));
  ElasticJob job;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    OLIVINE_TRY(const double workers, table.number(row, "workers"));
    OLIVINE_TRY(const double throughput, table.number(row, "throughput_iterations_per_s"));
    OLIVINE_TRY(const double power, table.number(row, "power_w"));
    job.scales.push_back({workers, throughput, power});
  }
  const ScalePoint first = job.scales.front();
  for (ScalePoint& p : job.scales) p = {p.scale, p.throughput / first.throughput, p.power / first.power};
  return job;
}

Result<std::map<std::string, std::vector<double>>> zones_of(const std::string& path) {
  RealFileSystem files;
  OLIVINE_TRY(HourlyTable table, read_hourly_csv(files, path));
  std::map<std::string, std::vector<double>> zones;
  for (std::size_t c = 0; c < table.columns.size(); ++c) zones.emplace(table.columns[c], std::move(table.values[c]));
  std::erase_if(zones, [](const auto& zone) {
    return std::all_of(zone.second.begin(), zone.second.end(), [&](double g) { return g == zone.second.front(); });
  });
  return zones;
}

Status print_tables(const std::string& profile, const std::string& intensity) {
  OLIVINE_TRY(ElasticJob job, profile_of(profile));
  OLIVINE_TRY(const auto zones, zones_of(intensity));
  const auto saved = [](double part, double of) { return 100.0 * (1.0 - part / of); };
  for (const auto& [length, window] : {std::pair<std::size_t, std::size_t>{12, 12}, {12, 24}, {24, 48}}) {
    job.slots = static_cast<double>(length);
    Policies mean;
    for (const auto& [zone, values] : zones) {
      Policies sum;
      for (std::size_t i = 0; i < kStarts && i * kStartsApart + window <= values.size(); ++i)
        add(job, std::span(values).subspan(i * kStartsApart, window), sum);
      const Policies s{0.0, saved(sum.suspend, sum.at_once), saved(sum.fixed, sum.at_once),
                       saved(sum.whole, sum.at_once), saved(sum.fractional, sum.at_once)};
      for (double Policies::* p : {&Policies::suspend, &Policies::fixed, &Policies::whole, &Policies::fractional})
        mean.*p += s.*p / static_cast<double>(zones.size());
      for (const char* shown : {"CA-ON", "AU-SA", "US-CAL-CISO", "DE", "US-MIDA-PJM"})
        if (zone == shown && length == 24)
          fmt::print("| {} h in {} h, {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", length, window, zone, s.suspend,
                     s.fixed, s.whole, s.fractional);
    }
    fmt::print("| {} h in {} h, mean of {} zones | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", length, window, zones.size(),
               mean.suspend, mean.fixed, mean.whole, mean.fractional);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: carbonscaler PROFILE.csv INTENSITY.csv.gz\n");
    return 2;
  }
  const auto done = print_tables(argv[1], argv[2]);
  if (!done) fmt::print(stderr, "carbonscaler: {}\n", done.error().message);
  return done ? 0 : 1;
}
