// RunRecord: one run as everybody sees it: the model behind the terminal summary, the JSON record olivine.run/1
// (docs/schemas/run.schema.json), CSV and `explain`. Renderers compute nothing; every number is a Figure.
//
// Units: figures carry theirs; durations in ns, times UTC. Errors: none; unknown figures say why. Threads: values.
// Lifetime: provenance ids point into `graph`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "provenance/figure.h"
#include "report/record_schedule.h"
#include "report/scope_record.h"

namespace olivine {

struct RecordComponent {
  std::string kind;           // "package", "dram", "gpu", "rest", ...
  std::string device;         // "package-0"
  std::string source;         // "powercap:intel-rapl:0", "model:cpu"
  std::string plane;          // "chip", "node_dc", "node_ac"
  std::string label;          // "CPU", "DRAM", "GPU", "rest of node": for the summary
  bool counted = true;        // false: cross-check only
  Figure<Energy> measured;    // of the machine
  Figure<Energy> attributed;  // to the run, with its charged idle
};

struct RecordGap {
  std::string component;                  // source id
  std::int64_t begin_ns = 0, end_ns = 0;  // since the run's start
  std::string reason;
};

struct QualityLine {
  std::string component, method, basis, reason, fix;
};

struct RecordEnergy {
  Figure<Energy> total, attributed, idle_charged, others, self, idle, unattributed, measured_node;
  std::vector<RecordComponent> components;
};

struct RecordEmissions {
  Figure<Carbon> location_average, location_marginal, market;  // operational
  Figure<Carbon> embodied, total;                              // total = location_average + embodied
};

struct RecordIntensity {
  std::string zone, name, signal, boundary, source, period;
  Figure<CarbonIntensity> value;
  std::vector<std::string> notes;  // one line each, e.g. that the zone is unknown and how to set it
  std::string
      method;  // "data set", "month x hour profile", "yearly factor", "default"; "" of a run of an older program
  std::string dataset;   // content hash of the data set
  std::string fallback;  // what priced the part of the energy that it does not cover; value.coverage is what it covers
};

// An epoch that the work marked. Times since the run's start.
struct RecordEpoch {
  std::int64_t number = 0;
  std::optional<std::int64_t> of;  // how many are planned, as the work said
  std::int64_t begin_ns = 0, end_ns = 0;
  std::string ended_by;                    // "end", "next" epoch, "run"'s end; "open": not ended yet
  std::optional<Estimate<Energy>> energy;  // of the run with its charged idle; absent where the run's is unknown
};

struct RecordMark {  // something that happened
  std::string name;
  std::int64_t at_ns = 0;
  std::optional<Estimate<Energy>> energy;  // of the run up to here
};

struct RecordMarks {
  std::vector<RecordEpoch> epochs;
  std::optional<Estimate<Energy>> before, between, after;  // outside of epochs
  std::vector<RecordMark> marks;
  std::vector<std::string> notes;
  bool empty() const { return epochs.empty() && marks.empty() && notes.empty(); }
};

// A part of the work as it names it, all its times together: "serve/decode".
struct RecordScope {
  std::string path;
  std::int64_t count = 0, failed = 0;
  std::int64_t open = 0;                       // had no end of their own
  std::int64_t ns = 0;                         // open, all its times together
  std::optional<Estimate<Energy>> own, whole;  // without and with the scopes within
  std::optional<RecordQuota> quota{};
  std::optional<RecordService> service{};
};
struct RecordTrace {  // W3C trace context: one request, wherever its parts ran
  std::string trace_id;
  std::int64_t scopes = 0;
  std::optional<Estimate<Energy>> energy;  // in this run
};
struct RecordScopes {
  std::vector<RecordScope> rows;            // by path
  std::optional<Estimate<Energy>> outside;  // with `own` of all rows this is the run's energy
  std::vector<RecordTrace> traces;          // those that used most
  std::int64_t traces_in_all = 0;
};

struct NameValue {
  std::string name, value;
};

// How a run stood to its budget (run --budget), as it was counted while it ran: once more at each settled reading, idle charged by
// the share of the run up to then, carbon by the hour. The record's own figures are made when all is known and may differ a little.
struct RecordBudget {
  struct Event {
    std::int64_t at_ns = 0;  // since the run's start
    std::string action;      // "near" (80 %), "spent", "pause", "run", "terminate", "kill"
    double used = 0.0;
    bool operator==(const Event&) const = default;
  };
  std::string kind, unit;  // "energy" J, "carbon" g, "money" EUR
  std::string on_budget;   // "warn", "pause", "stop"
  double amount = 0.0;     // of the budget
  double granted = 0.0;    // the same, or more when it was granted again
  double used = 0.0;
  bool lower_bound = false;  // a part of the use is not known
  std::string executor;      // of pauses
  std::int64_t pauses = 0, paused_ns = 0;
  std::int64_t paused_attributed_uj = 0, paused_measured_uj = 0;  // while it was paused: of the run, of the machine
  std::vector<Event> events;                                      // the first kMostActedEvents
  bool operator==(const RecordBudget&) const = default;
};

struct RunRecord {
  std::string run_id, name, project;
  std::vector<std::string> command;  // redacted
  std::string status;                // "done", "failed", "interrupted", "running", "submitted"
  std::vector<NameValue> host, software, hardware;
  WallTime started_at;
  std::optional<WallTime> ended_at;
  std::int64_t duration_ns = 0, suspended_ns = 0;
  std::optional<int> exit_code, exit_signal;

  RecordEnergy energy;
  std::string idle_policy;
  RecordEmissions emissions;
  RecordIntensity intensity;
  RecordIntensity marginal;  // its value is absent when no marginal intensity is known
  Figure<Ratio> pue;
  bool pue_applies = true;  // false: own desktop or laptop
  Figure<Money> cost;
  std::string currency;
  Figure<Water> water;                   // consumption: on site and at the power station
  Figure<Water> water_site, water_grid;  // its two parts

  double coverage = 0.0;
  std::int64_t ticks = 0, missed_ticks = 0, interval_ns = 0;
  std::vector<RecordGap> gaps;
  std::vector<std::string> not_counted;
  std::vector<QualityLine> quality;
  std::vector<std::string> left_running;  // daemons that outlived the run, named
  std::vector<std::string> warnings;
  std::optional<RecordSchedule> schedule;  // absent: it ran at once, without a plan
  ScheduleFigures schedule_figures;        // of a schedule that kept its spans
  std::optional<RecordBudget> budget;      // absent: it had none

  RecordMarks marks;  // empty when the work marked nothing
  RecordScopes scopes;

  ProvenanceGraph graph;
};

// A short line of a run for `ls`.
struct RunListEntry {
  std::string run_id, name, project, status;
  WallTime started_at;
  std::optional<double> duration_s;
  std::string record_json;  // stored assessment, "" when none
};

}  // namespace olivine
