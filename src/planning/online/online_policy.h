// Online policies: run or pause in this slot, knowing the past and perhaps a forecast, never the future.
//
// A policy only says what it wants. `decide` asks it, and overrules it where waiting one more slot could miss the deadline: a
// deadline is never missed for carbon. So it does where the price now is not known: nobody waits for the unknown. Whoever simulates
// (run_online) and whoever really acts (planning/follow.h) asks this one function.
//
//   policy = make_policy("double_threshold", job, {.low = 1, .high = 100})      policy->worst_case(): cost / the least there was
//   outcome = run_online(*policy, job, prices, begin, forecaster)
//
// A switch cost is charged at every edge, the first start and the last stop included; METHODS' pause cost is two edges. A
// restart after a pause makes `restart` slots of running without progress. The work may take longer than expected: the guard
// keeps room for `work_factor` x the work in all (deadline_guard.h says which factor), and `reserve` slots beside. Work that has
// taken longer than expected runs to its end.
//
// A job that may not pause is asked about until it starts; then it runs to its end. mpc decides by the cheapest start anew in every slot,
// thresholds by their first (double_threshold: the one of thresholds.h whose bound in one run is least).
//
// Units: slots; prices in the unit of the caller (g of a slot). Errors: kInvalid for a job that makes no sense or does not fit,
// kNotFound for a policy's name (it lists them). Threads: policies are const and pure. Lifetime: values behind pointers.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "planning/slot_schedule.h"

namespace olivine {

struct OnlineJob {
  std::size_t work = 1, deadline = 1;  // finish within `deadline` slots
  double edge_cost = 0.0;
  std::size_t restart = 0;
  double work_factor = 1.0;
  std::size_t reserve = 0;
  // As of JobShape, which says what they are.
  std::size_t min_run = 1;
  double pause_energy = 0.0, paused_power = 0.0;
  double last_part = 1.0;  // of the last slot of work, in (0, 1]
  bool may_pause = true;   // false: only the start is chosen
};
Status check(const OnlineJob& job);

struct OnlineMoment {
  std::span<const double> past;  // before now, the oldest first; also from before the job came
  double now = 0.0;
  std::span<const double> forecast;  // of the slots after now; may be shorter than to the deadline, or empty
  std::size_t done = 0;              // slots of work; may pass what was expected
  std::size_t restart_left = 0;      // of a restart under way
  std::size_t slots_left = 1;        // this one included
  std::size_t min_run_left = 0;      // of the run under way, to the job's min_run; who plans knows it, a threshold asks
  JobState state = JobState::kFresh;
};

enum class OnlineReason { kPolicy, kDeadline, kStarted, kOverdue, kUnknown };

struct OnlineChoice {
  bool run = true;
  SlotSchedule plan = {};    // of the rest, this slot is 0; no segments: it was not planned
  std::string no_plan = {};  // why a policy that plans could not
  OnlineReason reason = OnlineReason::kPolicy;
};

class OnlinePolicy {
 public:
  virtual ~OnlinePolicy() = default;
  virtual std::string name() const = 0;
  virtual OnlineChoice choose(const OnlineJob& job, const OnlineMoment& moment) const = 0;
  // Cost / least possible cost at most, while prices stay within the limits given and the job has no restart; empty: none.
  virtual std::optional<double> worst_case() const = 0;
};

struct PolicySettings {
  double low = 0.0, high = 0.0;  // limits of the prices, for thresholds: 0 < low <= high
  double trust = 0.5;            // 0 .. 1, of `learning_augmented` in the forecast
  double quantile = 0.3;         // of `last_week_quantile`
  std::size_t week = 168;        // slots
};
// at_once, mpc, last_week_quantile, one_threshold, double_threshold, published_threshold, learning_augmented
std::vector<std::string> policy_names();
// By thresholds: make_policy needs 0 < low <= high of them.
bool goes_by_limits(const std::string& policy);
std::unique_ptr<OnlinePolicy> model_predictive();  // mpc
// Runs while the price is at most this, and a run under way until it has lasted the job's min_run.
std::unique_ptr<OnlinePolicy> at_or_below(double price);
// For one kind of job: thresholds depend on its work and its switch cost.
Result<std::unique_ptr<OnlinePolicy>> make_policy(const std::string& name, const OnlineJob& job,
                                                  const PolicySettings& settings);

// Slots that are expected to be left, a restart under way included; at least 1.
std::size_t work_left(const OnlineJob& job, const OnlineMoment& moment);
// How many slots it may wait and still keep the deadline, with its reserve and the restart after a wait. 0: it must run.
std::size_t slots_to_spare(const OnlineJob& job, const OnlineMoment& moment);
OnlineChoice decide(const OnlinePolicy& policy, const OnlineJob& job, const OnlineMoment& moment);

struct OnlineOutcome {
  std::vector<SlotRun> segments;  // slots from the job's first
  double cost = 0.0;              // edges included
  std::size_t forced = 0;         // slots that the deadline decided
  bool in_time = true;
};
// What the policy would know of the slots after `slot` (counted as in `prices`), at most `count`.
using Forecaster = std::function<std::vector<double>(std::size_t slot, std::size_t count)>;
// The price of `slot` as it is known in that slot; NaN: not known. Empty: the truth.
using PriceNow = std::function<double(std::size_t slot)>;
// The job comes at `begin`; `takes` slots of work really, where that is not what was expected.
Result<OnlineOutcome> run_online(const OnlinePolicy& policy, const OnlineJob& job, std::span<const double> prices,
                                 std::size_t begin, const Forecaster& forecaster, std::optional<std::size_t> takes = {},
                                 const PriceNow& price_now = {});
// The least schedule with all prices known: the exact programme, or the cheapest start of a job that may not pause.
Result<SlotSchedule> least_schedule(const OnlineJob& job, std::span<const double> window);
// What it costs, edges as above.
Result<double> least_cost(const OnlineJob& job, std::span<const double> window);

}  // namespace olivine
