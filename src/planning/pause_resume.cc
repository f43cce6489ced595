// The exact programme behind cheapest_pause_resume.
//
// on[t][w]:   least cost of slots [0, t) with w slots of work done, the last of them in slot t - 1
// rest[t][w]: the same with slot t - 1 at rest, or t = 0: a segment may begin at t
//   on[t][w]   = min(on[t-1][w-1] + price[t-1],                                      the segment goes on
//                    rest[t-L][w-m] + pause + price[t-L .. t))      L = overhead + m   a segment begins, as long as it must be
//   rest[t][w] = min(rest[t-1][w], on[t-1][w]) + paused power x price[t-1]
// So between two segments there is a slot of rest: no pause of no length is bought where running earns money. The first segment has
// no pause before it and no overhead; the last slot of work has its own price and is paid in part. A job under way runs at slot 0
// already (on[0][0] = 0), or is paused: its first segment begins as any other does.
//
// The forward pass keeps every B-th front only. The way back computes one block of B slots again, with its decisions, from
// the front before it: twice the time, and memory that grows with the square root of the slots.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "planning/slot_schedule.h"

// Vector instructions of newer processors where the one at hand has them; sanitizers do not bear the resolver.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define OLIVINE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define OLIVINE_WIDE
#endif

namespace olivine {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
// Equal but for the rounding of sums.
bool not_more(double a, double b) { return a <= b || a - b <= 1e-12 * std::abs(b); }
constexpr std::uint8_t kOnFromOn = 1, kRestFromOn = 2, kFirstSegment = 4;

using Row = std::vector<double>;  // by work done

// The hot loops: a segment goes on (before[w - 1] + price) or begins (from[w - least_run] + resumed), and work may rest at
// `idle`. What is written does not overlap what is read.
OLIVINE_WIDE void fill_rows(std::size_t count, const double* __restrict before, double price,
                            const double* __restrict rest_before, double idle, double* __restrict on,
                            double* __restrict rest) {
  for (std::size_t w = 1; w < count; ++w) {
    on[w] = before[w - 1] + price;
    rest[w] = std::min(rest_before[w], before[w]) + idle;
  }
}
OLIVINE_WIDE void fill_rows_with_entry(std::size_t begin, std::size_t count, const double* __restrict before,
                                       double price, const double* from, std::size_t least_run, double resumed,
                                       const double* rest_before, double idle, double* __restrict on,
                                       double* __restrict rest) {
  for (std::size_t w = begin; w < count; ++w) {
    on[w] = std::min(before[w - 1] + price, from[w - least_run] + resumed);
    rest[w] = std::min(rest_before[w], before[w]) + idle;
  }
}

class Programme {
 public:
  Programme(const JobShape& job, const SlotPrices& prices)
      : job_(job),
        prices_(prices.whole),
        last_(prices.last),
        work_(job.whole_slots()),
        least_run_(job.least_run()),
        longest_(least_run_ + job.pause_slots),
        first_length_(job.state == JobState::kFresh ? least_run_ : longest_),
        sums_(prices.size() + 1, 0.0),
        unknown_(prices.size() + 1, 0) {
    for (std::size_t t = 0; t < prices.size(); ++t) {
      const bool known = !std::isnan(prices_[t]);
      sums_[t + 1] = sums_[t] + (known ? prices_[t] : 0.0);
      unknown_[t + 1] = unknown_[t] + (known ? 0U : 1U);
    }
    const auto balanced = std::sqrt(8.0 * static_cast<double>(prices.size()) * static_cast<double>(longest_ + 1));
    block_ = std::max<std::size_t>({longest_ + 1, 64, static_cast<std::size_t>(balanced)});
  }

  // The segments, or none when the job does not fit.
  std::vector<SlotRun> solve() {
    Front front = first_front();
    std::vector<Front> kept{front};
    for (std::size_t t = 1; t <= prices_.size(); ++t) {
      step(front, t, nullptr);
      if (t % block_ == 0) kept.push_back(front);
    }
    const double done = front.rest_at(prices_.size())[work_], now = front.on[work_];
    if (done == kNever && now == kNever) return {};
    return way_back(kept, !not_more(done, now));
  }

 private:
  // All that a step needs to know of the slots before it.
  struct Front {
    Row on, before;          // on[t], and the row to write the next one into
    std::vector<Row> rests;  // rest[t - L .. t], a ring
    Row& rest_at(std::size_t t) { return rests[t % rests.size()]; }
  };

  Front first_front() const {
    Front front{Row(work_ + 1, kNever), Row(work_ + 1, kNever), std::vector<Row>(longest_ + 1, Row(work_ + 1, kNever))};
    (job_.state == JobState::kRunning ? front.on : front.rest_at(0))[0] = 0.0;
    return front;
  }

  bool known(std::size_t begin, std::size_t end) const { return unknown_[begin] == unknown_[end]; }
  double price_of(std::size_t begin, std::size_t end) const { return sums_[end] - sums_[begin]; }

  // Of slot t where it is the last of the work; kNever where that cannot be.
  double last_price(std::size_t t) const { return std::isnan(last_[t]) ? kNever : job_.last_part() * last_[t]; }

  // Cost of beginning a segment so that its least run ends at t, with the end of the work or before; kNever when it cannot.
  double entry(std::size_t t, bool first, bool ends) const {
    const std::size_t length = first ? first_length_ : longest_;
    if (t < length || !known(t - length, t - (ends ? 1 : 0))) return kNever;
    const double cost = ends ? price_of(t - length, t - 1) + last_price(t - 1) : price_of(t - length, t);
    if (cost == kNever) return kNever;
    double pause = 0.0;
    if (!first || job_.state != JobState::kFresh)
      pause = job_.pause_energy * (ends && length == 1 ? last_ : prices_)[t - length];
    if (!first || job_.state == JobState::kRunning) pause += job_.pause_cost;
    return pause + cost;
  }
  // The same of the first segment, with what resting until then took.
  double first_entry(std::size_t t, Front& front) const {
    const double cost = entry(t, true, least_run_ == work_);
    return cost == kNever ? kNever : cost + front.rest_at(t - first_length_)[0];
  }
  // A segment that is not the first and ends with the work, and is as short as may be.
  double last_entry(std::size_t t, Front& front) const {
    if (work_ <= least_run_ || !job_.may_end_with(least_run_)) return kNever;
    const double cost = entry(t, false, true);
    return cost == kNever ? kNever : cost + front.rest_at(t - longest_)[work_ - least_run_];
  }

  void step(Front& front, std::size_t t, std::uint8_t* decisions) const {
    const double price = known(t - 1, t) ? prices_[t - 1] : kNever;
    double idle = 0.0;
    if (job_.paused_power > 0.0) idle = price == kNever ? kNever : job_.paused_power * price;
    front.on.swap(front.before);
    const Row &before = front.before, &rest_before = front.rest_at(t - 1);
    Row &on = front.on, &rest = front.rest_at(t);
    const double resumed = entry(t, false, false);
    on[0] = kNever;
    rest[0] = std::min(rest_before[0], before[0]) + (job_.state == JobState::kFresh ? 0.0 : idle);
    const std::size_t plain = resumed != kNever ? std::min(least_run_ + 1, work_) : work_;
    fill_rows(plain, before.data(), price, rest_before.data(), idle, on.data(), rest.data());
    if (plain < work_)
      fill_rows_with_entry(plain, work_, before.data(), price, front.rest_at(t - longest_).data(), least_run_, resumed,
                           rest_before.data(), idle, on.data(), rest.data());
    on[work_] = std::min(before[work_ - 1] + last_price(t - 1), last_entry(t, front));
    rest[work_] = std::min(rest_before[work_], before[work_]);
    on[least_run_] = std::min(on[least_run_], first_entry(t, front));
    if (decisions != nullptr) decide(front, t, resumed, price, decisions);
  }

  // The same comparisons again, remembered. On equal costs a segment goes on, and work that is done stays done: fewer
  // pauses, an earlier end.
  void decide(Front& front, std::size_t t, double resumed, double price, std::uint8_t* decisions) const {
    const Row &before = front.before, &rest_before = front.rest_at(t - 1);
    const double first = first_entry(t, front);
    const double* from = resumed == kNever ? nullptr : front.rest_at(t - longest_).data();
    decisions[0] = not_more(rest_before[0], before[0]) ? 0 : kRestFromOn;
    for (std::size_t w = 1; w <= work_; ++w) {
      const bool ends = w == work_;
      double begins = from != nullptr && w > least_run_ && !ends ? from[w - least_run_] + resumed : kNever;
      if (ends) begins = last_entry(t, front);
      const bool is_first = w == least_run_ && first <= begins;
      if (is_first) begins = first;
      const bool goes_on = not_more(before[w - 1] + (ends ? last_price(t - 1) : price), begins);
      const bool rests = not_more(rest_before[w], before[w]);
      decisions[w] = static_cast<std::uint8_t>((goes_on ? kOnFromOn : 0) | (is_first ? kFirstSegment : 0) |
                                               (rests ? 0 : kRestFromOn));
    }
  }

  // `running`: the work is done with the last slot.
  std::vector<SlotRun> way_back(std::vector<Front>& kept, bool running) const {
    std::vector<SlotRun> segments;  // from the last to the first
    std::vector<std::uint8_t> decisions((block_ + 1) * (work_ + 1));
    std::size_t t = prices_.size(), w = work_;
    if (running) segments.push_back({t, t, 0});
    for (std::size_t block = kept.size(); block-- > 0 && w > 0;) {
      const std::size_t begin = block * block_, end = std::min(begin + block_, prices_.size());
      Front front = std::move(kept[block]);
      for (std::size_t s = begin + 1; s <= end; ++s) step(front, s, &decisions[(s - begin) * (work_ + 1)]);
      while (t > begin && w > 0) {
        const std::uint8_t decision = decisions[(t - begin) * (work_ + 1) + w];
        if (!running) {
          --t;
          running = (decision & kRestFromOn) != 0;
          if (running) segments.push_back({t, t, 0});
          continue;
        }
        if ((decision & kOnFromOn) != 0) {
          --t;
          --w;
          continue;
        }
        const bool first = (decision & kFirstSegment) != 0;
        t -= first ? first_length_ : longest_;
        w -= least_run_;
        segments.back().begin = t;
        segments.back().overhead = first && job_.state == JobState::kFresh ? 0 : job_.pause_slots;
        running = false;
      }
    }
    if (running) segments.back().begin = 0;  // it ran at slot 0 already
    std::reverse(segments.begin(), segments.end());
    return segments;
  }

  const JobShape& job_;
  std::span<const double> prices_, last_;
  std::size_t work_, least_run_, longest_, first_length_;
  Row sums_;
  std::vector<std::uint32_t> unknown_;
  std::size_t block_ = 1;
};

}  // namespace

Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, const SlotPrices& prices) {
  OLIVINE_CHECK_STATUS(check(job));
  SlotSchedule schedule{Programme(job, prices).solve(), 0.0};
  if (schedule.segments.empty()) return does_not_fit(job, prices);
  schedule.cost = cost_of(schedule.segments, job, prices);
  return schedule;
}

}  // namespace olivine
