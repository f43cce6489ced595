// One job in slots, whatever its kind: constant power, a power curve, or elastic. Used by plan_job and plan_with_supply.
//
// A schedule is priced by what it uses of each slot, in slots at the job's power: cost = sum(use x price) + pauses x pause cost.
//
// Units: slots, and the unit of the prices. Errors: as slot_schedule.h and elastic_job.h. Threads: pure. Lifetime: values.
#pragma once

#include "planning/profile_schedule.h"
#include "planning/single_job.h"

namespace olivine {

struct ChosenSchedule {
  std::vector<SlotRun> runs;     // or
  std::vector<ElasticUse> uses;  // of an elastic job
};

struct ScheduleUse {
  std::vector<double> slots;  // of running at the job's power, in each slot
  std::size_t paid_pauses = 0;
};

class JobProgramme {
 public:
  static Result<JobProgramme> of(const JobRequest& request);
  std::size_t slots() const { return count_; }
  double slot_kwh() const { return slot_kwh_; }

  Result<ChosenSchedule> at_once() const;
  // The least cost at these prices, NaN where a slot cannot be used.
  Result<ChosenSchedule> cheapest(std::span<const double> prices, double pause_cost) const;
  // The same where a slot's cost is any function of its use. Not for elastic jobs.
  Result<ChosenSchedule> cheapest(const SlotCost& cost, double pause_cost) const;
  // Every start without a pause: for those who choose by more than one price. Not for elastic jobs.
  std::size_t starts() const { return count_ + 1 - std::min(count_ + 1, shape_.whole_slots()); }
  ChosenSchedule start_at(std::size_t slot) const;

  std::size_t whole_slots() const { return shape_.whole_slots(); }  // of work
  double last_part() const { return shape_.last_part(); }           // of its last slot, in (0, 1]

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
  JobShape shape_;
  std::vector<double> profile_;  // empty: constant power
  ElasticJob elastic_;           // no scales: not elastic
};

// Sum of use x price where something is used, plus the pauses; NaN when a price is not known.
double cost_of(const ScheduleUse& use, std::span<const double> prices, double pause_cost);

}  // namespace olivine
