#include "engine/thread_cpu.h"

#include <algorithm>

namespace olivine {

ThreadCpu::ThreadCpu(const std::vector<Mark>& marks, const std::vector<MarkInterval>& intervals) {
  find(marks);
  for (const MarkInterval& each : intervals) room_.push_back(each.ns);
  if (!stretches_.empty()) spread(intervals);
}

// Marks that were moved to one time are one.
void ThreadCpu::find(const std::vector<Mark>& marks) {
  ScopeThreads threads;
  std::vector<std::size_t> last;  // by thread: its last mark with CPU time
  begins_.resize(marks.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const std::size_t thread = threads.of(marks[i]);
    thread_of_.push_back(thread);
    if (thread == kNoThread || !marks[i].scope->cpu_ns) continue;
    last.resize(threads.count(), kNone);
    const std::size_t before = last[thread];
    if (before != kNone) {
      if (marks[i].ns <= marks[before].ns) continue;
      begins_[before].stretch = stretches_.size();
      stretches_.push_back(
          {before + 1, i, static_cast<double>(*marks[i].scope->cpu_ns - *marks[before].scope->cpu_ns), 0.0});
    }
    last[thread] = i;
    begins_[i].is = true;
  }
  now_.assign(threads.count(), kNone);
}

void ThreadCpu::set_rates() {
  std::vector<double> upto{0.0};
  for (const double room : room_) upto.push_back(upto.back() + room);
  for (Stretch& s : stretches_) {
    const double room = upto[s.last + 1] - upto[s.first];
    s.rate = room > 0.0 ? s.cpu_ns / room : 0.0;
  }
}

void ThreadCpu::spread(const std::vector<MarkInterval>& intervals) {
  constexpr int kMostRounds = 60;
  constexpr double kClose = 1.02, kLeastFactor = 1e-6;
  std::vector<double> change(room_.size() + 1);
  for (int round = 0;; ++round) {
    set_rates();
    if (round == kMostRounds) return;
    std::fill(change.begin(), change.end(), 0.0);
    for (const Stretch& s : stretches_) {
      change[s.first] += s.rate;
      change[s.last + 1] -= s.rate;
    }
    bool close = true;
    double rate = 0.0;  // of all threads together
    for (std::size_t i = 0; i < room_.size(); ++i) {
      rate += change[i];
      const double said = rate * room_[i];
      if (!intervals[i].used_ns || said <= kClose * *intervals[i].used_ns) continue;
      const double least = kLeastFactor * intervals[i].ns;
      if (room_[i] <= least) continue;
      room_[i] = std::max(least, room_[i] * *intervals[i].used_ns / said);
      close = false;
    }
    if (close) return;
  }
}

void ThreadCpu::pass(std::size_t mark) {
  interval_ = mark + 1;
  if (begins_[mark].is) now_[thread_of_[mark]] = begins_[mark].stretch;
}

std::optional<double> ThreadCpu::used_ns(std::size_t thread) const {
  if (now_[thread] == kNone) return std::nullopt;
  return stretches_[now_[thread]].rate * room_[interval_];
}

}  // namespace olivine
