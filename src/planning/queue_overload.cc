#include "planning/queue_overload.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace olivine {
namespace {

constexpr std::size_t kMostLookedAt = 50'000'000;

std::int64_t work_of(const SlotJob& job) { return job.units * static_cast<std::int64_t>(job.slots); }

double ratio_of(const SlotJob& job) { return static_cast<double>(job.priority) / static_cast<double>(work_of(job)); }

// The least priority whose jobs have this much work; `jobs` in the order of ratio_of.
std::int64_t lightest(const SlotQueue& queue, const std::vector<std::size_t>& jobs, std::int64_t work) {
  std::int64_t sum = 0;
  for (const std::size_t j : jobs) {
    if (work <= 0) break;
    const std::int64_t all = work_of(queue.jobs[j]);
    if (work < all)
      return sum + static_cast<std::int64_t>(std::ceil(ratio_of(queue.jobs[j]) * static_cast<double>(work) - 1e-9));
    sum += queue.jobs[j].priority;
    work -= all;
  }
  return sum;
}

}  // namespace

std::int64_t unavoidably_left_out(const SlotQueue& queue, const std::vector<bool>& fits) {
  std::int64_t never = 0, most = 0;
  std::vector<std::size_t> by_end, begins;
  for (std::size_t j = 0; j < queue.jobs.size(); ++j) {
    if (!fits[j]) {
      never += queue.jobs[j].priority;
      continue;
    }
    by_end.push_back(j);
    begins.push_back(queue.jobs[j].begin);
  }
  std::stable_sort(by_end.begin(), by_end.end(),
                   [&](std::size_t a, std::size_t b) { return queue.jobs[a].end < queue.jobs[b].end; });
  std::vector<std::size_t> by_ratio = by_end;
  std::stable_sort(by_ratio.begin(), by_ratio.end(),
                   [&](std::size_t a, std::size_t b) { return ratio_of(queue.jobs[a]) < ratio_of(queue.jobs[b]); });
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  std::vector<std::int64_t> known(queue.prices.size() + 1, 0);  // slots before each
  for (std::size_t t = 0; t < queue.prices.size(); ++t) known[t + 1] = known[t] + (std::isnan(queue.prices[t]) ? 0 : 1);

  std::size_t looked_at = 0;
  for (const std::size_t begin : begins) {
    looked_at += by_end.size();
    if (looked_at > kMostLookedAt) break;  // what is proven holds all the same
    std::int64_t work = 0, over = 0;
    std::size_t worst_end = 0;
    for (const std::size_t j : by_end) {
      if (queue.jobs[j].begin < begin) continue;
      work += work_of(queue.jobs[j]);
      const std::int64_t there = queue.capacity * (known[queue.jobs[j].end] - known[begin]);
      if (work - there <= over) continue;
      over = work - there;
      worst_end = queue.jobs[j].end;
    }
    if (over <= 0) continue;
    std::vector<std::size_t> within;
    for (const std::size_t j : by_ratio)
      if (queue.jobs[j].begin >= begin && queue.jobs[j].end <= worst_end) within.push_back(j);
    most = std::max(most, lightest(queue, within, over));
  }
  return never + most;
}

}  // namespace olivine
