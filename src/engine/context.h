// RunContext: the assumptions of one run's assessment, resolved when the run starts and stored with it: PUE, intensity,
// sensor gains, embodied hardware, price, who and where. The assessment is then a pure function of facts and context, and
// can be computed again anywhere, with another version's tables too.
//
// Units: in the names. Errors: context_from_json says kCorrupt with the key. Threads: values. Lifetime: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "attribution/attribute.h"
#include "report/run_record.h"

namespace olivine {

// A number that somebody stated or a table holds, with its range and origin.
struct StatedValue {
  double value = 0.0, lower = 0.0, upper = 0.0;
  Basis basis = Basis::kAssumed;
  std::string origin;  // "flag --pue", "data/defaults.csv, pue_datacentre, 2024, Uptime Institute"
};

struct RunContext {
  std::vector<NameValue> host, software, hardware;
  std::string writer_host;  // whose process keeps the run; "" where that is `host` itself
  IdlePolicy idle_policy = IdlePolicy::kShare;
  double reserved_part = 1.0;  // of the machine, for policy `reserved`
  std::string reserved_origin;
  std::optional<StatedValue> pue;  // absent: not applicable (own desktop or laptop)

  std::string zone, zone_name, zone_origin, signal, boundary, period, intensity_source;
  std::vector<std::string> intensity_notes;
  StatedValue intensity_g_per_kwh;

  StatedValue embodied_kg, life_years, utilisation;
  std::optional<StatedValue>
      embodied_gpus_kg;        // part of embodied_kg: the GPUs, which have a time of their own; absent: not told apart
  double machine_share = 1.0;  // part of the physical machine that is ours (a guest's vCPUs / hardware threads)
  std::optional<StatedValue> price_per_kwh;
  std::string currency = "EUR";
  std::optional<StatedValue> water_site_l_per_kwh;  // absent: no cooling water on site is assumed (desktop)
  StatedValue water_grid_l_per_kwh;
  std::map<std::string, StatedValue> gains;  // relative gain of a sensor class, by SourceInfo::gain_key

  std::vector<std::string> unmetered;  // devices that draw what nobody knows: the totals are unknown
  std::vector<std::string> not_counted;
  std::vector<QualityLine> quality;    // what could not be measured, why, and the fix
  std::optional<RecordSchedule> plan;  // what was planned when it began, until its closing says what came of it
  std::vector<std::string> warnings;
};

std::string to_json(const RunContext& context);
Result<RunContext> context_from_json(std::string_view json);

// An intensity that a run's energy was priced with at the hours it was used: what it was taken from, and its energy-weighted
// mean. Stored with the run, so that its record can be made again when the data set is gone.
struct RunIntensity {
  std::string zone, name;  // whose figure it is
  std::string boundary;    // "lifecycle", "direct"
  std::string method;      // "data set", "month x hour profile"
  std::string dataset;     // content hash; "" when it is no data set
  std::string period, source;
  std::string fallback;  // what priced the part of the energy that the data set does not cover; "" nothing
  double covered = 1.0;  // part of the energy that it covers
  StatedValue g_per_kwh;
  std::vector<std::string> notes;
};
struct RunIntensities {
  std::optional<RunIntensity> average;   // absent: the yearly factor of the context serves
  std::optional<RunIntensity> marginal;  // absent: unknown
  std::string marginal_reason;           // why it is unknown
  std::string average_reason;  // why no average is known at all: carbon is unknown then; never kept with a run
};

// What is known only when the run has ended, beside the facts (RunEnd::summary_json).
struct RunClosing {
  std::int64_t missed_ticks = 0;
  std::vector<std::string> left_running;
  std::vector<std::string> warnings;          // measuring trouble on the way
  std::vector<std::string> mark_notes;        // what the work said and was left out
  std::string followed_by;                    // "process tree and task clocks"; "" when nobody said
  std::optional<RunIntensities> intensities;  // absent: nobody looked (runs of older programs)
  std::optional<RecordSchedule> schedule;
  std::optional<RecordBudget> budget;
  std::vector<RecordTerms> scope_terms;  // by path
};
std::string to_json(const RunClosing& closing);
Result<RunClosing> closing_from_json(std::string_view json);

}  // namespace olivine
