// Whether a service level was kept (service_level.h), from what was counted: requests, how many of them were late, over what time, how
// accurate, how long it lasted.
//
// A request is kept within the level when it was good, as the ratio of good to valid events of a service level indicator has it (Beyer et
// al., "The Site Reliability Workbook" (2018), chapter 2). One that failed is valid and not good, however fast: it is beyond every latency,
// it was not served, and a scope that failed has not done its work by its deadline.
//
//   level latency p95 < 50 ms, throughput > 100/s, accuracy > 0.9; 1,000 requests in 8 s, 60 of them above 50 ms, accuracy not said
//   latency     missed   94 % within 50 ms, 95 % were wanted
//   throughput  met      125 a second
//   accuracy    unknown  nobody said it
//   together    missed: one that is missed decides, then one that is not known
//
// The share of late requests decides about a quantile exactly, and adds up over processes; a quantile itself does not.
//
// Units: s, requests. Errors: none; what was not said is unknown, never met. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planning/service_level.h"

namespace olivine {

struct ServiceKept {
  std::int64_t requests = 0;          // all, those that failed included
  std::int64_t late = 0, failed = 0;  // served above the level's latency; not served
  std::optional<double> seconds;      // over which they were served
  std::optional<double> longest_s;    // that a scope with the level lasted
  std::int64_t scopes_failed = 0;     // that had the level
  bool all_ended = true;              // false: `longest_s` goes on
  std::optional<double> accuracy;     // the lowest that was said
};

struct ServiceVerdict {
  std::string objective, wanted, got, verdict;  // "latency", "p95 < 50 ms", "94 % within 50 ms", "missed"
};
std::vector<ServiceVerdict> verdicts_of(const ServiceLevel& level, const ServiceKept& kept);
std::string together(const std::vector<ServiceVerdict>& verdicts);  // "met", "missed", "unknown"

}  // namespace olivine
