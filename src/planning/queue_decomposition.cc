// decompose_queue; see slot_queue.h.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/prng.h"
#include "planning/queue_ejection.h"
#include "planning/queue_overload.h"
#include "planning/queue_placement.h"

namespace olivine {
namespace {

constexpr std::size_t kMostLookedAt = 50'000'000;

bool better(const Placement& a, const Placement& b) {
  return a.left_out() != b.left_out() ? a.left_out() < b.left_out() : a.cost() < b.cost() - 1e-12 * std::abs(b.cost());
}

class Decomposition {
 public:
  Decomposition(const SlotQueue& queue, const QueueLimits& limits)
      : q_(queue),
        limits_(limits),
        free_(queue.prices.size(), 0.0),
        lambda_(free_),
        best_(queue),
        jobs_(queue.jobs.size()) {
    std::iota(jobs_.begin(), jobs_.end(), std::size_t{0});
  }

  QueueSchedule solve() {
    first_placements();
    place_more(std::min(limits_.attempts, 1000 + 40 * jobs_.size()));
    price_the_capacity();
    lift_groups();
    if (place_more(limits_.attempts)) {
      price_the_capacity();
      lift_groups();
    }
    if (std::isinf(bound_)) price_the_capacity();  // other jobs are placed now than those that the bound was of
    return answer();
  }

 private:
  QueueSchedule answer() const {
    QueueSchedule out;
    out.runs = best_.all();
    out.cost = best_.cost();
    out.bound = std::min(bound_, best_.cost());
    out.left_out_priority = best_.left_out();
    out.left_out_is_least = best_.left_out() <= unavoidable_;
    return out;
  }
  bool good_enough() const {
    return best_.cost() - bound_ <= limits_.gap * std::abs(best_.cost()) && best_.left_out() <= unavoidable_;
  }
  bool goes_on(std::size_t round) {
    if (limits_.progress && round % 20 == 0 && !limits_.progress(answer(), round)) stopped_ = true;
    return !stopped_ && !good_enough();
  }

  // Those left out, by ejecting others; whether more are placed now.
  bool place_more(std::size_t steps) {
    if (stopped_ || best_.left_out() <= unavoidable_) return false;
    const auto goes_on_at = [&](std::size_t step) {
      if (limits_.progress && step % 20 == 0 && !limits_.progress(answer(), step)) stopped_ = true;
      return !stopped_;
    };
    const std::int64_t before = best_.left_out();
    take(eject_and_place(q_, best_, fits_, {unavoidable_, steps, goes_on_at}));
    if (best_.left_out() == before) return false;
    polish();
    return true;
  }

  // An answer has a bound even when the time is over.
  bool has_no_bound_yet(std::size_t round) const { return round < 60 && !good_enough(); }

  // The order in which jobs are placed: those that matter and have the least room first.
  std::vector<std::size_t> by_room() const {
    std::vector<std::size_t> order = jobs_;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const SlotJob &x = q_.jobs[a], &y = q_.jobs[b];
      if (x.priority != y.priority) return x.priority > y.priority;
      const std::size_t room_x = room_of(x), room_y = room_of(y);
      if (room_x != room_y) return room_x < room_y;
      return x.units * static_cast<std::int64_t>(x.slots) > y.units * static_cast<std::int64_t>(y.slots);
    });
    return order;
  }
  std::vector<std::size_t> by_deadline() const {
    std::vector<std::size_t> order = jobs_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return q_.jobs[a].end < q_.jobs[b].end; });
    return order;
  }

  void take(Placement&& placement) {
    if (have_ && !better(placement, best_)) return;
    // The bound is that of the jobs that are placed, which may be others at the same priority.
    const auto leaves_out_others = [&](std::size_t j) { return placement.runs(j).empty() != best_.runs(j).empty(); };
    if (have_ && std::any_of(jobs_.begin(), jobs_.end(), leaves_out_others))
      bound_ = -std::numeric_limits<double>::infinity();
    best_ = std::move(placement);
    have_ = true;
  }

  Placement construct(const std::vector<std::size_t>& order, const std::vector<double>& capacity_prices) {
    Placement placement(q_);
    std::vector<std::size_t> failed;
    for (const std::size_t j : order)
      if (!placement.place(j, capacity_prices)) failed.push_back(j);
    for (const std::size_t j : failed) make_room(placement, j);
    return placement;
  }

  // Lifts the others that stand in a job's window, places it, and them again; keeps what leaves out less.
  void make_room(Placement& placement, std::size_t j) {
    const SlotJob& job = q_.jobs[j];
    if (job.units > q_.capacity || job.end - job.begin < job.slots || looked_at_ > kMostLookedAt) return;
    looked_at_ += jobs_.size();  // a hopeless queue of many jobs is not turned over for each of them
    Placement trial = placement;
    std::vector<std::size_t> lifted;
    for (const std::size_t k : jobs_) {
      if (k == j || trial.runs(k).empty()) continue;
      const bool meets = std::any_of(trial.runs(k).begin(), trial.runs(k).end(),
                                     [&](const SlotRun& r) { return r.begin < job.end && r.end > job.begin; });
      if (!meets || lifted.size() >= 200) continue;
      trial.lift(k);
      lifted.push_back(k);
    }
    lifted.push_back(j);
    std::stable_sort(lifted.begin(), lifted.end(), [&](std::size_t a, std::size_t b) {
      const SlotJob &x = q_.jobs[a], &y = q_.jobs[b];
      if (x.priority != y.priority) return x.priority > y.priority;
      return room_of(x) < room_of(y);
    });
    for (const std::size_t k : lifted) trial.place(k, free_);
    if (trial.left_out() < placement.left_out()) placement = std::move(trial);
  }

  void first_placements() {
    Placement alone(q_);
    for (const std::size_t j : jobs_) {  // who does not fit even in an empty hall
      fits_.push_back(alone.place(j, free_));
      if (fits_.back()) alone.lift(j);
    }
    unavoidable_ = unavoidably_left_out(q_, fits_);
    take(construct(by_room(), free_));
    take(construct(by_deadline(), free_));
    take(as_they_come());
    polish();
  }

  // First come, first served, where that is in time; the others as there is room.
  Placement as_they_come() {
    Placement placement(q_);
    std::vector<std::size_t> failed;
    std::vector<Runs> served = first_come_first_served(q_, q_.prices.size());
    for (const std::size_t j : jobs_) {
      const SlotJob& job = q_.jobs[j];
      if (!served[j].empty() && served[j].back().end <= job.end && !std::isnan(cost_of(job, served[j], q_.prices)))
        placement.put(j, std::move(served[j]));
      else
        failed.push_back(j);
    }
    for (const std::size_t j : failed)
      if (!placement.place(j, free_)) make_room(placement, j);
    return placement;
  }

  // Each job once more against what is left, at the true prices.
  void polish() {
    for (int pass = 0; pass < 5; ++pass) {
      const double before = best_.cost();
      for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (i % 1'000 == 999 && limits_.progress && !limits_.progress(answer(), 0)) {
          stopped_ = true;
          return;
        }
        const std::size_t j = jobs_[i];
        if (best_.runs(j).empty()) continue;
        Runs old = best_.runs(j);
        const double was = best_.cost();
        best_.lift(j);
        if (best_.place(j, free_)) {
          if (best_.cost() <= was) continue;
          best_.lift(j);
        }
        best_.put(j, std::move(old));
      }
      if (best_.cost() > before - 1e-6 * std::abs(before)) return;
    }
  }

  // The sum of what the placed jobs cost by themselves at these prices, less what the capacity is worth; `use` of each slot.
  double relaxed(const std::vector<double>& prices, std::vector<double>& use) {
    double value = 0.0;
    for (std::size_t t = 0; t < prices.size(); ++t) value -= prices[t] * static_cast<double>(q_.capacity);
    std::fill(use.begin(), use.end(), 0.0);
    for (const std::size_t j : jobs_) {
      if (best_.runs(j).empty()) continue;
      const SlotJob& job = q_.jobs[j];
      window_.resize(job.end - job.begin);
      for (std::size_t t = job.begin; t < job.end; ++t)
        window_[t - job.begin] = job.kwh * q_.prices[t] + static_cast<double>(job.units) * prices[t];
      const auto found = cheapest_alone(job, window_);
      if (!found) continue;
      value += found->cost;
      for (const SlotRun& run : found->segments)
        for (std::size_t t = run.begin; t < run.end; ++t) use[job.begin + t] += static_cast<double>(job.units);
    }
    return value;
  }

  void price_the_capacity() {
    std::vector<double> prices = lambda_, use(lambda_.size()), way(lambda_.size(), 0.0);
    double scale = 1.0;
    std::size_t since = 0;
    for (std::size_t round = 0; round < limits_.rounds && (has_no_bound_yet(round) || goes_on(round)); ++round) {
      const double value = relaxed(prices, use);
      if (value > bound_) {
        since = value > bound_ + 1e-5 * std::abs(value) ? 0 : since + 1;
        bound_ = value;
        lambda_ = prices;
      } else if (++since >= 8) {
        scale *= 0.6;
        since = 0;
        prices = lambda_;
        if (scale < 1e-4) break;
      }
      double norm = 0.0;
      for (std::size_t t = 0; t < prices.size(); ++t) {
        const double over = use[t] - static_cast<double>(q_.capacity);
        way[t] = prices[t] == 0.0 && over < 0.0 ? 0.0 : 0.7 * over + 0.3 * way[t];
        norm += way[t] * way[t];
      }
      if (norm == 0.0) {  // the relaxed schedule holds: it is the best
        take(construct(by_room(), lambda_));
        break;
      }
      const double step = scale * std::max(best_.cost() - value, 1e-3 * std::abs(best_.cost())) / norm;
      for (std::size_t t = 0; t < prices.size(); ++t) prices[t] = std::max(0.0, prices[t] + step * way[t]);
      if (round % 25 == 24) {
        take(construct(by_room(), lambda_));
        polish();
      }
    }
    take(construct(by_room(), lambda_));
    polish();
  }

  // Jobs whose windows meet, lifted together and placed again in another order and at other prices.
  void lift_groups() {
    Prng prng(1);
    std::vector<double> prices(lambda_.size());
    const std::size_t attempts = std::min(limits_.attempts, 1000 + 400 * q_.jobs.size());
    for (std::size_t attempt = 0; attempt < attempts && goes_on(attempt); ++attempt) {
      const std::vector<std::size_t> group = group_at(prng);
      const double was = best_.cost();
      const std::int64_t was_out = best_.left_out();
      std::vector<Runs> old;
      for (const std::size_t j : group) {
        old.push_back(best_.runs(j));
        best_.lift(j);
      }
      const double share = 1.5 * prng.uniform();
      for (std::size_t t = 0; t < prices.size(); ++t) prices[t] = share * lambda_[t];
      for (const std::size_t j : group) best_.place(j, prices);
      settle(best_, group);
      const bool fewer = best_.left_out() < was_out;
      if (fewer) bound_ = -std::numeric_limits<double>::infinity();
      if (fewer || (best_.left_out() == was_out && best_.cost() <= was)) continue;
      for (const std::size_t j : group) best_.lift(j);
      for (std::size_t i = 0; i < group.size(); ++i) best_.put(group[i], std::move(old[i]));
    }
  }
  void settle(Placement& trial, const std::vector<std::size_t>& group) {
    for (const std::size_t j : group) {
      if (trial.runs(j).empty()) continue;
      Runs old = trial.runs(j);
      const double was = trial.cost();
      trial.lift(j);
      if (trial.place(j, free_) && trial.cost() <= was) continue;
      if (!trial.runs(j).empty()) trial.lift(j);
      trial.put(j, std::move(old));
    }
  }
  std::vector<std::size_t> group_at(Prng& prng) const {
    const std::size_t seed = prng.below(q_.jobs.size());
    const SlotJob& job = q_.jobs[seed];
    const std::size_t most = 2 + prng.below(12), first = prng.below(q_.jobs.size());
    std::vector<std::size_t> group{seed};
    for (std::size_t i = 0; i < q_.jobs.size() && group.size() < most; ++i) {
      const std::size_t k = (first + i) % q_.jobs.size();
      if (k != seed && q_.jobs[k].begin < job.end && q_.jobs[k].end > job.begin) group.push_back(k);
    }
    for (std::size_t i = group.size(); i > 1; --i) std::swap(group[i - 1], group[prng.below(i)]);
    return group;
  }

  const SlotQueue& q_;
  const QueueLimits& limits_;
  std::vector<double> free_, lambda_, window_;
  Placement best_;
  std::vector<std::size_t> jobs_;
  double bound_ = -std::numeric_limits<double>::infinity();
  std::vector<bool> fits_;        // of each job: where no other is
  std::int64_t unavoidable_ = 0;  // priority that any schedule leaves out
  bool have_ = false, stopped_ = false;
  std::size_t looked_at_ = 0;  // jobs, while room was made
};

}  // namespace

Result<QueueSchedule> decompose_queue(const SlotQueue& queue, const QueueLimits& limits) {
  OLIVINE_CHECK_STATUS(check(queue));
  for (const SlotJob& job : queue.jobs)
    if (job.end > queue.prices.size()) return fail(ErrorKind::kInvalid, "a job's window reaches beyond the prices");
  return Decomposition(queue, limits).solve();
}

}  // namespace olivine
