#include "series/integrate.h"

#include <algorithm>

namespace olivine {
namespace {

// The line through two samples at a time between them.
Power at_time(const Point<Power>& a, const Point<Power>& b, MonoTime t) {
  const double part = in_seconds(t - a.at) / in_seconds(b.at - a.at);
  return a.value + (b.value - a.value) * part;
}

class Integrator {
 public:
  Integrator(TimeInterval over, const GaugeRules& rules) : over_(over), rules_(rules) {}

  Integral run(const std::vector<Point<Power>>& points) {
    if (over_.end <= over_.begin) return {};
    gap_until(points.empty() ? over_.end : points.front().at, over_.begin);
    for (std::size_t i = 1; i < points.size(); ++i) step(points[i - 1], points[i]);
    if (!points.empty()) gap_until(over_.end, points.back().at);
    finish_stretch();
    return std::move(result_);
  }

 private:
  void gap_until(MonoTime end, MonoTime begin) {
    const TimeInterval gap{std::max(begin, over_.begin), std::min(end, over_.end)};
    if (gap.end <= gap.begin) return;
    finish_stretch();
    result_.gaps.push_back(gap);
  }

  void step(const Point<Power>& a, const Point<Power>& b) {
    const TimeInterval part{std::max(a.at, over_.begin), std::min(b.at, over_.end)};
    if (part.end <= part.begin) return;
    if (b.at - a.at > rules_.longest_step) return gap_until(b.at, a.at);
    const Power first = at_time(a, b, part.begin);
    const Power last = at_time(a, b, part.end);
    const Energy energy = (first + last) * 0.5 * part.length();
    result_.energy += energy;
    result_.covered = result_.covered + part.length();
    if (!in_stretch_) first_ = first;
    last_ = last;
    in_stretch_ = true;
  }

  // A stretch without gaps has two edges.
  void finish_stretch() {
    if (!in_stretch_) return;
    early_ += first_ * rules_.trailing;
    late_ += last_ * rules_.trailing;
    in_stretch_ = false;
    result_.lower = std::max(joules(0.0), result_.energy - early_);
    result_.upper = result_.energy + late_;
  }

  TimeInterval over_;
  GaugeRules rules_;
  Integral result_;
  bool in_stretch_ = false;
  Power first_, last_;
  Energy early_, late_;
};

}  // namespace

Integral integrate(const Series<Power, Gauge>& power, TimeInterval over, const GaugeRules& rules) {
  return Integrator(over, rules).run(power.points());
}

Result<double> mean_of_rows(std::span<const StepRow> rows, WallTime rows_end, WallTime begin, WallTime end) {
  if (end <= begin) return fail(ErrorKind::kInvalid, "the interval from " + format_utc(begin) + " is empty");
  if (rows.empty()) return fail(ErrorKind::kInvalid, "there are no data");
  if (begin < rows.front().from || end > rows_end)
    return fail(ErrorKind::kInvalid, "the data reach from " + format_utc(rows.front().from) + " to " +
                                         format_utc(rows_end) + ", not over " + format_utc(begin) + " .. " +
                                         format_utc(end));
  double sum = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const WallTime row_end = i + 1 < rows.size() ? rows[i + 1].from : rows_end;
    if (row_end < rows[i].from)
      return fail(ErrorKind::kCorrupt, "the data do not rise in time at " + format_utc(row_end));
    const std::int64_t ns = std::min(row_end, end).ns - std::max(rows[i].from, begin).ns;
    if (ns > 0) sum += rows[i].value * static_cast<double>(ns);
  }
  return sum / static_cast<double>(end.ns - begin.ns);
}

}  // namespace olivine
