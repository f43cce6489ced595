#include "planning/queue_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "planning/queue_exact.h"
#include "planning/slot_choice.h"
#include "planning/slot_means.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr std::size_t kNamedJobs = 5;  // in a note
constexpr std::size_t kMostSlots = 200'000;

Status check_request(const QueueRequest& r) {
  const auto bad = [](std::string why) { return fail(ErrorKind::kInvalid, std::move(why)); };
  if (r.slot.ns <= 0) return bad("a slot must be longer than nothing");
  if (r.objective != Objective::kAverage && r.objective != Objective::kMarginal)
    return bad("a queue is planned by average or marginal");
  if (!(r.pause_g >= 0.0) || !std::isfinite(r.pause_g)) return bad("the cost of a pause must be a number of 0 or more");
  for (const QueueJob& job : r.jobs) {
    if (job.length.ns <= 0 || !(job.power_w > 0.0) || !std::isfinite(job.power_w))
      return bad(fmt::format("job {}: duration and power must be above 0", printable(job.name)));
    if (job.deadline <= job.arrival && job.arrival != r.now)  // else it has passed
      return bad(fmt::format("job {}: its deadline {} is not after its arrival", printable(job.name),
                             format_utc(job.deadline)));
  }
  if (std::all_of(r.jobs.begin(), r.jobs.end(), [&](const QueueJob& job) { return job.deadline <= r.now; }))
    return bad(fmt::format("no job's deadline is after the start of the plan, {}", format_utc(r.now)));
  return {};
}

// Names for a note, the first few.
class NameList {
 public:
  void add(const std::string& name) {
    if (count_ < kNamedJobs) text_ += (text_.empty() ? "" : ", ") + printable(name);
    if (count_++ == kNamedJobs) text_ += ", ...";
  }
  std::size_t count() const { return count_; }
  // "2 jobs need ...: a, b"
  std::string note(std::string_view one, std::string_view many, std::string_view behind = "") const {
    return fmt::format("{} {}: {}{}", count_, count_ == 1 ? one : many, text_, behind);
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

class QueuePlanner {
 public:
  explicit QueuePlanner(const QueueRequest& request) : r_(request) {}

  Result<QueuePlan> plan() {
    OLIVINE_CHECK_STATUS(lay_out());
    OLIVINE_TRY(QueueSchedule found, decompose_queue(queue_, r_.limits));
    QueuePlan out;
    out.method = "decomposition";
    ask_highs(found, out);
    describe(found, out);
    return out;
  }

 private:
  Status lay_out() {
    WallTime last = r_.now;
    for (const QueueJob& job : r_.jobs) last = std::max(last, job.deadline);
    const auto& series = r_.objective == Objective::kMarginal ? r_.zone.marginal : r_.zone.average;
    if (!series || series->points.empty())
      return fail(ErrorKind::kNotFound,
                  fmt::format("no {} intensity of {} is known", name_of(r_.objective), r_.zone.zone));
    std::int64_t count = (last.ns - r_.now.ns) / r_.slot.ns;
    for (const QueueJob& job : r_.jobs) count = std::max(count, end_of(job));
    if (count < 1) return fail(ErrorKind::kInvalid, "no whole slot up to the last deadline; take shorter slots");
    if (count > static_cast<std::int64_t>(kMostSlots))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} slots up to the last deadline are too many; take longer slots", count));
    const WallTime end = series->points.back().end, needed{std::min(last.ns, r_.now.ns + count * r_.slot.ns)};
    if (series->points.front().begin > r_.now || end < needed)
      return fail(ErrorKind::kNotFound,
                  fmt::format("the {} intensity of {} reaches from {} to {}; the queue needs {} to {}",
                              name_of(r_.objective), r_.zone.zone, format_utc(series->points.front().begin),
                              format_utc(end), format_utc(r_.now), format_utc(last)));
    const auto slots = static_cast<std::size_t>(count);
    queue_slots_ = slots;
    if (last < time_of(slots)) cut_ = {last.ns - time_of(slots - 1).ns};
    queue_.prices = means(r_.objective == Objective::kMarginal, slots, true, usable_g);
    queue_.capacity = r_.capacity;
    for (const QueueJob& job : r_.jobs) queue_.jobs.push_back(in_slots(job));
    return {};
  }

  // The slots of a job's window. Its last slot of work is used in part and may lie in a part of a slot before the deadline.
  std::int64_t end_of(const QueueJob& job) const {
    const std::int64_t window_ns = std::max<std::int64_t>(0, job.deadline.ns - r_.now.ns),
                       left = window_ns % r_.slot.ns;
    return window_ns / r_.slot.ns + (left > 0 && last_length(job).ns <= left ? 1 : 0);
  }
  Duration last_length(const QueueJob& job) const {
    return {job.length.ns - (static_cast<std::int64_t>(slots_up(job.length, r_.slot)) - 1) * r_.slot.ns};
  }

  SlotJob in_slots(const QueueJob& job) const {
    SlotJob out;
    out.end = static_cast<std::size_t>(end_of(job));
    out.begin = std::min(out.end, slots_up(Duration{job.arrival.ns - r_.now.ns}, r_.slot));
    out.slots = std::max<std::size_t>(1, slots_up(job.length, r_.slot));
    out.units = job.units;
    out.priority = job.priority;
    out.kwh = job.power_w * in_seconds(job.length) / kJoulesPerKilowattHour / static_cast<double>(out.slots);
    out.may_pause = job.may_pause;
    if (!job.may_pause) return out;
    out.pause_cost = r_.pause_g;
    out.pause_slots = slots_up(r_.pause_time, r_.slot);
    out.min_run_slots = std::max<std::size_t>(1, slots_up(r_.min_run, r_.slot));
    return out;
  }

  // Where it is installed, for what the decomposition leaves open.
  void ask_highs(QueueSchedule& found, QueuePlan& out) const {
    if (found.cost <= found.bound && found.left_out_is_least) {
      out.method = "decomposition, its bound reached";
      return;
    }
    if (r_.exact_seconds <= 0.0) return;
    auto highs = Highs::load(r_.highs_library);
    if (!highs) {
      out.notes.push_back("not proven exact: " + highs.error().message);
      return;
    }
    const auto exact = solve_queue_exactly(**highs, queue_, found, r_.exact_seconds);
    if (!exact) {
      out.notes.push_back("not exact: " + exact.error().message);
      return;
    }
    // A bound is that of the jobs that are placed.
    const bool same_jobs = std::equal(found.runs.begin(), found.runs.end(), exact->runs.begin(),
                                      [](const auto& a, const auto& b) { return a.empty() == b.empty(); });
    const bool as_many = exact->left_out_priority == found.left_out_priority;
    if (exact->left_out_priority < found.left_out_priority || (as_many && exact->cost <= found.cost)) {
      const double bound = same_jobs ? std::max(found.bound, exact->bound) : exact->bound;
      found = *exact;
      found.bound = std::min(bound, found.cost);
      out.method = (found.gap() <= 1e-9 ? "exact, HiGHS " : "HiGHS, stopped by its time limit, ") + (*highs)->version();
    } else if (same_jobs) {
      found.bound = std::min(found.cost, std::max(found.bound, exact->bound));
    }
  }

  // As far as an intensity is known, for the baseline, which looks at no deadline.
  std::size_t known_slots() const {
    std::size_t slots = queue_.prices.size();
    for (const auto* series : {&r_.zone.average, &r_.zone.marginal}) {
      if (!*series || (*series)->points.empty()) continue;
      const std::int64_t known = ((*series)->points.back().end.ns - r_.now.ns) / r_.slot.ns;
      if (known > 0) slots = std::max(slots, std::min(static_cast<std::size_t>(known), kMostSlots));
    }
    return slots;
  }
  // Of each slot. `cut`: of the one that the last deadline cuts, up to there.
  template <class Value>
  std::vector<double> means(bool marginal, std::size_t slots, bool cut, Value value) const {
    const auto& series = marginal ? r_.zone.marginal : r_.zone.average;
    if (!series) return std::vector<double>(slots, std::nan(""));
    auto out = means_of(series->points, r_.now, r_.slot, slots, value);
    if (cut && cut_.ns > 0)
      out[queue_slots_ - 1] = means_of(series->points, time_of(queue_slots_ - 1), cut_, 1, value).front();
    return out;
  }
  std::vector<double> raw_grams(bool marginal, std::size_t slots, bool cut) const {
    return means(marginal, slots, cut, [](const IntensityPoint& p) { return p.g_per_kwh; });
  }
  // The baseline looks at no deadline: it may have all of the slot that the last one cuts.
  bool ends_in_cut(const std::vector<SlotRun>& runs, const QueueJob& job) const {
    return cut_.ns > 0 && !runs.empty() && runs.back().end == queue_slots_ && last_length(job) <= cut_;
  }
  static std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

  WallTime time_of(std::size_t slot) const { return {r_.now.ns + static_cast<std::int64_t>(slot) * r_.slot.ns}; }

  void describe(const QueueSchedule& found, QueuePlan& out) const {
    const std::size_t slots = known_slots();
    const std::vector<double> average = raw_grams(false, slots, true), marginal = raw_grams(true, slots, true);
    const std::vector<double> whole_average = raw_grams(false, slots, false);
    const std::vector<double> whole_marginal = raw_grams(true, slots, false);
    const auto before = first_come_first_served(queue_, slots);
    double was_average = 0.0, was_marginal = 0.0, is_average = 0.0, is_marginal = 0.0;
    NameList no_room, too_wide, passed;
    out.finish = r_.now;
    for (std::size_t j = 0; j < r_.jobs.size(); ++j) {
      const SlotJob& job = queue_.jobs[j];
      PlannedJob planned;
      if (found.runs[j].empty()) {
        ++out.left_out;
        NameList& why = job.units > queue_.capacity ? too_wide : r_.jobs[j].deadline <= r_.now ? passed : no_room;
        why.add(r_.jobs[j].name);
      } else {
        const double a = cost_of(job, found.runs[j], average), m = cost_of(job, found.runs[j], marginal);
        planned.emissions_g = {known(a), known(m)};
        is_average += a;
        is_marginal += m;
        const bool cut = ends_in_cut(before[j], r_.jobs[j]);
        was_average += before[j].empty() ? std::nan("") : cost_of(job, before[j], cut ? average : whole_average);
        was_marginal += before[j].empty() ? std::nan("") : cost_of(job, before[j], cut ? marginal : whole_marginal);
        add_segments(found.runs[j], r_.jobs[j], planned);
        out.finish = std::max(out.finish, planned.segments.back().end);
      }
      if (job.units <= queue_.capacity && (before[j].empty() || before[j].back().end > job.end)) ++out.baseline_late;
      out.energy_j += planned.energy_j;
      out.pauses += planned.pauses;
      out.jobs.push_back(std::move(planned));
    }
    if (out.left_out < r_.jobs.size()) {  // else nothing is planned, and nothing to compare
      out.emissions_g = {known(is_average), known(is_marginal)};
      out.baseline_g = {known(was_average), known(was_marginal)};
    }
    out.saving = {saving_of(out.baseline_g.average, out.emissions_g.average),
                  saving_of(out.baseline_g.marginal, out.emissions_g.marginal)};
    out.bound = found.bound;
    out.gap = found.gap();
    out.left_out_is_least = found.left_out_is_least;
    name_left_out(too_wide, passed, no_room, out);
    for (const auto& [what, said] : {std::pair{"the pause time", r_.pause_time}, {"the least run", r_.min_run}})
      if (auto note = rounding_note(what, said, r_.slot)) out.notes.push_back(std::move(*note));
    if (std::isnan(was_average) && !std::isnan(is_average))
      out.notes.emplace_back("first come, first served runs where no intensity is known: what is saved is not known");
    const auto negative =
        std::count_if(queue_.prices.begin(), queue_.prices.end(), [](double p) { return std::isnan(p); });
    if (negative > 0)
      out.notes.push_back(fmt::format("{} of {} slots have no known intensity, or one below zero, and are not used",
                                      negative, queue_.prices.size()));
  }

  void name_left_out(const NameList& too_wide, const NameList& passed, const NameList& no_room, QueuePlan& out) const {
    const std::string than = fmt::format(" more than the capacity of {} and can never run", queue_.capacity);
    if (too_wide.count() > 0) out.notes.push_back(too_wide.note("job needs" + than, "jobs need" + than));
    if (passed.count() > 0)
      out.notes.push_back(passed.note("job is late: its deadline had passed at the start",
                                      "jobs are late: their deadlines had passed at the start"));
    if (no_room.count() > 0)
      out.notes.push_back(
          no_room.note("job does not fit before the deadline", "jobs do not fit before the deadline",
                       out.left_out_is_least ? "" : " (whether fewer could be left out is not proven)"));
  }

  // The last slot of work is used in part.
  void add_segments(const std::vector<SlotRun>& runs, const QueueJob& job, PlannedJob& planned) const {
    for (const SlotRun& run : runs) {
      WallTime end = time_of(run.end);
      if (&run == &runs.back()) end.ns -= r_.slot.ns - last_length(job).ns;
      const double joules = job.power_w * in_seconds(Duration{end.ns - time_of(run.begin).ns});
      planned.segments.push_back({time_of(run.begin), end, r_.zone.zone, joules, 1.0});
      planned.energy_j += joules;
    }
    planned.pauses = runs.size() - 1;
  }

  const QueueRequest& r_;
  SlotQueue queue_;
  std::size_t queue_slots_ = 0;
  Duration cut_;  // of the last slot, where the last deadline cuts it short; else 0
};

}  // namespace

Result<QueuePlan> plan_queue(const QueueRequest& request) {
  OLIVINE_CHECK_STATUS(check_request(request));
  return QueuePlanner(request).plan();
}

}  // namespace olivine
