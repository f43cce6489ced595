// fetch: carries a session out: cache, quota, retries, offline answers. The only place where the pure parts meet the
// network, the disk and the clock, all of which are passed in.
//
//   for each request:  fresh in the cache -> serve
//                      else within the quota -> ask (with If-None-Match), again after failures as retry.h says
//                      304 -> the kept answer holds;  200 that the session accepts -> serve and keep
//                      no answer -> the kept one, if it is at most longest_stale old, with a note that says how old
//
// An answer that a session does not accept is never kept; one that is no answer at all (a web page, cut off) counts as a failed
// attempt. Nothing of a secret leaves: errors, notes and kept answers are cleaned of every secret in `secrets`.
//
// Units: durations. Errors: kPermission (key missing or refused), kNotFound (no such zone or no data), kInvalid, kTransient
// (no network, throttled, time used up). Threads: one. Lifetime: what is passed in outlives the call.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/blob_store.h"
#include "base/clock.h"
#include "grid/providers/provider.h"

namespace olivine {

struct FetchTools {
  HttpClient* http = nullptr;  // null: offline
  BlobStore* files = nullptr;  // null: nothing is kept
  const Clock* clock = nullptr;
  std::function<void(Duration)> sleep;
  Prng prng{0};
  RetryPolicy retry;
  Duration longest_stale = hours(24 * 7);
  std::vector<std::string> secrets;
};

struct QuotaUse {
  double limit = 0, used = 0;
  Duration window;
};

struct FetchReport {
  FetchedData data;
  int requests_sent = 0;
  int served_fresh = 0;            // from the cache, without asking
  int served_unchanged = 0;        // the service said 304
  int served_stale = 0;            // the service could not be asked
  std::optional<Duration> oldest;  // age of the oldest kept answer that served
  std::vector<QuotaUse> quota;     // by this machine's own count
  std::string quota_said;          // what the service's headers say is left, "" when they do not
};

Result<FetchReport> fetch(ProviderSession& session, const ProviderInfo& provider, FetchTools& tools);

// What an answer that is not 200 means; `now` for nothing but words. Pure.
Error error_of_status(const ProviderInfo& provider, const HttpResponse& answer);

}  // namespace olivine
