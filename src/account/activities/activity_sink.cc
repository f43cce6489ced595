#include "account/activities/activity_sink.h"

#include <fmt/core.h>

#include <cmath>

#include "account/activities/table_rows.h"
#include "base/text.h"
#include "grid/shipped.h"
#include "grid/zone_source.h"
#include "grid/zones.h"

namespace olivine {
namespace {

constexpr std::size_t kRowsBetweenProgress = 16'384, kMostNotes = 40, kMostZones = 2'000;

}  // namespace

void ActivitySink::count_row(std::size_t line) {
  if (++result_.rows_read % kRowsBetweenProgress == 0 && options_.progress) options_.progress(line);
}

Status ActivitySink::take(Activity a) {
  if (a.zone.empty()) a.zone = options_.zone;
  if (!options_.phase.empty()) a.phase = options_.phase;
  if (std::isnan(a.energy_kwh)) a.plane = ActivityPlane::kUnknown;
  std::string numbered;
  if (options_.users == UsersKept::kDropped) a.user = {};
  if (options_.users == UsersKept::kNumbered && !a.user.empty()) {
    auto [place, is_new] = users_.try_emplace(std::string(a.user));
    if (is_new) place->second = fmt::format("user-{}", users_.size());
    a.user = place->second;
  }
  if (const Status added = result_.table.add(a); !added)
    return fail(added.error().kind,
                fmt::format("line {}: {}; correct the row or take it out", a.row, added.error().message));
  return {};
}

void ActivitySink::skip(std::string_view reason, std::size_t line) {
  auto [place, is_new] = result_.skipped.try_emplace(std::string(reason));
  if (is_new) place->second.first_line = line;
  ++place->second.rows;
}

void ActivitySink::note(std::string text) {
  if (said_.size() < kMostNotes && said_.insert(text).second) result_.notes.push_back(std::move(text));
}

void ActivitySink::note_local_times() {
  if (options_.offset_s) return;
  note("the file's times do not say their zone and were read as UTC; --utc-offset +01:00 says another");
}

// A look-up takes milliseconds: a file with a new place in every row must not take hours.
bool ActivitySink::too_many_places() {
  if (zones_.size() < kMostZones) return false;
  note(fmt::format("more than {} different places: those beyond have no zone", kMostZones));
  return true;
}

std::string ActivitySink::remember(const std::string& key, std::string zone, std::string_view place) {
  if (zone.empty())
    note(fmt::format("no zone is known for '{}'; those rows have {}", shown_value(place),
                     options_.zone.empty() ? "none (--zone gives one)" : "the zone of --zone"));
  zones_.emplace(key, zone);
  return zone;
}

std::optional<std::string> ActivitySink::zone_if_known(std::string_view place) const {
  if (const auto zone = resolve_zone(place)) return zone->key;
  const std::string wanted = to_lower(place);
  for (const ZoneFactor& factor : search_zones(place))
    if (to_lower(factor.name) == wanted) return factor.zone;
  return std::nullopt;
}

std::string ActivitySink::zone_named(std::string_view place) {
  if (trim(place).empty()) return "";
  const std::string key(place);
  if (const auto found = zones_.find(key); found != zones_.end()) return found->second;
  if (too_many_places()) return "";
  return remember(key, zone_if_known(place).value_or(""), place);
}

std::string ActivitySink::zone_of_region(std::string_view provider, std::string_view region) {
  if (region.empty()) return "";
  const std::string key = fmt::format("{} {}", provider, region);
  if (const auto found = zones_.find(key); found != zones_.end()) return found->second;
  if (too_many_places()) return "";
  const auto known = find_cloud_region(provider, region);
  return remember(key, known ? (known->grid.empty() ? known->zone : known->grid) : "", region);
}

}  // namespace olivine
