#include "planning/queue_ejection.h"

#include <cmath>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::size_t kStepsOfNoise = 64, kMovedAtRandom = 3;  // steps with the same noise; jobs moved in a step

class EjectionSearch {
 public:
  EjectionSearch(const SlotQueue& queue, Placement from, const std::vector<bool>& fits)
      : q_(queue),
        now_(from),
        best_(std::move(from)),
        noise_(queue.prices.size(), 0.0),
        occupants_(queue.prices.size()),
        in_window_(queue.jobs.size(), 0) {
    double paid = 0.0;
    for (std::size_t j = 0; j < q_.jobs.size(); ++j) {
      weights_.push_back(static_cast<double>(q_.jobs[j].priority));
      paid += q_.jobs[j].kwh / static_cast<double>(q_.jobs[j].units * static_cast<std::int64_t>(q_.jobs.size()));
      if (now_.runs(j).empty() && fits[j]) pool_.push_back(j);
    }
    double sum = 0.0, known = 0.0;
    for (const double price : q_.prices) {
      if (std::isnan(price)) continue;
      sum += price;
      known += 1.0;
    }
    if (known > 0.0) scale_ = paid * sum / known;
  }

  Placement run(const EjectionLimits& limits) {
    for (std::size_t step = 0; step < limits.steps && !pool_.empty() && best_.left_out() > limits.least; ++step) {
      if (limits.goes_on && !limits.goes_on(step)) break;
      if (step % kStepsOfNoise == 0)
        for (double& price : noise_) price = scale_ * prng_.uniform();
      const std::size_t j = pool_.back();
      pool_.pop_back();
      if (!now_.place(j, noise_)) force(j);
      if (now_.left_out() < best_.left_out()) best_ = now_;
      stir();
    }
    return std::move(best_);
  }

 private:
  // Where those in its way weigh least.
  void force(std::size_t j) {
    SlotJob job = q_.jobs[j];
    weights_[j] += static_cast<double>(job.priority);
    job.pause_cost = 0.0;
    look_at_window(job);
    window_.assign(job.end - job.begin, 0.0);
    for (std::size_t t = job.begin; t < job.end; ++t)
      window_[t - job.begin] =
          std::isnan(q_.prices[t]) ? q_.prices[t] : weight_of_room(job, t) + 1e-3 * prng_.uniform();
    const auto found = cheapest_alone(job, window_);
    if (!found) return;  // fits nowhere, not even alone
    std::vector<std::size_t> ejected;
    for (const SlotRun& run : found->segments)
      for (std::size_t t = job.begin + run.begin; t < job.begin + run.end; ++t) eject(job, t, ejected);
    Runs runs = found->segments;
    for (SlotRun& run : runs) {
      run.begin += job.begin;
      run.end += job.begin;
    }
    now_.put(j, std::move(runs));
    std::stable_sort(ejected.begin(), ejected.end(),
                     [&](std::size_t a, std::size_t b) { return room_of(q_.jobs[a]) < room_of(q_.jobs[b]); });
    for (const std::size_t k : ejected)
      if (!now_.place(k, noise_)) pool_.push_back(k);
  }

  // Who runs in each slot of the window, the lightest first, and for how many of its slots.
  void look_at_window(const SlotJob& job) {
    for (std::size_t t = job.begin; t < job.end; ++t) occupants_[t].clear();
    for (std::size_t k = 0; k < q_.jobs.size(); ++k) {
      in_window_[k] = 0;
      for (const SlotRun& run : now_.runs(k))
        for (std::size_t t = std::max(run.begin, job.begin); t < std::min(run.end, job.end); ++t) {
          occupants_[t].push_back(k);
          ++in_window_[k];
        }
    }
    for (std::size_t t = job.begin; t < job.end; ++t)
      std::stable_sort(occupants_[t].begin(), occupants_[t].end(),
                       [&](std::size_t a, std::size_t b) { return share_of(a) < share_of(b); });
  }
  double share_of(std::size_t k) const { return weights_[k] / static_cast<double>(in_window_[k]); }

  // A job in the way of several slots weighs on each a part.
  double weight_of_room(const SlotJob& job, std::size_t t) const {
    double weight = 0.0;
    std::int64_t left = now_.left(t);
    for (const std::size_t k : occupants_[t]) {
      if (left >= job.units) break;
      left += q_.jobs[k].units;
      weight += share_of(k);
    }
    return weight;
  }

  void eject(const SlotJob& job, std::size_t t, std::vector<std::size_t>& ejected) {
    for (const std::size_t k : occupants_[t]) {
      if (now_.left(t) >= job.units) return;
      if (now_.runs(k).empty()) continue;
      now_.lift(k);
      ejected.push_back(k);
    }
  }

  void stir() {
    for (std::size_t i = 0; i < kMovedAtRandom; ++i) {
      const std::size_t k = prng_.below(q_.jobs.size());
      if (now_.runs(k).empty()) continue;
      Runs old = now_.runs(k);
      now_.lift(k);
      if (!now_.place(k, noise_)) now_.put(k, std::move(old));
    }
  }

  const SlotQueue& q_;
  Placement now_, best_;
  std::vector<double> noise_, weights_, window_;
  std::vector<std::vector<std::size_t>> occupants_;  // of each slot
  std::vector<std::size_t> in_window_;               // slots of each job in the window that is looked at
  std::vector<std::size_t> pool_;                    // who waits for room; the last comes first
  Prng prng_{2};
  double scale_ = 1.0;  // of noise: what a unit's slot costs
};

}  // namespace

Placement eject_and_place(const SlotQueue& queue, Placement from, const std::vector<bool>& fits,
                          const EjectionLimits& limits) {
  return EjectionSearch(queue, std::move(from), fits).run(limits);
}

}  // namespace olivine
