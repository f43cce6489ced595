// One job in slots, whatever its kind: constant power, a power curve, or elastic. Used by plan_job and plan_with_supply.
//
// A schedule is priced by what it uses of each slot, in slots at the job's power: cost = sum(use x price) + pauses x pause cost.
//
// The deadline holds to the nanosecond: a part of a slot that is left before it is a slot of its own, which the last slot of work may use
// where its part ends in time, and any scale of an elastic job. The last slot of work is priced by the time that it really takes.
//
//   hours 300, 200, 100 g/kWh, 90 min of work at 1 kW, deadline 150 min: slots 0, 1 whole, slot 2 for its first half: 01:00 to 02:30, 250 g
//
// Units: slots, and the unit of the prices. Errors: as slot_schedule.h and elastic_job.h. Threads: pure. Lifetime: values.
#pragma once

#include "planning/profile_schedule.h"
#include "planning/single_job.h"
#include "planning/slot_means.h"

namespace olivine {

struct ChosenSchedule {
  std::vector<SlotRun> runs;     // or
  std::vector<ElasticUse> uses;  // of an elastic job
};

struct ScheduleUse {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<double> slots;  // of running at the job's power, in each slot
  std::size_t paid_pauses = 0;
  std::size_t last = kNone;  // the last slot of work, of which only the beginning is used; none of an elastic job
};

// Of a slot of running, as SlotPrices.
struct JobPrices {
  std::vector<double> whole, last;
  SlotPrices views() const { return {whole, last}; }
  double at(std::size_t t, bool is_last) const { return (is_last ? last : whole)[t]; }
};

class JobProgramme {
 public:
  static Result<JobProgramme> of(const JobRequest& request);
  std::size_t slots() const { return count_; }
  double slot_kwh() const { return slot_kwh_; }

  Result<ChosenSchedule> at_once() const;
  // A slot of running at the job's power, at the values of the points: kWh x value.
  template <class Point, class Value>
  JobPrices prices_of(const std::vector<Point>& points, Value value) const;
  // The least cost at these prices, NaN where a slot cannot be used.
  Result<ChosenSchedule> cheapest(const JobPrices& prices, double pause_cost) const;
  // The same where a slot's cost is any function of its use. Not for elastic jobs.
  Result<ChosenSchedule> cheapest(const SlotCost& cost, double pause_cost) const;
  // Every start without a pause: for those who choose by more than one price. Not for elastic jobs.
  std::size_t starts() const { return count_ + 1 - std::min(count_ + 1, shape_.whole_slots()); }
  ChosenSchedule start_at(std::size_t slot) const;

  std::size_t whole_slots() const { return shape_.whole_slots(); }  // of work
  double last_part() const { return shape_.last_part(); }           // of its last slot, in (0, 1]
  Duration last_length() const { return last_length_; }
  // Whether the last slot is cut short by the deadline.
  bool is_cut(std::size_t slot) const { return cut_.ns > 0 && slot + 1 == count_; }
  bool is_elastic() const { return !elastic_.scales.empty(); }
  // What is rounded up to the slots, in words.
  std::vector<std::string> rounding() const;

  ScheduleUse use_of(const ChosenSchedule& schedule) const;
  // Its segments, the pauses between them and when it is done.
  void set_segments(const ChosenSchedule& schedule, const std::string& zone, PricedSchedule& out) const;

 private:
  explicit JobProgramme(const JobRequest& request);
  std::vector<PlannedSegment> segments(const ChosenSchedule& schedule, const std::string& zone) const;
  WallTime time_of(double slot) const;
  void add_segment(std::vector<PlannedSegment>& out, double begin, double end, double scale, double power,
                   const std::string& zone) const;

  const JobRequest& r_;
  std::size_t count_ = 0;
  double slot_kwh_ = 0.0;
  Duration last_length_, cut_;  // of the last slot of work; of the last slot before the deadline, 0 where it is whole
  JobShape shape_;
  std::vector<double> profile_;  // empty: constant power
  ElasticJob elastic_;           // no scales: not elastic
};

// Sum of use x price where something is used, plus the pauses; NaN when a price is not known.
double cost_of(const ScheduleUse& use, const JobPrices& prices, double pause_cost);

template <class Point, class Value>
JobPrices JobProgramme::prices_of(const std::vector<Point>& points, Value value) const {
  JobPrices out;
  out.whole = means_of(points, r_.now, r_.slot, count_, value);
  if (is_elastic() && cut_.ns > 0)
    out.whole.back() = means_of(points, time_of(static_cast<double>(count_ - 1)), cut_, 1, value).front();
  out.last = is_elastic() || last_length_ == r_.slot ? out.whole
                                                     : means_of(points, r_.now, r_.slot, count_, value, last_length_);
  if (!is_elastic() && cut_.ns > 0) out.whole.back() = std::numeric_limits<double>::quiet_NaN();
  for (auto* prices : {&out.whole, &out.last})
    for (double& price : *prices) price *= slot_kwh_;
  return out;
}

}  // namespace olivine
