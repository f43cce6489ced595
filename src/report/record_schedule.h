// RecordSchedule: how a run, or a job of somebody else's scheduler, kept to a plan: when it waited, ran and paused, and what that saved
// against starting at once, at constant power. The savings are modelled; energies are metered or modelled as the run's own.
//
//   at once 0:00 .. 1:00 at 500 g/kWh, ran 2:00 .. 3:00 at 50 g/kWh  ->  saving 0.9
//   a job that was let go and not watched  ->  planned saving 0.9; what it came to, its pauses and its waiting are not known
//
// Units: ns, uJ, W, g/kWh; savings as fractions of what starting at once emits. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "provenance/figure.h"

namespace olivine {

inline constexpr std::size_t kMostActedEvents = 1000;  // that a record keeps, of a schedule and of a budget

struct RecordSchedule {
  struct Event {
    std::int64_t at_ns = 0;      // since the run's start
    std::string action, reason;  // "pause", "run"; of a job also "held back", "let go", "end"
    bool operator==(const Event&) const = default;
  };
  struct Saving {
    std::optional<double> average, marginal;  // fraction; absent: not known
    bool operator==(const Saving&) const = default;
  };
  struct Span {
    WallTime begin, end;                      // on the plan's clock
    std::optional<double> average, marginal;  // mean g/kWh; absent: not known for all of it
    bool operator==(const Span&) const = default;
  };
  std::string policy;    // "start within 12h", "finish within 24h"
  std::string executor;  // "signals", "freezer (cgroup v2)", "Slurm hold"; "" when it may not pause
  std::string objective, zone;
  std::int64_t waited_ns = 0, paused_ns = 0, pauses = 0;
  Saving planned, actual;
  std::int64_t paused_attributed_uj = 0, paused_measured_uj = 0;  // while it was paused: of the run, of the machine
  std::vector<Event> events;                                      // the first kMostActedEvents

  std::string job;                // "Slurm job 7"; "" of a command of ours
  bool watched = true;            // false: it was let go; when it waited, ran and paused is not known
  std::string source;             // of the intensities
  std::optional<double> power_w;  // of the job while it runs, as stated
  std::vector<Span> plan;         // as it was made first; empty: a threshold, or not kept
  std::vector<Span> segments;     // when it ran
  std::optional<Span> at_once;    // had it started at once, as long as it ran in all
  bool operator==(const RecordSchedule&) const = default;
};

// The same with their origins, for `explain`: only of a schedule that kept a plan or segments.
struct ScheduleFigures {
  Figure<Ratio> planned_average, planned_marginal, saving_average, saving_marginal;
  Figure<Carbon> saved_average, saved_marginal;
  bool present = false;
};

}  // namespace olivine
