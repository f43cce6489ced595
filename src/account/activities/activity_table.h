// ActivityTable: what a cluster, a tracker or a bill says was done: one row an activity, in columns, so that a year of a
// cluster (10^6 jobs) takes some 130 MB and is summed at memory speed.
//
// A row holds facts, no impacts: when, what hardware was held for how long (devices, processor cores, memory), the energy
// where somebody counted one, and at which plane. Powers, PUE and intensities are applied later (fleet.h), so that they stay
// shared inputs of all rows. What the source does not say is absent (NaN, empty text): unknown is never zero.
//
//   ActivityTable table;
//   table.add({.begin_s = t, .end_s = t + 7200, .hours = 2.0, .status = ActivityStatus::kDone, .device = "a100", .devices = 4.0});
//   table.device_hours(0) == 8.0
//
// Units: UTC seconds, hours, kWh, GB, grams CO2e, counts; part of the cores in use 0..1. Errors: add() gives kInvalid when
// the row contradicts itself (ends before it begins, negative amounts) or the table is full. Threads: values.
// Lifetime: texts are owned by the table; views last until the next add().
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "hardware/domain.h"

namespace olivine {

inline constexpr std::size_t kMaxActivities = 20'000'000;
inline constexpr std::size_t kMaxActivityTexts = 4'000'000;  // different words of one column
inline constexpr double kNotSaid = std::numeric_limits<double>::quiet_NaN();

enum class ActivityStatus : std::uint8_t { kUnknown, kDone, kFailed, kCancelled, kTimeout };
inline constexpr std::size_t kActivityStatuses = 5;
std::string_view name_of(ActivityStatus status);  // "", "done", "failed", "cancelled", "timeout"
Result<ActivityStatus> activity_status_from(std::string_view name);

// Where an activity's energy was counted; kUnknown: there is none, or the source does not say.
enum class ActivityPlane : std::uint8_t { kUnknown, kChip, kNodeDc, kNodeAc, kFacility };
std::string_view name_of(ActivityPlane plane);  // "", "chip", ...
Result<ActivityPlane> activity_plane_from(std::string_view name);

struct Activity {
  std::int64_t begin_s = 0, end_s = 0;
  double hours = kNotSaid;  // in use; less than end - begin when it was suspended. Absent: end - begin
  ActivityStatus status = ActivityStatus::kUnknown;
  std::string_view phase{}, zone{}, project{}, user{}, model{};
  std::string_view device{};  // as the source names it: "a100", "p4d.24xlarge"
  double devices = kNotSaid;  // how many of them
  double cpus = kNotSaid;     // processor cores (hardware threads where the source counts those)
  double memory_gb = kNotSaid;
  double cpu_used = kNotSaid;  // of the cores, 0..1
  double energy_kwh = kNotSaid;
  ActivityPlane plane = ActivityPlane::kUnknown;
  std::string_view reported_by{};    // "codecarbon 2.3.4": who counted energy and carbon
  double reported_gco2e = kNotSaid;  // what it made of it; kept beside our own figure, never used in it
  std::uint32_t row = 0;             // line in the source
};

// Words of one column, each kept once.
class TextColumn {
 public:
  std::uint32_t intern(std::string_view text);
  std::string_view operator[](std::size_t row) const { return words_[ids_[row]]; }
  void push(std::uint32_t id) { ids_.push_back(id); }
  const std::vector<std::uint32_t>& ids() const { return ids_; }
  const std::vector<std::string>& words() const { return words_; }  // by id

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index_;
  std::vector<std::string> words_;
  std::vector<std::uint32_t> ids_;
  std::uint32_t last_ = 0;
};

struct ActivityTable {
  std::vector<std::int64_t> begin_s, end_s;
  std::vector<double> hours, devices, cpus, memory_gb, cpu_used, energy_kwh, reported_gco2e;
  std::vector<ActivityStatus> status;
  std::vector<ActivityPlane> plane;
  std::vector<std::uint32_t> row;
  TextColumn phase, zone, project, user, model, device, reported_by;

  std::size_t size() const { return begin_s.size(); }
  Status add(const Activity& activity);
  Activity at(std::size_t index) const;
  // NaN when either is not said.
  double device_hours(std::size_t index) const { return hours[index] * devices[index]; }
  double cpu_hours(std::size_t index) const { return hours[index] * cpus[index]; }
};

// Why a row cannot be one: "ends before it begins"; empty when nothing is wrong.
std::string activity_problem(const Activity& activity);

}  // namespace olivine
