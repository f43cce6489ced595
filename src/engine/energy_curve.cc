#include "engine/energy_curve.h"

#include <algorithm>
#include <utility>

#include "base/floor_div.h"

namespace olivine {
namespace {

constexpr std::size_t kMostFine = 2304;  // more, and slices become hours
constexpr std::size_t kLookBack = 8;     // components of one settle come one after the other
constexpr std::int64_t kHourNs = std::int64_t{3600} * 1'000'000'000;

bool in_one_step(std::int64_t begin, std::int64_t end, std::int64_t step) {
  return floor_div(begin, step) == floor_div(std::max(begin, end - 1), step);
}

}  // namespace

void EnergyCurve::add(WallTime begin, WallTime end, EnergyAmount attributed, EnergyAmount idle) {
  const Slice fact{std::min(begin.ns, end.ns), end.ns, attributed.count(), idle.count()};
  const bool whole = in_one_step(fact.begin_ns, fact.end_ns, step_ns_);
  const std::size_t oldest = slices_.size() > kLookBack ? slices_.size() - kLookBack : 0;
  for (std::size_t i = slices_.size(); i > oldest; --i) {
    Slice& s = slices_[i - 1];
    const bool same = s.begin_ns == fact.begin_ns && s.end_ns == fact.end_ns;
    const bool same_step = whole && in_one_step(s.begin_ns, s.end_ns, step_ns_) &&
                           floor_div(s.begin_ns, step_ns_) == floor_div(fact.begin_ns, step_ns_);
    if (!same && !same_step) continue;
    s.begin_ns = std::min(s.begin_ns, fact.begin_ns);
    s.end_ns = std::max(s.end_ns, fact.end_ns);
    s.attributed_uj += fact.attributed_uj;
    s.idle_uj += fact.idle_uj;
    return;
  }
  slices_.push_back(fact);
  if (slices_.size() > kMostFine && step_ns_ < kHourNs) coarsen();
}

// Slices of one hour become one; those that reach over an hour's end stay.
void EnergyCurve::coarsen() {
  step_ns_ = kHourNs;
  std::vector<Slice> fine = std::move(slices_);
  slices_.clear();
  for (const Slice& s : fine) {
    if (!slices_.empty() && in_one_step(slices_.back().begin_ns, std::max(slices_.back().end_ns, s.end_ns), kHourNs) &&
        s.begin_ns >= slices_.back().begin_ns) {
      Slice& last = slices_.back();
      last.end_ns = std::max(last.end_ns, s.end_ns);
      last.attributed_uj += s.attributed_uj;
      last.idle_uj += s.idle_uj;
    } else {
      slices_.push_back(s);
    }
  }
}

std::vector<EnergySlice> EnergyCurve::slices(double idle_part) const {
  std::vector<EnergySlice> out;
  out.reserve(slices_.size());
  for (const Slice& s : slices_)
    out.push_back({{{s.begin_ns}, {s.end_ns}},
                   joules((static_cast<double>(s.attributed_uj) + idle_part * static_cast<double>(s.idle_uj)) * 1e-6)});
  std::sort(out.begin(), out.end(), [](const EnergySlice& a, const EnergySlice& b) {
    return std::pair(a.interval.begin, a.interval.end) < std::pair(b.interval.begin, b.interval.end);
  });
  return out;
}

}  // namespace olivine
