// A schedule of a queue in the making: what queue_decomposition.cc and queue_ejection.cc move jobs in.
//
// Units: as slot_queue.h. Errors: none. Threads: one. Lifetime: within the queue.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "planning/slot_queue.h"

namespace olivine {

using Runs = std::vector<SlotRun>;

// Slots of its window that it could wait.
inline std::size_t room_of(const SlotJob& job) {
  const std::size_t window = job.end - job.begin;
  return window - std::min(job.slots, window);
}

// Runs of jobs and what they leave of the capacity.
class Placement {
 public:
  explicit Placement(const SlotQueue& queue)
      : q_(&queue), left_(queue.prices.size(), queue.capacity), runs_(queue.jobs.size()) {
    for (const SlotJob& job : queue.jobs) left_out_ += job.priority;
  }

  const Runs& runs(std::size_t j) const { return runs_[j]; }
  const std::vector<Runs>& all() const { return runs_; }
  std::int64_t left(std::size_t t) const { return left_[t]; }  // of the capacity
  double cost() const { return cost_; }
  std::int64_t left_out() const { return left_out_; }  // sum of the priorities of who has no runs

  void lift(std::size_t j) {
    change(j, 1);
    runs_[j].clear();
  }
  // Of a job that has no runs yet.
  void put(std::size_t j, Runs runs) {
    runs_[j] = std::move(runs);
    change(j, -1);
  }
  // Where the job costs least by energy and by the prices on the capacity; false when there is no room.
  bool place(std::size_t j, const std::vector<double>& capacity_prices) {
    const SlotJob& job = q_->jobs[j];
    window_.assign(job.end - job.begin, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t t = job.begin; t < job.end; ++t)
      if (left_[t] >= job.units)
        window_[t - job.begin] = job.kwh * q_->prices[t] + static_cast<double>(job.units) * capacity_prices[t];
    auto found = cheapest_alone(job, window_);
    if (!found) return false;
    for (SlotRun& run : found->segments) {
      run.begin += job.begin;
      run.end += job.begin;
    }
    put(j, std::move(found->segments));
    return true;
  }

 private:
  void change(std::size_t j, std::int64_t sign) {
    if (runs_[j].empty()) return;
    const SlotJob& job = q_->jobs[j];
    for (const SlotRun& run : runs_[j])
      for (std::size_t t = run.begin; t < run.end; ++t) left_[t] += sign * job.units;
    cost_ -= static_cast<double>(sign) * cost_of(job, runs_[j], q_->prices);
    left_out_ += sign * job.priority;
  }

  const SlotQueue* q_;
  std::vector<std::int64_t> left_;
  std::vector<Runs> runs_;
  std::vector<double> window_;
  double cost_ = 0.0;
  std::int64_t left_out_ = 0;
};

}  // namespace olivine
