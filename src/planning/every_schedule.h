// Every schedule of a small job, one by one, and small jobs at random: what the tests of the programmes compare with. Tests only.
//
// Units: as slot_schedule.h. Errors: none. Threads: one user. Lifetime: keeps references to its job.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "planning/slot_schedule.h"

namespace olivine::planning_test {

class EverySchedule {
 public:
  using Cost = std::function<double(const std::vector<SlotRun>&)>;  // NaN: cannot be
  EverySchedule(const JobShape& job, std::size_t slots, Cost cost) : job_(job), slots_(slots), cost_(std::move(cost)) {}
  // Infinite: no schedule fits.
  double least(bool with_pauses) {
    with_pauses_ = with_pauses;
    best_ = std::numeric_limits<double>::infinity();
    extend({}, 0, job_.whole_slots());
    return best_;
  }

 private:
  // Of the last segment: in slots of work, its last one in part.
  bool long_enough(std::size_t run) const {
    return run == job_.whole_slots() || static_cast<double>(run - 1) + job_.last_part() > job_.min_run - 1e-6;
  }

  void extend(const std::vector<SlotRun>& segments, std::size_t from, std::size_t left) {
    if (left == 0) {
      const double cost = cost_(segments);
      if (!std::isnan(cost)) best_ = std::min(best_, cost);
      return;
    }
    if (!segments.empty() && !with_pauses_) return;
    for (std::size_t begin = from; begin < slots_; ++begin) {
      const bool goes_on = segments.empty() && begin == 0 && job_.state == JobState::kRunning;
      const bool restarts = !goes_on && (!segments.empty() || job_.state != JobState::kFresh);
      const std::size_t overhead = restarts ? job_.pause_slots : 0;
      const std::size_t least = goes_on ? 1 : std::min(job_.min_run_slots, job_.whole_slots());
      for (std::size_t run = least; run <= left && begin + overhead + run <= slots_; ++run) {
        if (run == left && !goes_on && !long_enough(run)) continue;
        auto longer = segments;
        longer.push_back({begin, begin + overhead + run, overhead});
        extend(longer, begin + overhead + run + 1, left - run);  // at least one slot of pause
      }
    }
  }

  const JobShape& job_;
  std::size_t slots_;
  Cost cost_;
  bool with_pauses_ = true;
  double best_ = 0.0;
};

// A price below `most`, one below zero, or none that is known.
inline double random_price(Prng& prng, std::uint64_t most, bool negative) {
  if (prng.below(12) == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto price = static_cast<double>(prng.below(most));
  return negative && prng.below(3) == 0 ? -price : price;
}

// Costs below `most`.
inline JobShape random_shape(Prng& prng, std::uint64_t most) {
  JobShape job;
  job.slots = static_cast<double>(1 + prng.below(5)) - (prng.below(3) == 0 ? 0.25 : 0.0);
  job.min_run_slots = 1 + prng.below(3);
  if (prng.below(2) == 0)
    job.min_run = static_cast<double>(job.min_run_slots) - 0.5 * static_cast<double>(prng.below(2));
  job.pause_slots = prng.below(3) == 0 ? 1 + prng.below(2) : 0;
  if (prng.below(2) == 0) job.pause_cost = static_cast<double>(prng.below(most));
  if (prng.below(4) == 0) job.pause_energy = 0.5;
  if (prng.below(4) == 0) job.paused_power = 0.125;
  if (prng.below(3) == 0) job.state = prng.below(2) == 0 ? JobState::kRunning : JobState::kPaused;
  return job;
}

}  // namespace olivine::planning_test
