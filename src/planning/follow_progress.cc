#include "planning/follow_progress.h"

#include <algorithm>

namespace olivine {
namespace {

constexpr Duration kJitter = seconds(1);  // two clocks that are read one after the other, or slewed

}  // namespace

void FollowProgress::settle(Time now) {
  if (counts() && now_) {
    const std::int64_t awake_ns = now.mono.ns - now_->mono.ns, wall_ns = now.wall.ns - now_->wall.ns;
    if (wall_ns - awake_ns > kJitter.ns) asleep_.ns += wall_ns - awake_ns;
    spans_.back().end = now.wall;
  }
  now_ = now;
}

void FollowProgress::tell(bool run) {
  const bool counted = counts();
  told_ = run;
  turn(counted);
}

bool FollowProgress::see(bool running) {
  const bool counted = counts();
  // Since when it has not run is not known.
  if (counted && !running) {
    spans_.back().end = sure_until_;
    if (spans_.back().end <= spans_.back().begin) spans_.pop_back();
  }
  const bool news = seen_ != running;
  seen_ = running;
  turn(counted);
  if (running && now_) sure_until_ = now_->wall;
  return news;
}

void FollowProgress::turn(bool counted) {
  if (counted || !counts() || !now_) return;
  spans_.push_back({now_->wall, now_->wall});
  sure_until_ = now_->wall;
}

FollowState FollowProgress::state() const {
  FollowState state = state_after(spans_, counts(), pause_time_);
  state.done.ns = std::max<std::int64_t>(state.done.ns - asleep_.ns, 0);
  if (told_ && !may_pause_) state.state = JobState::kRunning;  // its start is chosen
  return state;
}

}  // namespace olivine
