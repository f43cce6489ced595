#include "account/activities/activity_table.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <utility>

namespace olivine {
namespace {

constexpr std::array<std::string_view, kActivityStatuses> kStatusNames{"", "done", "failed", "cancelled", "timeout"};
constexpr std::array<std::string_view, 5> kPlaneNames{"", "chip", "node_dc", "node_ac", "facility"};

template <class Enum, std::size_t n>
Result<Enum> named(std::string_view name, const std::array<std::string_view, n>& names, std::string_view what,
                   std::string_view known) {
  for (std::size_t i = 0; i < n; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return fail(ErrorKind::kInvalid, fmt::format("not a {}: {}", what, known));
}

bool negative(double value) { return value < 0.0 || std::isinf(value); }

}  // namespace

std::string_view name_of(ActivityStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }
std::string_view name_of(ActivityPlane plane) { return kPlaneNames[static_cast<std::size_t>(plane)]; }

Result<ActivityStatus> activity_status_from(std::string_view name) {
  return named<ActivityStatus>(name, kStatusNames, "status", "done, failed, cancelled, timeout or nothing");
}
Result<ActivityPlane> activity_plane_from(std::string_view name) {
  return named<ActivityPlane>(name, kPlaneNames, "plane", "chip, node_dc, node_ac, facility or nothing");
}

std::uint32_t TextColumn::intern(std::string_view text) {
  if (!words_.empty() && words_[last_] == text) return last_;
  const auto found = index_.find(text);
  if (found != index_.end()) return last_ = found->second;
  last_ = static_cast<std::uint32_t>(words_.size());
  words_.emplace_back(text);
  index_.emplace(words_.back(), last_);
  return last_;
}

std::string activity_problem(const Activity& a) {
  constexpr std::int64_t kEarliest = -2'208'988'800, kLatest = 7'258'118'400;  // 1900, 2200: what a TimeParser can give
  constexpr double kMost = 1e12;
  if (a.begin_s < kEarliest || a.end_s > kLatest) return "its time lies outside of 1900 to 2200";
  if (a.end_s < a.begin_s) return "it ends before it begins";
  for (const auto& [value, name] : {std::pair{a.hours, "hours"},
                                    {a.devices, "devices"},
                                    {a.cpus, "cpus"},
                                    {a.memory_gb, "memory_gb"},
                                    {a.energy_kwh, "energy_kwh"}}) {
    if (negative(value)) return fmt::format("{} is {}: it cannot be negative or endless", name, value);
    if (value > kMost) return fmt::format("{} is {}: more than any machine has", name, value);
  }
  if (std::isinf(a.reported_gco2e)) return "reported_gco2e is endless";
  if (a.hours * 3600.0 > static_cast<double>(a.end_s - a.begin_s) + 1.0)
    return fmt::format("{} hours do not fit between its begin and its end", a.hours);
  return "";
}

Status ActivityTable::add(const Activity& a) {
  if (std::string problem = activity_problem(a); !problem.empty()) return fail(ErrorKind::kInvalid, std::move(problem));
  if (size() == kMaxActivities)
    return fail(ErrorKind::kInvalid, fmt::format("more than {} activities; split the file", kMaxActivities));
  for (const auto& [column, text] : {std::pair{&phase, a.phase},
                                     {&zone, a.zone},
                                     {&project, a.project},
                                     {&user, a.user},
                                     {&model, a.model},
                                     {&device, a.device},
                                     {&reported_by, a.reported_by}}) {
    const std::uint32_t id = column->intern(text);
    if (id >= kMaxActivityTexts)
      return fail(ErrorKind::kInvalid,
                  fmt::format("a column has more than {} different words; split the file", kMaxActivityTexts));
    column->push(id);
  }
  begin_s.push_back(a.begin_s);
  end_s.push_back(a.end_s);
  hours.push_back(std::isnan(a.hours) ? static_cast<double>(a.end_s - a.begin_s) / 3600.0 : a.hours);
  devices.push_back(a.devices);
  cpus.push_back(a.cpus);
  memory_gb.push_back(a.memory_gb);
  cpu_used.push_back(a.cpu_used);
  energy_kwh.push_back(a.energy_kwh);
  reported_gco2e.push_back(a.reported_gco2e);
  status.push_back(a.status);
  plane.push_back(a.plane);
  row.push_back(a.row);
  return {};
}

Activity ActivityTable::at(std::size_t i) const {
  Activity a;
  a.begin_s = begin_s[i];
  a.end_s = end_s[i];
  a.hours = hours[i];
  a.status = status[i];
  a.phase = phase[i];
  a.zone = zone[i];
  a.project = project[i];
  a.user = user[i];
  a.model = model[i];
  a.device = device[i];
  a.devices = devices[i];
  a.cpus = cpus[i];
  a.memory_gb = memory_gb[i];
  a.cpu_used = cpu_used[i];
  a.energy_kwh = energy_kwh[i];
  a.plane = plane[i];
  a.reported_by = reported_by[i];
  a.reported_gco2e = reported_gco2e[i];
  a.row = row[i];
  return a;
}

}  // namespace olivine
