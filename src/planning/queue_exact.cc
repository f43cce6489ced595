#include "planning/queue_exact.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace olivine {
namespace {

constexpr std::size_t kMostColumns = 30'000;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

class QueueProgramme {
 public:
  explicit QueueProgramme(const SlotQueue& queue) : q_(queue) {}

  Status build() {
    OLIVINE_CHECK_STATUS(supported());
    for (std::size_t t = 0; t < q_.prices.size(); ++t) add_row(-kInfinite, static_cast<double>(q_.capacity));
    for (const SlotJob& job : q_.jobs) add_job(job);
    left_out_row_ = add_row(-kInfinite, kInfinite);
    for (std::size_t j = 0; j < q_.jobs.size(); ++j) {
      const bool can_run = columns_[j].count > 0;
      first_left_out_ = j == 0 ? p_.columns() : first_left_out_;
      // Who runs pays for a first start that costs nothing; who is left out as well, so that it is the same for all.
      const double first_start = columns_[j].begins ? q_.jobs[j].pause_cost : 0.0;
      first_starts_ += first_start;
      p_.column(first_start, can_run ? 0.0 : 1.0, 1.0, true);
      p_.entry(columns_[j].row, columns_[j].work);
      p_.entry(left_out_row_, static_cast<double>(q_.jobs[j].priority));
    }
    return {};
  }

  // At most this much priority left out.
  IntegerProgramme least_cost(double left_out_priority) const {
    IntegerProgramme p = p_;
    p.row_upper[left_out_row_] = left_out_priority;
    return p;
  }
  IntegerProgramme least_left_out() const {
    IntegerProgramme p = p_;
    std::fill(p.cost.begin(), p.cost.end(), 0.0);
    for (std::size_t j = 0; j < q_.jobs.size(); ++j)
      p.cost[first_left_out_ + j] = static_cast<double>(q_.jobs[j].priority);
    return p;
  }

  std::vector<std::vector<SlotRun>> runs_of(const std::vector<double>& x) const {
    std::vector<std::vector<SlotRun>> out(q_.jobs.size());
    for (std::size_t j = 0; j < q_.jobs.size(); ++j) {
      if (x[first_left_out_ + j] > 0.5) continue;
      const Columns& c = columns_[j];
      for (std::size_t i = 0; i < c.count; ++i) {
        if (x[c.first + i] < 0.5) continue;
        const std::size_t t = slots_[c.slot + i], end = q_.jobs[j].may_pause ? t + 1 : t + q_.jobs[j].slots;
        if (!out[j].empty() && out[j].back().end == t)
          out[j].back().end = end;
        else
          out[j].push_back({t, end, 0});
      }
    }
    return out;
  }

  std::vector<double> start_of(const std::vector<std::vector<SlotRun>>& runs) const {
    std::vector<double> x(p_.columns(), 0.0);
    for (std::size_t j = 0; j < runs.size(); ++j) {
      if (runs[j].empty()) x[first_left_out_ + j] = 1.0;
      const Columns& c = columns_[j];
      for (std::size_t i = 0; i < c.count; ++i) {
        const std::size_t t = slots_[c.slot + i];
        const bool in = std::any_of(runs[j].begin(), runs[j].end(), [&](const SlotRun& r) {
          return q_.jobs[j].may_pause ? t >= r.begin && t < r.end : t == r.begin;
        });
        x[c.first + i] = in ? 1.0 : 0.0;
        if (!c.begins) continue;
        const bool begins = std::any_of(runs[j].begin(), runs[j].end(), [&](const SlotRun& r) { return t == r.begin; });
        x[c.first + c.count + i] = begins ? 1.0 : 0.0;
      }
    }
    return x;
  }

  double first_starts() const { return first_starts_; }

 private:
  struct Columns {
    std::size_t first = 0, count = 0, slot = 0, row = 0;  // slot: where in slots_ their slots stand
    double work = 1.0;
    bool begins = false;  // as many columns more: a run begins here
  };

  Status supported() const {
    std::size_t columns = 0;
    for (const SlotJob& job : q_.jobs) {
      if (job.may_pause && (job.pause_slots > 0 || job.min_run_slots > 1))
        return fail(ErrorKind::kUnsupported, "the exact programme does not know pauses with a time or a least run");
      columns += (job.end - job.begin) * (job.may_pause && job.pause_cost > 0.0 ? 2 : 1);
    }
    if (columns > kMostColumns)
      return fail(ErrorKind::kUnsupported,
                  fmt::format("{} columns are too many for the exact programme (at most {})", columns, kMostColumns));
    return {};
  }

  std::size_t add_row(double low, double high) {
    p_.row_lower.push_back(low);
    p_.row_upper.push_back(high);
    return p_.row_lower.size() - 1;
  }

  // What a run of `length` slots from t on costs; NaN where it cannot be.
  double cost_at(const SlotJob& job, std::size_t t, std::size_t length) const {
    double cost = 0.0;
    for (std::size_t s = t; s < t + length; ++s) cost += job.kwh * q_.prices[s];
    return cost;
  }

  void add_job(const SlotJob& job) {
    Columns c;
    c.first = p_.columns();
    c.slot = slots_.size();
    c.work = job.may_pause ? static_cast<double>(job.slots) : 1.0;
    c.row = add_row(c.work, c.work);
    c.begins = job.may_pause && job.pause_cost > 0.0;
    const std::size_t length = job.may_pause ? 1 : job.slots;
    if (job.units <= q_.capacity)
      for (std::size_t t = job.begin; t + length <= job.end; ++t)
        if (!std::isnan(cost_at(job, t, length))) slots_.push_back(t);
    c.count = slots_.size() - c.slot;
    // begins(t) - runs(t) + runs(t - 1) >= 0
    const std::size_t begin_row = p_.row_lower.size();
    for (std::size_t i = 0; c.begins && i < c.count; ++i) add_row(0.0, kInfinite);
    for (std::size_t i = 0; i < c.count; ++i) {
      const std::size_t t = slots_[c.slot + i];
      p_.column(cost_at(job, t, length), 0.0, 1.0, true);
      for (std::size_t s = t; s < t + length; ++s) p_.entry(s, static_cast<double>(job.units));
      p_.entry(c.row, 1.0);
      if (!c.begins) continue;
      p_.entry(begin_row + i, -1.0);
      if (i + 1 < c.count && slots_[c.slot + i + 1] == t + 1) p_.entry(begin_row + i + 1, 1.0);
    }
    for (std::size_t i = 0; c.begins && i < c.count; ++i) {
      p_.column(job.pause_cost, 0.0, 1.0, false);
      p_.entry(begin_row + i, 1.0);
    }
    columns_.push_back(c);
  }

 private:
  const SlotQueue& q_;
  IntegerProgramme p_;
  std::vector<Columns> columns_;
  std::vector<std::size_t> slots_;
  std::size_t left_out_row_ = 0, first_left_out_ = 0;
  double first_starts_ = 0.0;
};

}  // namespace

Result<QueueSchedule> solve_queue_exactly(Highs& highs, const SlotQueue& queue, const QueueSchedule& known,
                                          double seconds) {
  OLIVINE_CHECK_STATUS(check(queue));
  QueueProgramme programme(queue);
  OLIVINE_CHECK_STATUS(programme.build());
  std::vector<double> start = programme.start_of(known.runs);
  double left_out = static_cast<double>(known.left_out_priority);
  bool least = known.left_out_is_least;
  if (!least) {
    OLIVINE_TRY(IntegerSolution fewest, highs.solve(programme.least_left_out(), seconds, start));
    left_out = std::round(fewest.value);
    least = fewest.optimal;
    start = std::move(fewest.x);
  }
  OLIVINE_TRY(const IntegerSolution solution, highs.solve(programme.least_cost(left_out), seconds, start));
  QueueSchedule out;
  out.runs = programme.runs_of(solution.x);
  for (std::size_t j = 0; j < queue.jobs.size(); ++j) {
    out.cost += cost_of(queue.jobs[j], out.runs[j], queue.prices);
    if (out.runs[j].empty()) out.left_out_priority += queue.jobs[j].priority;
  }
  out.bound = solution.optimal ? out.cost : std::min(out.cost, solution.bound - programme.first_starts());
  out.left_out_is_least = least;
  return out;
}

}  // namespace olivine
