// ListSession: the session of a service that lists intensities over time, asked in chunks of time.
//
// The pure half of a service is then two functions: one makes the requests of a query, one reads a body into ListedValues.
//
// Units: g/kWh, UTC. Errors: as ProviderSession. Threads: one. Lifetime: used once.
#pragma once

#include <functional>

#include "grid/providers/provider.h"
#include "grid/providers/series_builder.h"

namespace olivine {

struct ListedValue {
  WallTime begin;
  std::optional<double> g_per_kwh;
  bool estimated = false;
};
struct ListedValues {
  std::vector<ListedValue> values;
  std::vector<std::string> notes;
  std::optional<Duration> step;
};

class ListSession final : public ProviderSession {
 public:
  using Parse = std::function<Result<ListedValues>(std::string_view body)>;
  // `blank` has everything but points: zone, signal, boundary, source.
  ListSession(std::vector<HttpRequest> requests, Parse parse, IntensitySeries blank, WallInterval interval)
      : requests_(std::move(requests)), parse_(std::move(parse)), series_(std::move(blank)), interval_(interval) {}
  Result<std::optional<HttpRequest>> next() override;
  Status accept(const HttpResponse& answer) override;
  Result<FetchedData> finish() override;

 private:
  std::vector<HttpRequest> requests_;
  Parse parse_;
  IntensitySeries series_;
  WallInterval interval_;
  std::size_t done_ = 0;
  SeriesBuilder builder_;
};

// [begin, end) cut at every `length` from its begin on.
std::vector<WallInterval> chunks(const WallInterval& interval, Duration length);

// A series without points whose facts are those of the query, and whose source names the service and the day.
IntensitySeries blank_series(const FetchQuery& query, const ProviderInfo& provider);

}  // namespace olivine
