// EntityState: one lane for each offset that the view's features have.
#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

#include "grid/features/compute.h"
#include "grid/features/online.h"

namespace olivine::features {

namespace {

struct Waiting {
  std::int64_t enters_ns, event_ns, ingest_ns, order;
  std::vector<double> cells;
  std::tuple<std::int64_t, std::int64_t, std::int64_t> age() const { return {event_ns, ingest_ns, order}; }
};
struct EntersLater {
  bool operator()(const Waiting& a, const Waiting& b) const {
    return std::tuple(a.enters_ns, a.age()) > std::tuple(b.enters_ns, b.age());
  }
};

}  // namespace

// What entered at one offset: the newest row, and the windows.
struct EntityState::Lane {
  struct Window {
    std::size_t column;
    std::int64_t window_ns;
    RollingWindow rolling;
  };
  std::int64_t offset_ns = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, EntersLater> waiting;
  std::vector<Window> windows;
  Waiting newest{};
  bool any = false;

  void enter(const Waiting& row) {
    if (!any || row.age() > newest.age()) newest = row;
    any = true;
    for (Window& w : windows) w.rolling.arrive({row.event_ns, row.ingest_ns, row.order, row.cells[w.column]});
  }
  void advance(std::int64_t time_ns) {
    while (!waiting.empty() && waiting.top().enters_ns <= time_ns) {
      enter(waiting.top());
      waiting.pop();
    }
    for (Window& w : windows) w.rolling.advance(time_ns);
  }
  double newest_value(std::size_t column, std::int64_t ttl_ns, std::int64_t time_ns) const {
    return !any || expired(newest.event_ns, offset_ns, ttl_ns, time_ns) ? kNull : newest.cells[column];
  }
  RollingWindow& window(std::size_t column, std::int64_t window_ns) {
    for (Window& w : windows)
      if (w.column == column && w.window_ns == window_ns) return w.rolling;
    windows.push_back({column, window_ns, RollingWindow(window_ns, offset_ns)});
    return windows.back().rolling;
  }
};

EntityState::~EntityState() = default;
EntityState::EntityState(EntityState&&) noexcept = default;

EntityState::EntityState(const FeatureView& view)
    : view_(&view), columns_(columns_of(view)), time_ns_(std::numeric_limits<std::int64_t>::min()) {
  std::vector<std::int64_t> offsets{0};
  for (const Feature& f : view.features)
    if (reads_source(f.transform)) offsets.push_back(f.offset_ns);
  std::sort(offsets.begin(), offsets.end());
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  for (const std::int64_t offset : offsets) {
    lanes_.push_back(std::make_unique<Lane>());
    lanes_.back()->offset_ns = offset;
  }
  for (const Feature& f : view.features) {
    if (!is_rolling(f.transform)) continue;
    const auto column =
        static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), f.column) - columns_.begin());
    for (auto& lane : lanes_)
      if (lane->offset_ns == f.offset_ns) lane->window(column, f.window_ns);
  }
}

void EntityState::push(const OnlineRow& row) {
  const std::int64_t order = pushed_++;
  for (auto& lane : lanes_)
    lane->waiting.push(
        {std::max(row.event_ns + lane->offset_ns, row.ingest_ns), row.event_ns, row.ingest_ns, order, row.cells});
}

std::vector<double> EntityState::at(std::int64_t time_ns) {
  time_ns_ = time_ns;
  for (auto& lane : lanes_) lane->advance(time_ns);
  std::vector<double> values;
  for (const Feature& f : view_->features) {
    if (!reads_source(f.transform)) {
      values.push_back(known_value(f, time_ns));
      continue;
    }
    const auto column =
        static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), f.column) - columns_.begin());
    Lane& lane =
        **std::find_if(lanes_.begin(), lanes_.end(), [&f](const auto& l) { return l->offset_ns == f.offset_ns; });
    if (is_rolling(f.transform)) {
      values.push_back(rolling_value(f, lane.window(column, f.window_ns)));
      continue;
    }
    const double then = lane.newest_value(column, view_->ttl_ns, time_ns);
    const double change = lanes_.front()->newest_value(column, view_->ttl_ns, time_ns) - then;
    values.push_back(f.transform != Transform::kDifference ? then : change == change ? change : kNull);
  }
  return values;
}

}  // namespace olivine::features
