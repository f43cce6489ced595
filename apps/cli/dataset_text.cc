#include "apps/cli/dataset_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace olivine::cli {
namespace {

double bytes_per_point(const Dataset& d) {
  return static_cast<double>(d.file_bytes) / static_cast<double>(std::max<std::size_t>(d.points, 1));
}
double estimated_share(const Dataset& d) {
  return static_cast<double>(d.estimated) / static_cast<double>(std::max<std::size_t>(d.points, 1));
}

std::string steps_text(const Dataset& d) {
  std::string text;
  for (const std::int64_t step_s : d.steps_s) {
    const std::string one =
        step_s % 3600 == 0 ? fmt::format("{} h", step_s / 3600) : fmt::format("{} min", step_s / 60);
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

}  // namespace

std::string datasets_text(const std::vector<Dataset>& datasets) {
  std::size_t zone = 4, step = 4;
  for (const Dataset& d : datasets) {
    zone = std::max(zone, d.about.zone.size());
    step = std::max(step, steps_text(d).size());
  }
  std::string text =
      fmt::format("{:<{}}  {:<8}  {:<9}  {:<11}  {:<16}  {:<16}  {:<{}}  {:>8}  {:>7}  {:>9}  {:>6}  {}\n", "zone",
                  zone, "signal", "boundary", "accounting", "from (UTC)", "to (UTC)", "step", step, "points", "missing",
                  "estimated", "B/pt", "hash");
  for (const Dataset& d : datasets) {
    text += fmt::format("{:<{}}  {:<8}  {:<9}  {:<11}  {:<16}  {:<16}  {:<{}}  {:>8}  {:>7}  {:>8.1f}%  {:>6.2f}  {}\n",
                        d.about.zone, zone, name_of(d.about.signal), name_of(d.about.boundary),
                        printable(d.about.accounting), format_utc(d.begin).substr(0, 16),
                        format_utc(d.end).substr(0, 16), steps_text(d), step, d.points, d.missing,
                        100.0 * estimated_share(d), bytes_per_point(d), d.hash.substr(0, 12));
  }
  return text;
}

std::string datasets_json(const std::vector<Dataset>& datasets) {
  auto list = nlohmann::ordered_json::array();
  for (const Dataset& d : datasets) {
    list.push_back({{"zone", d.about.zone},
                    {"signal", name_of(d.about.signal)},
                    {"boundary", name_of(d.about.boundary)},
                    {"accounting", d.about.accounting},
                    {"losses", d.about.losses},
                    {"gases", d.about.gases},
                    {"unit", d.about.unit},
                    {"source", d.about.source},
                    {"format", d.about.format},
                    {"hash", d.hash},
                    {"imported_at", format_utc(d.imported_at)},
                    {"begin", format_utc(d.begin)},
                    {"end", format_utc(d.end)},
                    {"steps_s", d.steps_s},
                    {"points", d.points},
                    {"missing", d.missing},
                    {"estimated", d.estimated},
                    {"estimated_share", estimated_share(d)},
                    {"file_bytes", d.file_bytes},
                    {"bytes_per_point", bytes_per_point(d)},
                    {"notes", d.about.notes}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace olivine::cli
