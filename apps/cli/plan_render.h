// What `olivine plan` says, as text and as JSON (docs/schemas/plan.schema.json, queue_plan.schema.json).
//
// Units: named in the text. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/plan_supply.h"
#include "planning/queue_plan.h"
#include "planning/single_job.h"
#include "report/render.h"

namespace olivine::cli {

// What twice the time would bring.
struct MoreTime {
  Duration within;
  BothSignals saving;
  std::optional<double> cost_saving;
};

struct PlanAnswer {
  JobRequest job;
  std::vector<std::string> scale_names;  // of operating points: scale 1 is the first; empty: scales have numbers only
  std::vector<std::string> points;       // one line for each point, those left out too
  std::string objective;                 // as asked: "both:5%"
  std::string currency;                  // "": not said
  std::vector<std::string> sources;
  std::optional<MoreTime> more_time;
  std::vector<std::string> notes;            // of how it was asked
  std::optional<BothSignals> without_limit;  // both: what least by average alone saves
  std::string not_worth_it;                  // "": it is
  std::optional<LoadedSupply> supply;        // --supply
  std::optional<SupplyPlan> settled;         // its plan
};

// What a supply gives to a load at one time.
struct SupplyNow {
  WallTime time;
  Duration length;
  std::string zone;
  SupplyStep step;
  Burden grid;                           // of a kWh
  std::optional<double> battery_charge;  // of what it can hold, before; absent: no battery
  std::vector<std::string> notes;
};
std::string supply_now_json(const SupplyNow& now);
// Of a kWh of the work, what the whole of it carries; nothing where it is not known, the supply is short or there is no work.
std::optional<double> per_kwh_of(const SupplyNow& now, double whole);

// Of the objective: by the margin, of the money, else by average.
std::optional<double> saving_of(const JobPlan& plan, Objective objective);
// "start at ... in FR: 41 % less by average, 6 % less at the margin, range ..."
std::string plan_sentence(const PlanAnswer& answer, const JobPlan& plan);
// "not worth it: saves 50 %, --min-saving 70 %"; empty where it is, or where nothing is asked for (`least` 0).
std::string not_worth_it(const std::optional<double>& saving, double least);
std::string plan_text(const PlanAnswer& answer, const JobPlan& plan);
// For a style with `fit`, long lines of it wrapped to the width, below where their last column begins; else as it is.
std::string wrapped_plan(const std::string& text, const TextStyle& style);
std::string plan_json(const PlanAnswer& answer, const Result<JobPlan>& plan);

std::string queue_text(const QueueRequest& request, const QueuePlan& plan, const std::vector<std::string>& sources);
// `reason`: why a plan that there is is not carried out, or empty.
std::string queue_json(const QueueRequest& request, const Result<QueuePlan>& plan, const std::string& reason);

}  // namespace olivine::cli
