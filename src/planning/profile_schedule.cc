#include "planning/profile_schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace olivine {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostCells = 100'000'000;
// Really less, not only by the rounding of sums: the first of equals stays.
bool is_less(double a, double b) { return a < b && (b == kNever || b - a > 1e-12 * std::abs(b)); }

Status check(const JobShape& job, std::span<const double> profile) {
  OLIVINE_CHECK_STATUS(check(job));
  if (profile.size() != job.whole_slots())
    return fail(ErrorKind::kInvalid,
                fmt::format("a profile of {} slots for {} slots of work", profile.size(), job.whole_slots()));
  for (const double part : profile)
    if (!std::isfinite(part) || part < 0.0)
      return fail(ErrorKind::kInvalid, "the energy of a slot of work must be a number of 0 or more");
  return {};
}

// States of one slot border: off, k slots of overhead to go (k < pause_slots; 0: must run next), running for r slots
// (least_run of them or more count as one).
// Cost: of using so much of slot t, within the first part of it; not a number where it cannot be.
template <class Cost>
class ProfileProgramme {
 public:
  ProfileProgramme(const JobShape& job, std::span<const double> profile, std::size_t slots, const Cost& price)
      : job_(job),
        profile_(profile),
        slots_(slots),
        price_(price),
        work_(profile.size()),
        least_run_(job.least_run()),
        kinds_(1 + job.pause_slots + least_run_) {}

  std::size_t cells() const { return kinds_ * (work_ + 1) * slots_; }

  SlotSchedule solve() {
    std::vector<double> now(kinds_ * (work_ + 1), kNever), next(now.size());
    came_.assign(cells(), kFromNowhere);
    now[at(job_.state == JobState::kRunning ? running(least_run_) : 0, 0)] = 0.0;
    if (job_.state == JobState::kRunning) now[at(0, 0)] = kNever;
    for (std::size_t t = 0; t < slots_; ++t) {
      std::fill(next.begin(), next.end(), kNever);
      step(t, now, next);
      now.swap(next);
    }
    std::size_t best = 0;
    for (std::size_t kind = 1; kind < kinds_; ++kind)
      if (is_less(now[at(kind, work_)], now[at(best, work_)]) && may_end(kind)) best = kind;
    if (now[at(best, work_)] == kNever || !may_end(best)) return {};
    return {way_back(best), now[at(best, work_)]};
  }

 private:
  static constexpr std::uint16_t kFromNowhere = 0xffff;
  std::size_t at(std::size_t kind, std::size_t w) const { return kind * (work_ + 1) + w; }
  std::size_t restoring(std::size_t left) const { return 1 + left; }         // left < pause_slots
  std::size_t running(std::size_t r) const { return job_.pause_slots + r; }  // 1 .. least_run
  bool may_end(std::size_t kind) const { return kind == 0 || kind == running(least_run_); }

  void reach(std::size_t t, std::vector<double>& next, std::size_t to, std::size_t w, double cost, std::size_t from) {
    double& known = next[at(to, w)];
    if (is_less(cost, known)) {
      known = cost;
      came_[t * kinds_ * (work_ + 1) + at(to, w)] = static_cast<std::uint16_t>(from);
    }
  }

  // On equal costs a segment goes on, and work that is done stays done: fewer pauses, an earlier end (as in pause_resume.cc).
  void step(std::size_t t, const std::vector<double>& now, std::vector<double>& next) {
    for (std::size_t w = 0; w <= work_; ++w) {
      if (const double off = now[at(0, w)]; off != kNever) reach(t, next, 0, w, off + idle(t, w), 0);
      for (std::size_t kind = kinds_; kind-- > 0;) {
        const double cost = now[at(kind, w)];
        if (cost == kNever) continue;
        if (kind == 0)
          from_off(t, w, cost, next);
        else if (kind <= job_.pause_slots) {
          from_restoring(t, kind, w, cost, next);
        } else {
          from_running(t, kind, w, cost, next);
        }
      }
    }
  }

  double idle(std::size_t t, std::size_t w) const {
    if (w == work_ || job_.paused_power == 0.0 || (w == 0 && job_.state == JobState::kFresh)) return 0.0;
    const double cost = price_(t, job_.paused_power, 1.0);
    return std::isnan(cost) ? kNever : cost;
  }

  // A cost that is not a number is never the least: such a slot is not used.
  void work_slot(std::size_t t, std::size_t to_run, std::size_t w, double cost, double extra, std::size_t from,
                 std::vector<double>& next) {
    if (w + 1 == work_ && to_run == least_run_ && !job_.may_end_with(to_run)) return;  // too short by its part
    reach(t, next, running(std::min(to_run, least_run_)), w + 1,
          cost + price_(t, profile_[w] + extra, w + 1 == work_ ? job_.last_part() : 1.0), from);
  }

  void from_off(std::size_t t, std::size_t w, double cost, std::vector<double>& next) {
    if (w == work_) return;
    const bool restarts = w > 0 || job_.state != JobState::kFresh;
    const double begun = w > 0 || job_.state == JobState::kRunning ? cost + job_.pause_cost : cost;
    const double extra = restarts ? job_.pause_energy : 0.0;
    if (restarts && job_.pause_slots > 0)
      reach(t, next, restoring(job_.pause_slots - 1), w, begun + price_(t, 1.0 + extra, 1.0), 0);
    else
      work_slot(t, 1, w, begun, extra, 0, next);
  }

  void from_restoring(std::size_t t, std::size_t kind, std::size_t w, double cost, std::vector<double>& next) {
    const std::size_t left = kind - 1;
    if (left > 0)
      reach(t, next, restoring(left - 1), w, cost + price_(t, 1.0, 1.0), kind);
    else if (w < work_)
      work_slot(t, 1, w, cost, 0.0, kind, next);
  }

  void from_running(std::size_t t, std::size_t kind, std::size_t w, double cost, std::vector<double>& next) {
    if (w < work_) work_slot(t, kind - job_.pause_slots + 1, w, cost, 0.0, kind, next);
    if (kind == running(least_run_)) reach(t, next, 0, w, cost + idle(t, w), kind);
  }

  std::vector<SlotRun> way_back(std::size_t kind) const {
    std::vector<SlotRun> segments;  // from the last to the first
    std::size_t w = work_;
    for (std::size_t t = slots_; t-- > 0;) {
      const std::size_t from = came_[t * kinds_ * (work_ + 1) + at(kind, w)];
      if (kind != 0) {  // slot t ran
        if (segments.empty() || segments.back().begin != t + 1) segments.push_back({t, t + 1, 0});
        segments.back().begin = t;
        if (kind <= job_.pause_slots)
          ++segments.back().overhead;
        else
          --w;
      }
      kind = from;
    }
    std::reverse(segments.begin(), segments.end());
    return segments;
  }

  const JobShape& job_;
  std::span<const double> profile_;
  std::size_t slots_;
  const Cost& price_;
  std::size_t work_, least_run_, kinds_;
  std::vector<std::uint16_t> came_;
};

template <class Cost>
Result<SlotSchedule> cheapest_of(const JobShape& job, std::span<const double> profile, std::size_t slots,
                                 const Cost& cost) {
  OLIVINE_CHECK_STATUS(check(job, profile));
  ProfileProgramme<Cost> programme(job, profile, slots, cost);
  if (programme.cells() > kMostCells)
    return fail(ErrorKind::kUnsupported,
                fmt::format("{} slots of work in {} slots are too many for a power curve; take longer slots",
                            profile.size(), slots));
  return programme.solve();
}

}  // namespace

double cost_of(std::span<const SlotRun> segments, const JobShape& job, std::span<const double> profile,
               const SlotPrices& prices) {
  double cost = 0.0;
  std::size_t w = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const SlotRun& segment = segments[s];
    if (segment.end > prices.size()) return std::numeric_limits<double>::quiet_NaN();
    for (std::size_t t = segment.begin; t < segment.end; ++t) {
      const bool works = t >= segment.begin + segment.overhead && w < profile.size();
      const bool last = works && w + 1 == profile.size();
      cost += (last ? prices.last : prices.whole)[t] * (works ? profile[w++] : 1.0);
    }
    add_pause(segments, s, job, prices, cost);
  }
  return cost;
}

Result<SlotSchedule> cheapest_contiguous(const JobShape& job, std::span<const double> profile,
                                         const SlotPrices& prices) {
  OLIVINE_CHECK_STATUS(check(job, profile));
  if (job.state != JobState::kFresh)
    return fail(ErrorKind::kInvalid, "only a job that has not begun has a start to choose");
  const std::size_t work = profile.size();
  double best = kNever;
  SlotSchedule schedule;
  for (std::size_t begin = 0; begin + work <= prices.size(); ++begin) {
    double cost = 0.0;
    for (std::size_t w = 0; w < work && !std::isnan(cost); ++w)
      cost += profile[w] * (w + 1 == work ? prices.last : prices.whole)[begin + w];
    if (std::isnan(cost) || !is_less(cost, best)) continue;
    best = cost;
    schedule = {{{begin, begin + work, 0}}, cost};
  }
  if (best == kNever) return does_not_fit(job, prices);
  return schedule;
}

Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, std::span<const double> profile,
                                           const SlotPrices& prices) {
  const auto linear = [&](std::size_t t, double use, double part) {
    return use * (part < 1.0 ? prices.last : prices.whole)[t];
  };
  OLIVINE_TRY(SlotSchedule schedule, cheapest_of(job, profile, prices.size(), linear));
  if (schedule.segments.empty()) return does_not_fit(job, prices);
  schedule.cost = cost_of(schedule.segments, job, profile, prices);
  return schedule;
}

Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, std::span<const double> profile, std::size_t slots,
                                           const SlotCost& cost) {
  OLIVINE_TRY(SlotSchedule schedule, cheapest_of(job, profile, slots, cost));
  if (!schedule.segments.empty()) return schedule;
  std::vector<double> full(slots);
  for (std::size_t t = 0; t < slots; ++t) full[t] = cost(t, 1.0, 1.0);
  return does_not_fit(job, full);
}

Result<std::vector<double>> profile_of(std::span<const ProfileStep> steps, double slots) {
  const JobShape shape{.slots = slots};
  OLIVINE_CHECK_STATUS(check(shape));
  std::vector<double> profile(shape.whole_slots(), 0.0);
  double total = 0.0;
  for (const ProfileStep& step : steps) {
    const double length = step.end_slots - step.begin_slots;
    if (!(step.begin_slots >= 0.0) || !(length >= 0.0) || step.end_slots > slots + 1e-6 || !(step.energy >= 0.0) ||
        !std::isfinite(step.energy))
      return fail(ErrorKind::kInvalid, "a piece of the power curve lies outside of the work");
    const auto first = std::min(static_cast<std::size_t>(step.begin_slots), profile.size() - 1);
    for (std::size_t i = first; i < profile.size(); ++i) {
      const double part =
          std::min(step.end_slots, static_cast<double>(i + 1)) - std::max(step.begin_slots, static_cast<double>(i));
      if (i > first && part <= 0.0) break;
      const bool all = length == 0.0;
      profile[i] += all ? step.energy : step.energy * std::max(part, 0.0) / length;
      if (all) break;
    }
    total += step.energy;
  }
  if (!(total > 0.0)) return fail(ErrorKind::kInvalid, "the power curve holds no energy");
  for (double& part : profile) part *= slots / total;
  return profile;
}

}  // namespace olivine
