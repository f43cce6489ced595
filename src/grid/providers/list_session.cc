#include "grid/providers/list_session.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace olivine {

Result<std::optional<HttpRequest>> ListSession::next() {
  if (done_ >= requests_.size()) return std::optional<HttpRequest>{};
  return std::optional<HttpRequest>{requests_[done_]};
}

Status ListSession::accept(const HttpResponse& answer) {
  OLIVINE_TRY(ListedValues listed, parse_(answer.body));
  if (listed.step && builder_.step() && *builder_.step() != *listed.step)
    return fail(ErrorKind::kInvalid, fmt::format("the answers have steps of {} and {}; ask for a shorter time",
                                                 format_duration(*builder_.step()), format_duration(*listed.step)));
  if (listed.step) builder_.set_step(*listed.step);
  for (const ListedValue& value : listed.values) builder_.add(value.begin, value.g_per_kwh, value.estimated);
  for (std::string& note : listed.notes) builder_.note(std::move(note));
  ++done_;
  return {};
}

Result<FetchedData> ListSession::finish() {
  FetchedData data;
  data.series = std::move(series_);
  OLIVINE_CHECK_STATUS(std::move(builder_).finish(interval_, data.series));
  return data;
}

std::vector<WallInterval> chunks(const WallInterval& interval, Duration length) {
  std::vector<WallInterval> parts;
  for (WallTime begin = interval.begin; begin < interval.end; begin = begin + length)
    parts.push_back({begin, std::min(begin + length, interval.end)});
  return parts;
}

IntensitySeries blank_series(const FetchQuery& query, const ProviderInfo& provider) {
  IntensitySeries series;
  series.zone = query.zone;
  series.signal = query.signal;
  series.boundary = query.boundary;
  series.source = fmt::format("{}, retrieved {}; {}", provider.title, format_date(query.now), provider.licence);
  return series;
}

}  // namespace olivine
