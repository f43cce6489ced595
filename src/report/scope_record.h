// What a record says about quotas and service levels of scopes, one row a path; part of run_record.h.
//
// Units: in the names, or `unit`. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace olivine {

// How the scopes of one path stood to their quotas (scope --quota). What they used while the run went on is modelled; `used` is by the bill.
struct RecordQuota {
  std::string unit;                                 // "J", "g"
  std::int64_t scopes = 0, bounded = 0, spent = 0;  // with a quota; granted less than asked; that used theirs up
  double asked = 0.0, granted = 0.0;                // all together
  double counted = 0.0, charged = 0.0;              // spent while it ran; of it, billed by services elsewhere
  double counted_j = 0.0;                           // in this run, J: what `used` is scaled by
  double over = 0.0;                                // beyond the quotas, all together
  std::optional<double> used;                       // absent: not known, or some scopes of the path had no quota
  std::optional<std::int64_t> first_spent_ns;       // of the first that used its own up: since it began
  std::string unknown;                              // why it could not be kept; "" when it could
  bool operator==(const RecordQuota&) const = default;
};
// Whether the scopes of one path kept their service level (scope --service-level).
struct RecordService {
  struct Objective {
    std::string name, wanted, got, verdict;  // "met", "missed", "unknown"
    bool operator==(const Objective&) const = default;
  };
  std::string level, verdict;
  std::int64_t scopes = 0, requests = 0, late = 0,
               failed = 0;  // failed ones are among the requests, not among the late
  std::vector<Objective> objectives;
  std::optional<double> joules_per_request;  // by the bill
  bool operator==(const RecordService&) const = default;
};
struct RecordTerms {
  std::string path;
  std::optional<RecordQuota> quota;
  std::optional<RecordService> service;
  bool operator==(const RecordTerms&) const = default;
};

}  // namespace olivine
