#include "account/activities/bulk.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/floor_div.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 9> kGroups{"all",   "phase", "model",  "project", "status",
                                                  "month", "zone",  "device", "user"};
constexpr std::size_t kRowsBetweenProgress = 65'536;
constexpr std::int64_t kDayS = 86'400;

std::uint32_t month_of(std::int64_t s) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{floor_div(s, kDayS)}}};
  return static_cast<std::uint32_t>(static_cast<int>(date.year()) * 12 +
                                    static_cast<int>(static_cast<unsigned>(date.month())) - 1);
}
std::int64_t begin_of_month(std::uint32_t month) {
  using namespace std::chrono;
  const sys_days day{year{static_cast<int>(month / 12)} / static_cast<int>(month % 12 + 1) / 1};
  return std::int64_t{day.time_since_epoch().count()} * kDayS;
}

// Cells by key in one open table: a handful of cells, asked for once a row.
class CellIndex {
 public:
  CellIndex() : slots_(1024) {}
  BulkCell& at(std::uint32_t group, std::uint32_t device, std::uint32_t zone, ActivityStatus status,
               ActivityPlane plane) {
    if (cells_.size() * 2 >= slots_.size()) grow();
    std::size_t slot = hash(group, device, zone, status, plane) & (slots_.size() - 1);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      BulkCell& c = cells_[slots_[slot] - 1];
      if (c.group == group && c.device == device && c.zone == zone && c.status == status && c.plane == plane) return c;
    }
    cells_.push_back({.group = group, .device = device, .zone = zone, .status = status, .plane = plane});
    slots_[slot] = cells_.size();
    return cells_.back();
  }
  std::vector<BulkCell> take() { return std::move(cells_); }

 private:
  static std::size_t hash(std::uint32_t group, std::uint32_t device, std::uint32_t zone, ActivityStatus status,
                          ActivityPlane plane) {
    std::uint64_t h = group * 0x9E3779B97F4A7C15ULL ^ device * 0xC2B2AE3D27D4EB4FULL ^ zone * 0x165667B19E3779F9ULL;
    h ^= static_cast<std::uint64_t>(status) * 31 + static_cast<std::uint64_t>(plane) * 1009;
    h = (h ^ (h >> 29U)) * 0xBF58476D1CE4E5B9ULL;
    return static_cast<std::size_t>(h ^ (h >> 32U));
  }
  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const BulkCell& c = cells_[i];
      std::size_t slot = hash(c.group, c.device, c.zone, c.status, c.plane) & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i + 1;
    }
  }
  std::vector<std::size_t> slots_;
  std::vector<BulkCell> cells_;
};

// Mean intensities of a span and the part of it that is known.
struct SpanPrice {
  double mean = 0.0, lower = 0.0, upper = 0.0, known = 0.0;
};
SpanPrice price_of(const IntensityIntegral& zone, std::int64_t begin_s, std::int64_t end_s) {
  if (end_s == begin_s) ++end_s;  // no length: the intensity of that second
  const IntensitySum sum = zone.over(begin_s, end_s);
  const double span_mg = static_cast<double>(end_s - begin_s) * 1e3;
  return {static_cast<double>(sum.mg_s) / span_mg, static_cast<double>(sum.lower_mg_s) / span_mg,
          static_cast<double>(sum.upper_mg_s) / span_mg, static_cast<double>(sum.known_s) * 1e3 / span_mg};
}

void add_amount(PricedAmount& to, double amount, const SpanPrice& price) {
  if (std::isnan(amount)) return;
  to.amount += amount;
  to.priced += amount * price.mean;
  to.lower += amount * price.lower;
  to.upper += amount * price.upper;
  to.unpriced += amount * (1.0 - price.known);
}

// The part `share` of row i, in [begin_s, end_s).
void add_row(BulkCell& cell, const ActivityTable& t, std::size_t i, double share, const SpanPrice& price, bool counts) {
  const double hours = t.hours[i] * share;
  const double device_hours = hours * t.devices[i];
  if (!std::isnan(device_hours)) cell.device_hours += device_hours;
  if (!std::isnan(t.energy_kwh[i])) {
    add_amount(cell.held[static_cast<std::size_t>(Held::kEnergy)], t.energy_kwh[i] * share, price);
  } else {
    add_amount(cell.held[static_cast<std::size_t>(Held::kDevices)], device_hours, price);
    add_amount(cell.held[static_cast<std::size_t>(Held::kCpus)], hours * t.cpus[i], price);
    add_amount(cell.held[static_cast<std::size_t>(Held::kMemory)], hours * t.memory_gb[i], price);
    add_amount(cell.unused_cpus, hours * t.cpus[i] * (1.0 - std::min(1.0, t.cpu_used[i])), price);
    if (counts && std::isnan(t.devices[i]) && std::isnan(t.cpus[i]) && std::isnan(t.memory_gb[i])) ++cell.nothing_known;
  }
  if (!std::isnan(t.reported_gco2e[i])) {
    cell.reported_g += t.reported_gco2e[i] * share;
    cell.reported_rows += counts ? 1 : 0;
  }
  cell.rows += counts ? 1 : 0;
}

std::uint32_t group_id(const ActivityTable& t, FleetBy group, std::size_t i) {
  switch (group) {
    case FleetBy::kPhase: return t.phase.ids()[i];
    case FleetBy::kModel: return t.model.ids()[i];
    case FleetBy::kProject: return t.project.ids()[i];
    case FleetBy::kStatus: return static_cast<std::uint32_t>(t.status[i]);
    case FleetBy::kZone: return t.zone.ids()[i];
    case FleetBy::kDevice: return t.device.ids()[i];
    case FleetBy::kUser: return t.user.ids()[i];
    case FleetBy::kMonth: return month_of(t.begin_s[i]);
    case FleetBy::kAll: break;
  }
  return 0;
}

}  // namespace

std::string_view name_of(FleetBy group) { return kGroups[static_cast<std::size_t>(group)]; }
Result<FleetBy> fleet_by_from(std::string_view name) {
  for (std::size_t i = 0; i < kGroups.size(); ++i)
    if (kGroups[i] == name) return static_cast<FleetBy>(i);
  return fail(ErrorKind::kInvalid, "not one of all, phase, model, project, status, month, zone, device, user");
}

void PricedAmount::add(const PricedAmount& o) {
  amount += o.amount;
  priced += o.priced;
  lower += o.lower;
  upper += o.upper;
  unpriced += o.unpriced;
}

BulkResult evaluate_bulk(const ActivityTable& t, const std::vector<IntensityIntegral>& zones, FleetBy group,
                         const std::function<void(std::size_t rows)>& progress) {
  CellIndex index;
  BulkResult out;
  out.group = group;
  out.rows = t.size();
  for (std::size_t i = 0; i < t.size(); ++i) {
    const std::uint32_t zone = t.zone.ids()[i], device = t.device.ids()[i];
    const std::int64_t begin_s = t.begin_s[i], end_s = t.end_s[i];
    out.begin_s = i == 0 ? begin_s : std::min(out.begin_s, begin_s);
    out.end_s = i == 0 ? end_s : std::max(out.end_s, end_s);
    std::uint32_t id = group_id(t, group, i);
    if (progress && i % kRowsBetweenProgress == 0) progress(i);
    std::int64_t from_s = begin_s;
    for (bool first = true;; first = false) {
      const std::int64_t to_s = group == FleetBy::kMonth ? std::min(end_s, begin_of_month(id + 1)) : end_s;
      const double share =
          end_s == begin_s ? 1.0 : static_cast<double>(to_s - from_s) / static_cast<double>(end_s - begin_s);
      add_row(index.at(id, device, zone, t.status[i], t.plane[i]), t, i, share, price_of(zones[zone], from_s, to_s),
              first);
      if (to_s >= end_s) break;
      from_s = to_s;
      ++id;
    }
  }
  if (progress) progress(t.size());
  out.cells = index.take();
  return out;
}

std::string fleet_group_name(const ActivityTable& t, FleetBy group, std::uint32_t id) {
  std::string_view word;
  switch (group) {
    case FleetBy::kAll: return "all";
    case FleetBy::kMonth: return fmt::format("{:04}-{:02}", id / 12, id % 12 + 1);
    case FleetBy::kStatus: word = name_of(static_cast<ActivityStatus>(id)); break;
    case FleetBy::kPhase: word = t.phase.words()[id]; break;
    case FleetBy::kModel: word = t.model.words()[id]; break;
    case FleetBy::kProject: word = t.project.words()[id]; break;
    case FleetBy::kZone: word = t.zone.words()[id]; break;
    case FleetBy::kDevice: word = t.device.words()[id]; break;
    case FleetBy::kUser: word = t.user.words()[id]; break;
  }
  return word.empty() ? "not said" : std::string(word);
}

}  // namespace olivine
