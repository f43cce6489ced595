#include "planning/elastic_job.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

constexpr double kHair = 1e-9;

// From scale `low` to scale `high` of the lower hull: so much work for so much power.
struct Piece {
  std::size_t low, high;
  double work, power;
};

ScalePoint point(const ElasticJob& job, std::size_t scale) {
  return scale == ElasticUse::kRest ? ScalePoint{0.0, 0.0, 0.0} : job.scales[scale];
}

// Scales that lie above the line between their neighbours are never worth it: switching between those does the same for less. Where energy
// earns money it is those below.
std::vector<std::size_t> hull_of(const ElasticJob& job, bool upper) {
  std::vector<std::size_t> hull{ElasticUse::kRest};
  for (std::size_t s = 0; s < job.scales.size(); ++s) {
    while (hull.size() > 1) {
      const ScalePoint a = point(job, hull[hull.size() - 2]), b = point(job, hull.back()), c = job.scales[s];
      const double along = (c.power - a.power) * (b.throughput - a.throughput),
                   over = (b.power - a.power) * (c.throughput - a.throughput);
      if (upper ? over > along : over < along) break;
      hull.pop_back();
    }
    hull.push_back(s);
  }
  return hull;
}

// CarbonScaler adds one step of its profile after the other, whatever its hull.
std::vector<Piece> pieces_of(const ElasticJob& job, LastSlot last, bool upper) {
  std::vector<std::size_t> steps{ElasticUse::kRest};
  if (last == LastSlot::kFractional)
    steps = hull_of(job, upper);
  else
    for (std::size_t s = 0; s < job.scales.size(); ++s) steps.push_back(s);
  std::vector<Piece> pieces;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const ScalePoint a = point(job, steps[i - 1]), b = point(job, steps[i]);
    pieces.push_back({steps[i - 1], steps[i], b.throughput - a.throughput, b.power - a.power});
  }
  return pieces;
}

struct Choice {
  double cost_for_work;
  std::size_t slot, piece;
};

// The pieces that a slot at a price is made of.
struct Pieces {
  std::vector<Piece> lower, upper;
  const std::vector<Piece>& at(double price) const { return price < 0.0 ? upper : lower; }
};

double length_of(const ElasticJob& job, std::size_t slot, std::size_t slots) {
  return slot + 1 == slots ? job.last_slot : 1.0;
}

// All pieces of all usable slots in order of cost for work; a slot's own pieces stay in their order.
std::vector<Choice> choices_of(const Pieces& of, std::span<const double> prices) {
  std::vector<Choice> choices;
  for (std::size_t t = 0; t < prices.size(); ++t) {
    if (std::isnan(prices[t])) continue;
    const std::vector<Piece>& pieces = of.at(prices[t]);
    for (std::size_t p = 0; p < pieces.size(); ++p)
      choices.push_back({prices[t] * pieces[p].power / pieces[p].work, t, p});
  }
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& a, const Choice& b) { return a.cost_for_work < b.cost_for_work; });
  return choices;
}

}  // namespace

Status check(const ElasticJob& job) {
  if (job.scales.empty()) return fail(ErrorKind::kInvalid, "an elastic job needs at least one scale");
  if (!(job.slots > 0.0) || job.slots > 1e8)
    return fail(ErrorKind::kInvalid, "the work of an elastic job must be above 0");
  if (!(job.last_slot > 0.0) || job.last_slot > 1.0)
    return fail(ErrorKind::kInvalid, "the part of the last slot must lie above 0 and at most at 1");
  ScalePoint before{0.0, 0.0, 0.0};
  for (const ScalePoint& p : job.scales) {
    if (!(p.scale > before.scale) || !(p.throughput > before.throughput) || !(p.power > before.power) ||
        !std::isfinite(p.scale + p.throughput + p.power))
      return fail(ErrorKind::kInvalid,
                  fmt::format("scale {}: scale, throughput and power must rise from one scale to the next", p.scale));
    before = p;
  }
  return {};
}

double cost_of(std::span<const ElasticUse> uses, const ElasticJob& job, std::span<const double> prices) {
  double cost = 0.0;
  for (const ElasticUse& use : uses)
    cost += prices[use.slot] * use.length *
            (use.high_part * point(job, use.high).power + (1.0 - use.high_part) * point(job, use.low).power);
  return cost;
}

double work_of(std::span<const ElasticUse> uses, const ElasticJob& job) {
  double work = 0.0;
  for (const ElasticUse& use : uses)
    work += use.length *
            (use.high_part * point(job, use.high).throughput + (1.0 - use.high_part) * point(job, use.low).throughput);
  return work;
}

Result<ElasticSchedule> cheapest_elastic(const ElasticJob& job, std::span<const double> prices, LastSlot last) {
  OLIVINE_CHECK_STATUS(check(job));
  const Pieces of{pieces_of(job, last, false), pieces_of(job, last, true)};
  std::vector<std::size_t> taken(prices.size(), 0);  // pieces of each slot
  std::vector<ElasticUse> part;                      // the one piece that is taken in part
  double left = job.slots;
  std::size_t usable = 0;
  for (const Choice& choice : choices_of(of, prices)) {
    if (choice.piece == 0) ++usable;
    if (left <= kHair * job.slots) break;
    // With the steps of a profile that is not concave a later one may come first: the earlier ones come with it.
    if (choice.piece < taken[choice.slot]) continue;
    const double length = length_of(job, choice.slot, prices.size());
    for (std::size_t p = taken[choice.slot]; p <= choice.piece && left > kHair * job.slots; ++p) {
      const Piece& piece = of.at(prices[choice.slot])[p];
      const double work = piece.work * length;
      if (last == LastSlot::kFractional && work > left * (1.0 + kHair)) {
        part.push_back({choice.slot, piece.low, piece.high, left / work, length});
        left = 0.0;
        break;
      }
      left -= work;
      taken[choice.slot] = p + 1;
    }
  }
  if (left > kHair * job.slots)
    return fail(
        ErrorKind::kNotFound,
        fmt::format(
            "{:.4g} slots of work do not fit at any scale: {} of {} slots before the deadline have a known price",
            job.slots, usable, prices.size()));
  ElasticSchedule schedule;
  for (std::size_t t = 0; t < prices.size(); ++t) {
    if (!part.empty() && part.front().slot == t)
      schedule.uses.push_back(part.front());
    else if (taken[t] > 0) {
      const Piece& top = of.at(prices[t])[taken[t] - 1];
      schedule.uses.push_back({t, top.low, top.high, 1.0, length_of(job, t, prices.size())});
    }
  }
  schedule.cost = cost_of(schedule.uses, job, prices);
  schedule.work = work_of(schedule.uses, job);
  return schedule;
}

Result<ElasticSchedule> elastic_at_once(const ElasticJob& job, std::size_t scale, std::span<const double> prices) {
  OLIVINE_CHECK_STATUS(check(job));
  if (scale >= job.scales.size()) return fail(ErrorKind::kInvalid, "no such scale");
  ElasticSchedule schedule;
  double left = job.slots;
  for (std::size_t t = 0; t < prices.size() && left > kHair * job.slots; ++t) {
    const double length = length_of(job, t, prices.size()), most = length * job.scales[scale].throughput;
    const double part = std::min(1.0, left / most);
    schedule.uses.push_back({t, ElasticUse::kRest, scale, part, length});
    left -= part * most;
  }
  schedule.cost = cost_of(schedule.uses, job, prices);
  schedule.work = work_of(schedule.uses, job);
  if (left > kHair * job.slots || std::isnan(schedule.cost))
    return fail(ErrorKind::kNotFound,
                fmt::format("the work does not fit at scale {} from the first slot on", job.scales[scale].scale));
  return schedule;
}

}  // namespace olivine
