#include "account/lifecycle/bulk_activities.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/floor_div.h"
#include "hardware/catalogue.h"

namespace olivine {
namespace {

constexpr std::int64_t kHourS = 3600;
constexpr std::size_t kMostKinds = 2'000;
constexpr std::int64_t kLongestRowS = 400LL * 86400;  // a row of more days than that is priced in its first 400

// What makes two rows of one kind, as the table's own numbers of words.
struct RowKey {
  std::uint32_t phase, zone, project, model, device;
  ActivityStatus status;
  ActivityPlane plane;
  bool with_energy;
  auto tie() const { return std::tie(phase, zone, project, model, device, status, plane, with_energy); }
  bool operator==(const RowKey& o) const { return tie() == o.tie(); }
};
struct RowKeyHash {
  std::size_t operator()(const RowKey& k) const {
    std::size_t h = k.phase;
    for (const std::uint32_t each : {k.zone, k.project, k.model, k.device, static_cast<std::uint32_t>(k.status),
                                     static_cast<std::uint32_t>(k.plane), static_cast<std::uint32_t>(k.with_energy)})
      h = h * 0x9e3779b97f4a7c15ULL + each;
    return h;
  }
};

RowKey key_of(const ActivityTable& t, std::size_t row, bool merged) {
  const auto word = [&](const TextColumn& column) { return merged ? 0 : column.ids()[row]; };
  return {t.phase.ids()[row],  t.zone.ids()[row], word(t.project), word(t.model),
          t.device.ids()[row], t.status[row],     t.plane[row],    t.energy_kwh[row] >= 0.0};
}

bool too_many_kinds(const ActivityTable& table) {
  std::unordered_set<RowKey, RowKeyHash> kinds;
  for (std::size_t row = 0; row < table.size(); ++row)
    if (kinds.insert(key_of(table, row, false)).second && kinds.size() > kMostKinds) return true;
  return false;
}

// A group while its rows come in.
struct Gathering {
  BulkGroup* group = nullptr;
  bool known_device = false;
  std::int64_t first_hour = 0;
  std::vector<double> by_hour;  // from first_hour on

  void add(std::int64_t begin_s, std::int64_t end_s, double amount) {
    if (end_s <= begin_s) end_s = begin_s + 1;
    end_s = std::min(end_s, begin_s + kLongestRowS);
    const double per_s = amount / static_cast<double>(end_s - begin_s);
    const std::int64_t first = floor_div(begin_s, kHourS), last = floor_div(end_s - 1, kHourS);
    if (by_hour.empty()) first_hour = first;
    if (first < first_hour) {
      by_hour.insert(by_hour.begin(), static_cast<std::size_t>(first_hour - first), 0.0);
      first_hour = first;
    }
    if (const auto needed = static_cast<std::size_t>(last - first_hour + 1); by_hour.size() < needed)
      by_hour.resize(needed, 0.0);
    for (std::int64_t h = first; h <= last; ++h) {
      const std::int64_t from = std::max(begin_s, h * kHourS), to = std::min(end_s, (h + 1) * kHourS);
      by_hour[static_cast<std::size_t>(h - first_hour)] += per_s * static_cast<double>(to - from);
    }
  }
  void finish() const {
    for (std::size_t i = 0; i < by_hour.size(); ++i) {
      if (by_hour[i] <= 0.0) continue;
      const std::int64_t begin = (first_hour + static_cast<std::int64_t>(i)) * kHourS * 1'000'000'000;
      group->slices.push_back({{{begin}, {begin + kHourS * 1'000'000'000}}, joules(by_hour[i])});
    }
    // Of rows that drew nothing: their hours all the same.
    const auto hour = [](std::int64_t h) { return WallTime{h * kHourS * 1'000'000'000}; };
    if (group->slices.empty())
      group->span = {hour(first_hour), hour(first_hour + static_cast<std::int64_t>(by_hour.size()))};
    else
      group->span = {group->slices.front().interval.begin, group->slices.back().interval.end};
  }
};

// The [[hardware]] that a table's device is: by id, by name, by the catalogue's spelling of either.
std::string hardware_of(const Manifest& manifest, std::string_view device) {
  if (device.empty()) return "";
  for (const ManifestHardware& h : manifest.hardware)
    if (h.id == device || h.name == device) return h.id;
  const std::string wanted = normalise_gpu_name(device);
  for (const ManifestHardware& h : manifest.hardware)
    if (!wanted.empty() && (normalise_gpu_name(h.name) == wanted || normalise_gpu_name(h.id) == wanted)) return h.id;
  return "";
}

ManifestActivity activity_of(const ActivityTable& table, std::size_t row, const Manifest& manifest,
                             const ManifestActivitiesFile& file, std::string id) {
  ManifestActivity a;
  a.id = std::move(id);
  a.line = file.line;
  a.conditions = file.conditions;
  a.phase = !file.phase.empty() ? file.phase : std::string(table.phase[row]);
  if (std::find(std::begin(kPhases), std::end(kPhases), a.phase) == std::end(kPhases)) a.phase = "experimentation";
  a.project = table.project[row];
  a.model = table.model[row];
  if (table.status[row] == ActivityStatus::kDone)
    a.status = "done";
  else if (table.status[row] != ActivityStatus::kUnknown)
    a.status = "failed";
  if (!table.zone[row].empty()) a.conditions.zone = table.zone[row];
  a.hardware = hardware_of(manifest, table.device[row]);
  if (table.plane[row] != ActivityPlane::kUnknown) a.conditions.plane = name_of(table.plane[row]);
  return a;
}

}  // namespace

BulkGroups group_activities(const ActivityTable& table, const Manifest& manifest, const ManifestActivitiesFile& file,
                            std::size_t index) {
  BulkGroups out;
  out.merged = too_many_kinds(table);
  std::unordered_map<RowKey, Gathering, RowKeyHash> gatherings;
  for (std::size_t row = 0; row < table.size(); ++row) {
    ++out.rows;
    const double energy = table.energy_kwh[row], device_hours = table.device_hours(row);
    const bool with_energy = energy >= 0.0;
    if (!with_energy && !(device_hours >= 0.0)) {
      ++out.silent;
      continue;
    }
    const RowKey key = key_of(table, row, out.merged);
    auto [found, is_new] = gatherings.try_emplace(key);
    Gathering& g = found->second;
    if (is_new) {
      const std::string hardware = hardware_of(manifest, table.device[row]);
      g.known_device = with_energy || !hardware.empty();
      if (g.known_device) {
        out.groups.push_back(
            {activity_of(table, row, manifest, file, fmt::format("table{}-{}", index + 1, out.groups.size() + 1)),
             0.0,
             0.0,
             {},
             {},
             0,
             with_energy});
        g.group = &out.groups.back();
        if (out.merged) g.group->activity.project.clear(), g.group->activity.model.clear();
      }
    }
    if (!g.known_device) {
      ++out.unknown_devices[std::string(table.device[row])];
      continue;
    }
    ++g.group->rows;
    if (with_energy) g.group->energy_kwh += energy;
    if (device_hours >= 0.0) g.group->device_hours += device_hours;
    g.add(table.begin_s[row], table.end_s[row], with_energy ? energy : device_hours);
  }
  for (auto& [key, g] : gatherings)
    if (g.group != nullptr) g.finish();
  return out;
}

Status preset_of_group(AccountContext& c, const BulkGroup& group, const std::string& path, ActivityWork& work) {
  const std::string source = fmt::format("{}, {} rows", path, group.rows);
  work.preset_span = group.span;
  work.preset_slices = group.slices;
  if (group.device_hours > 0.0) {
    OLIVINE_TRY(const Distribution d, exactly(group.device_hours * 3600.0));
    OLIVINE_TRY(work.device_time, c.values.known(fmt::format("activity.{}.device_hours", group.activity.id),
                                                 kTimeDimension, d, Basis::kUserStated, source, "table"));
  }
  if (group.with_energy) {
    OLIVINE_TRY(const Distribution d, exactly(group.energy_kwh * kJoulesPerKilowattHour));
    OLIVINE_TRY(work.preset_energy, c.values.known(fmt::format("activity.{}.energy", group.activity.id),
                                                   kEnergyDimension, d, Basis::kUserStated, source, "table"));
  }
  return {};
}

}  // namespace olivine
