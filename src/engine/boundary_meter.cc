#include "engine/boundary_meter.h"

#include <algorithm>

namespace olivine {

void BoundaryMeter::boundary(std::int64_t ns) {
  boundaries_.push_back({ns});
  for (Track& track : tracks_) resolve(track, false);
}

void BoundaryMeter::fact(const EnergyFact& fact) {
  Track& track = tracks_.at(static_cast<std::size_t>(fact.component));
  track.attributed_uj += static_cast<double>(track.last.attributed_uj);
  track.idle_uj += static_cast<double>(track.last.idle_uj);
  track.last = fact;
  resolve(track, false);
}

void BoundaryMeter::cpu(std::int64_t ns, double run_ns) {
  const std::int64_t before_ns = cpu_run_ns_ ? cpu_ns_ : ns;
  const double before = cpu_run_ns_.value_or(run_ns);
  for (; next_cpu_ < boundaries_.size() && boundaries_[next_cpu_].ns <= ns; ++next_cpu_) {
    const std::int64_t at_ns = std::clamp(boundaries_[next_cpu_].ns, before_ns, ns);
    const double part =
        ns > before_ns ? static_cast<double>(at_ns - before_ns) / static_cast<double>(ns - before_ns) : 1.0;
    boundaries_[next_cpu_].run_cpu_ns = before + part * (run_ns - before);
  }
  cpu_ns_ = ns;
  cpu_run_ns_ = run_ns;
}

void BoundaryMeter::finish() {
  for (Track& track : tracks_) resolve(track, true);
}

void BoundaryMeter::resolve(Track& track, bool all) {
  const EnergyFact& span = track.last;
  for (; track.next < boundaries_.size(); ++track.next) {
    BoundaryEnergy& at = boundaries_[track.next];
    if (!all && at.ns > span.end_ns) return;
    const double length = static_cast<double>(span.end_ns - span.begin_ns);
    const double before = static_cast<double>(std::clamp(at.ns, span.begin_ns, span.end_ns) - span.begin_ns);
    const double part = length > 0.0 ? before / length : 1.0;
    const double shorter = std::min(part, 1.0 - part);
    at.attributed_uj += track.attributed_uj + part * static_cast<double>(span.attributed_uj);
    at.idle_uj += track.idle_uj + part * static_cast<double>(span.idle_uj);
    at.begin_attributed_uj += track.attributed_uj;
    at.begin_idle_uj += track.idle_uj;
    at.reading_attributed_uj += static_cast<double>(span.attributed_uj);
    at.reading_idle_uj += static_cast<double>(span.idle_uj);
    at.attributed_off_uj += shorter * static_cast<double>(span.attributed_uj);
    at.idle_off_uj += shorter * static_cast<double>(span.idle_uj);
  }
}

}  // namespace olivine
