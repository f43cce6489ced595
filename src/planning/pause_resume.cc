// The exact programme behind cheapest_pause_resume.
//
// on[t][w]:  least cost of slots [0, t) with w slots of work done, the last of them in slot t - 1
// off[t][w]: the same, free to start a segment at t
//   on[t][w]  = min(on[t-1][w-1] + price[t-1],                                     the segment goes on
//                   off[t-L][w-m] + pause + price[t-L .. t))      L = overhead + m   a segment begins, as long as it must be
//   off[t][w] = min(off[t-1][w] + paused power x price[t-1], on[t][w])
// The first segment has no pause before it and no overhead; the last slot of work is paid in part. A job under way runs at
// slot 0 already (on[0][0] = 0), or is paused: its first segment begins as any other does.
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
constexpr std::uint8_t kOnFromOn = 1, kOffFromOn = 2, kFirstSegment = 4;

using Row = std::vector<double>;  // by work done

// The hot loops: a segment goes on (before[w - 1] + price) or begins (from[w - least_run] + resumed), and work may rest at
// `idle`. What is written does not overlap what is read.
OLIVINE_WIDE void fill_rows(std::size_t count, const double* __restrict before, double price,
                            const double* __restrict off_before, double idle, double* __restrict on,
                            double* __restrict off) {
  for (std::size_t w = 1; w < count; ++w) {
    on[w] = before[w - 1] + price;
    off[w] = std::min(off_before[w] + idle, on[w]);
  }
}
OLIVINE_WIDE void fill_rows_with_entry(std::size_t begin, std::size_t count, const double* __restrict before,
                                       double price, const double* from, std::size_t least_run, double resumed,
                                       const double* off_before, double idle, double* __restrict on,
                                       double* __restrict off) {
  for (std::size_t w = begin; w < count; ++w) {
    on[w] = std::min(before[w - 1] + price, from[w - least_run] + resumed);
    off[w] = std::min(off_before[w] + idle, on[w]);
  }
}

class Programme {
 public:
  Programme(const JobShape& job, std::span<const double> prices)
      : job_(job),
        prices_(prices),
        work_(job.whole_slots()),
        least_run_(std::min(job.min_run_slots, work_)),
        longest_(least_run_ + job.pause_slots),
        first_length_(job.state == JobState::kFresh ? least_run_ : longest_),
        unused_(1.0 - job.last_part()),
        sums_(prices.size() + 1, 0.0),
        unknown_(prices.size() + 1, 0) {
    for (std::size_t t = 0; t < prices.size(); ++t) {
      const bool known = !std::isnan(prices[t]);
      sums_[t + 1] = sums_[t] + (known ? prices[t] : 0.0);
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
    if (front.off_at(prices_.size())[work_] == kNever) return {};
    return way_back(kept);
  }

 private:
  // All that a step needs to know of the slots before it.
  struct Front {
    Row on, before;         // on[t], and the row to write the next one into
    std::vector<Row> offs;  // off[t - L .. t], a ring
    Row& off_at(std::size_t t) { return offs[t % offs.size()]; }
  };

  Front first_front() const {
    Front front{Row(work_ + 1, kNever), Row(work_ + 1, kNever), std::vector<Row>(longest_ + 1, Row(work_ + 1, kNever))};
    front.off_at(0)[0] = 0.0;
    if (job_.state == JobState::kRunning) front.on[0] = 0.0;
    return front;
  }

  bool known(std::size_t begin, std::size_t end) const { return unknown_[begin] == unknown_[end]; }
  double price_of(std::size_t begin, std::size_t end) const { return sums_[end] - sums_[begin]; }

  // Cost of beginning a segment so that its least run ends at t; kNever when it cannot.
  double entry(std::size_t t, bool first) const {
    const std::size_t length = first ? first_length_ : longest_;
    if (t < length || !known(t - length, t)) return kNever;
    double pause = 0.0;
    if (!first || job_.state != JobState::kFresh) pause = job_.pause_energy * prices_[t - length];
    if (!first || job_.state == JobState::kRunning) pause += job_.pause_cost;
    return pause + price_of(t - length, t);
  }
  // The same of the first segment, with what resting until then took.
  double first_entry(std::size_t t, Front& front) const {
    const double cost = entry(t, true);
    return cost == kNever ? kNever : cost + front.off_at(t - first_length_)[0];
  }

  void step(Front& front, std::size_t t, std::uint8_t* decisions) const {
    const double price = known(t - 1, t) ? prices_[t - 1] : kNever;
    double idle = 0.0;
    if (job_.paused_power > 0.0) idle = price == kNever ? kNever : job_.paused_power * price;
    front.on.swap(front.before);
    const Row& off_before = front.off_at(t - 1);
    Row& on = front.on;
    Row& off = front.off_at(t);
    const double resumed = entry(t, false);
    const bool resumes = resumed != kNever;
    on[0] = kNever;
    off[0] = off_before[0] + (job_.state == JobState::kFresh ? 0.0 : idle);
    const std::size_t plain = resumes ? std::min(least_run_ + 1, work_ + 1) : work_ + 1;
    fill_rows(plain, front.before.data(), price, off_before.data(), idle, on.data(), off.data());
    if (plain <= work_)
      fill_rows_with_entry(plain, work_ + 1, front.before.data(), price, front.off_at(t - longest_).data(), least_run_,
                           resumed, off_before.data(), idle, on.data(), off.data());
    on[least_run_] = std::min(on[least_run_], first_entry(t, front));
    if (least_run_ < work_) off[least_run_] = std::min(off[least_run_], on[least_run_]);
    if (on[work_] != kNever) on[work_] -= unused_ * price;
    off[work_] = std::min(off_before[work_], on[work_]);
    if (decisions != nullptr) decide(front, t, price, idle, decisions);
  }

  // The same comparisons again, remembered. On equal costs a segment goes on, and work that is done stays done: fewer
  // pauses, an earlier end.
  void decide(Front& front, std::size_t t, double price, double idle, std::uint8_t* decisions) const {
    const Row &before = front.before, &off_before = front.off_at(t - 1);
    const double resumed = entry(t, false), first = first_entry(t, front);
    decisions[0] = 0;
    for (std::size_t w = 1; w <= work_; ++w) {
      double begins = kNever;
      if (resumed != kNever && w > least_run_) begins = front.off_at(t - longest_)[w - least_run_] + resumed;
      const bool is_first = w == least_run_ && first <= begins;
      if (is_first) begins = first;
      const bool goes_on = not_more(before[w - 1] + price, begins);
      const bool rests = not_more(off_before[w] + (w < work_ ? idle : 0.0), front.on[w]);
      decisions[w] = static_cast<std::uint8_t>((goes_on ? kOnFromOn : 0) | (is_first ? kFirstSegment : 0) |
                                               (rests ? 0 : kOffFromOn));
    }
  }

  std::vector<SlotRun> way_back(std::vector<Front>& kept) const {
    std::vector<SlotRun> segments;  // from the last to the first
    std::vector<std::uint8_t> decisions((block_ + 1) * (work_ + 1));
    std::size_t t = prices_.size(), w = work_;
    bool running = false;
    for (std::size_t block = kept.size(); block-- > 0 && w > 0;) {
      const std::size_t begin = block * block_, end = std::min(begin + block_, prices_.size());
      Front front = std::move(kept[block]);
      for (std::size_t s = begin + 1; s <= end; ++s) step(front, s, &decisions[(s - begin) * (work_ + 1)]);
      while (t > begin && w > 0) {
        const std::uint8_t decision = decisions[(t - begin) * (work_ + 1) + w];
        if (!running) {
          if ((decision & kOffFromOn) == 0) {
            --t;
            continue;
          }
          running = true;
          segments.push_back({t, t, 0});
        }
        const bool first = (decision & kFirstSegment) != 0;
        if ((decision & kOnFromOn) != 0) {
          --t;
          --w;
          continue;
        }
        t -= first ? first_length_ : longest_;
        w -= least_run_;
        segments.back().begin = t;
        segments.back().overhead = first && job_.state == JobState::kFresh ? 0 : job_.pause_slots;
        running = false;
      }
    }
    if (running) segments.back().begin = 0;  // it ran at slot 0 already
    std::reverse(segments.begin(), segments.end());
    return joined(segments);
  }

  // Sums of prices in different orders differ in their last digits, and a pause of no length then looks cheaper than none.
  static std::vector<SlotRun> joined(const std::vector<SlotRun>& segments) {
    std::vector<SlotRun> out;
    for (const SlotRun& segment : segments) {
      if (!out.empty() && out.back().end == segment.begin && segment.overhead == 0)
        out.back().end = segment.end;
      else
        out.push_back(segment);
    }
    return out;
  }

  const JobShape& job_;
  std::span<const double> prices_;
  std::size_t work_, least_run_, longest_, first_length_;
  double unused_;
  Row sums_;
  std::vector<std::uint32_t> unknown_;
  std::size_t block_ = 1;
};

}  // namespace

Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, std::span<const double> prices) {
  OLIVINE_CHECK_STATUS(check(job));
  SlotSchedule schedule{Programme(job, prices).solve(), 0.0};
  if (schedule.segments.empty()) return does_not_fit(job, prices);
  schedule.cost = cost_of(schedule.segments, job, prices);
  return schedule;
}

}  // namespace olivine
