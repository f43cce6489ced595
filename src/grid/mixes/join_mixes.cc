#include "grid/mixes/join_mixes.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// Where each time lies in the rows.
std::size_t row_at(const std::vector<WallTime>& begin, WallTime time) {
  return static_cast<std::size_t>(std::lower_bound(begin.begin(), begin.end(), time) - begin.begin());
}
double value_at(const std::vector<WallTime>& begin, const std::vector<double>& mw, WallTime time) {
  const std::size_t row = row_at(begin, time);
  return row < begin.size() && begin[row] == time ? mw[row] : kNothing;
}

// Complete means of `step`: `begin` and the columns beside it.
void coarsen(std::vector<WallTime>& begin, const std::vector<std::vector<double>*>& columns, Duration own,
             Duration step) {
  const auto pieces = static_cast<std::size_t>(step.ns / own.ns);
  std::vector<WallTime> longer;
  std::size_t row = 0;
  while (row < begin.size()) {
    const WallTime first = floor_to(begin[row], step);
    std::size_t end = row;
    while (end < begin.size() && floor_to(begin[end], step) == first) ++end;
    for (std::vector<double>* mw : columns) {
      double sum = end - row == pieces ? 0.0 : kNothing;
      for (std::size_t i = row; i < end; ++i) sum += (*mw)[i];
      (*mw)[longer.size()] = sum / static_cast<double>(pieces);
    }
    longer.push_back(first);
    row = end;
  }
  for (std::vector<double>* mw : columns) mw->resize(longer.size());
  begin = std::move(longer);
}

Status fill(const GenerationMix& into, std::string_view column, const std::vector<WallTime>& begin,
            const std::vector<double>& from, std::vector<double>& mw) {
  for (std::size_t row = 0; row < begin.size(); ++row) {
    double& place = mw[row_at(into.begin, begin[row])];
    if (std::isnan(from[row])) continue;
    if (!std::isnan(place) && place != from[row])
      return fail(ErrorKind::kInvalid,
                  fmt::format("two files give {} of {} at {}: {} and {}; keep one", printable(column),
                              printable(into.zone), format_utc(begin[row]), shortest(place), shortest(from[row])));
    place = from[row];
  }
  return {};
}

// Two files of one zone: every time and every column of either.
Result<GenerationMix> merged(const GenerationMix& a, const GenerationMix& b) {
  if (a.step != b.step)
    return fail(ErrorKind::kInvalid, fmt::format("{} has steps of {} in {} and of {} in {}", printable(a.zone),
                                                 format_duration(a.step), a.source, format_duration(b.step), b.source));
  GenerationMix out{a.zone, a.source == b.source ? a.source : a.source + ", " + b.source, a.step, {}, {}, {}, a.notes};
  std::set_union(a.begin.begin(), a.begin.end(), b.begin.begin(), b.begin.end(), std::back_inserter(out.begin));
  for (const GenerationMix* part : {&a, &b}) {
    for (const MixColumn& column : part->fuels) {
      auto same = std::find_if(out.fuels.begin(), out.fuels.end(),
                               [&](const MixColumn& c) { return to_lower(c.name) == to_lower(column.name); });
      if (same == out.fuels.end())
        same = out.fuels.insert(
            same, {column.name, column.fuel, std::vector<double>(out.rows(), kNothing), column.known_fuel});
      OLIVINE_CHECK_STATUS(fill(out, column.name, part->begin, column.mw, same->mw));
    }
    for (const MixExchange& exchange : part->exchanges) {
      auto same = std::find_if(out.exchanges.begin(), out.exchanges.end(),
                               [&](const MixExchange& e) { return e.neighbour == exchange.neighbour; });
      if (same == out.exchanges.end())
        same = out.exchanges.insert(same, {exchange.neighbour, std::vector<double>(out.rows(), kNothing)});
      OLIVINE_CHECK_STATUS(fill(out, "exchange with " + exchange.neighbour, part->begin, exchange.mw, same->mw));
    }
  }
  for (const std::string& note : b.notes)
    if (std::find(out.notes.begin(), out.notes.end(), note) == out.notes.end()) out.notes.push_back(note);
  return out;
}

struct Gathered {
  std::vector<GenerationMix> mixes;
  std::vector<PowerFlow> flows;
  std::vector<ZoneLoad> loads;
};

Result<Gathered> gather(std::vector<MixFile> files) {
  Gathered all;
  for (MixFile& file : files) {
    for (GenerationMix& mix : file.mixes) {
      const auto same = std::find_if(all.mixes.begin(), all.mixes.end(),
                                     [&](const GenerationMix& other) { return other.zone == mix.zone; });
      if (same == all.mixes.end()) {
        all.mixes.push_back(std::move(mix));
        continue;
      }
      OLIVINE_TRY(*same, merged(*same, mix));
    }
    std::move(file.flows.begin(), file.flows.end(), std::back_inserter(all.flows));
    std::move(file.loads.begin(), file.loads.end(), std::back_inserter(all.loads));
  }
  return all;
}

Status to_one_step(Gathered& all) {
  Duration longest = all.mixes.front().step;
  for (const GenerationMix& mix : all.mixes) longest = std::max(longest, mix.step);
  for (const PowerFlow& flow : all.flows) longest = std::max(longest, flow.step);
  const auto fits = [&](Duration step) { return longest.ns % step.ns == 0; };
  for (GenerationMix& mix : all.mixes) {
    if (!fits(mix.step))
      return fail(ErrorKind::kInvalid, fmt::format("steps of {} ({}) do not fit steps of {}", format_duration(mix.step),
                                                   printable(mix.zone), format_duration(longest)));
    if (mix.step == longest) continue;
    const std::string was = format_duration(mix.step);
    mix = coarsened(mix, longest);
    mix.notes.push_back(
        fmt::format("steps of {} are means over {}, as the other files have", was, format_duration(longest)));
  }
  for (PowerFlow& flow : all.flows) {
    if (!fits(flow.step))
      return fail(ErrorKind::kInvalid,
                  fmt::format("steps of {} (flow from {} to {}) do not fit steps of {}", format_duration(flow.step),
                              flow.from, flow.to, format_duration(longest)));
    if (flow.step != longest) coarsen(flow.begin, {&flow.mw}, flow.step, longest);
    flow.step = longest;
  }
  for (ZoneLoad& load : all.loads) {
    if (!fits(load.step) || load.step == longest) continue;
    coarsen(load.begin, {&load.mw}, load.step, longest);
    load.step = longest;
  }
  return {};
}

std::string name_of(const PowerFlow& f) {
  return fmt::format("the {}flow from {} to {}", f.net ? "net " : "", printable(f.from), printable(f.to));
}
std::string name_of(const ZoneLoad& l) { return "the load of " + printable(l.zone); }
bool same_thing(const PowerFlow& a, const PowerFlow& b) { return a.from == b.from && a.to == b.to && a.net == b.net; }
bool same_thing(const ZoneLoad& a, const ZoneLoad& b) { return a.zone == b.zone; }

// The times of both; where both know one, they must agree. A mean of quarters may differ from an hour in its last digits.
template <typename Series>
Status add_times(const Series& from, Series& to) {
  Series both = to;
  both.begin.clear();
  both.mw.clear();
  std::set_union(to.begin.begin(), to.begin.end(), from.begin.begin(), from.begin.end(),
                 std::back_inserter(both.begin));
  for (const WallTime time : both.begin) {
    const double a = value_at(to.begin, to.mw, time), b = value_at(from.begin, from.mw, time);
    if (std::abs(a - b) > 1e-9 * std::max(std::abs(a), std::abs(b)))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} and {}: {} at {} is {} MW in one and {} MW in the other; keep one of the files",
                              printable(to.source), printable(from.source), name_of(to),
                              format_utc(time).substr(0, 16) + "Z", shortest(a), shortest(b)));
    both.mw.push_back(std::isnan(a) ? b : a);
  }
  if (from.source != to.source) both.source += ", " + from.source;
  to = std::move(both);
  return {};
}

// What several files say of one flow or load becomes one; of one step.
template <typename Series>
Status merge_same(std::vector<Series>& all) {
  std::vector<Series> merged;
  for (Series& one : all) {
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const Series& other) {
      return other.step == one.step && same_thing(other, one);
    });
    if (same == merged.end())
      merged.push_back(std::move(one));
    else
      OLIVINE_CHECK_STATUS(add_times(one, *same));
  }
  all = std::move(merged);
  return {};
}

// Everything that is said of one exchange, seen from one zone.
struct Reports {
  const PowerFlow *in = nullptr, *out = nullptr, *own = nullptr, *other = nullptr;
};

double mw_at(const PowerFlow* flow, WallTime time) {
  return flow == nullptr ? kNothing : value_at(flow->begin, flow->mw, time);
}

double net_import(const Reports& reports, WallTime time) {
  if (const double out = mw_at(reports.own, time); !std::isnan(out)) return -out;
  if (const double in = mw_at(reports.other, time); !std::isnan(in)) return in;
  return mw_at(reports.in, time) - mw_at(reports.out, time);
}

Status attach(GenerationMix& mix, const std::vector<PowerFlow>& flows) {
  std::map<std::string, Reports> by_neighbour;
  for (const PowerFlow& flow : flows) {
    if (flow.from == mix.zone) (flow.net ? by_neighbour[flow.to].own : by_neighbour[flow.to].out) = &flow;
    if (flow.to == mix.zone) (flow.net ? by_neighbour[flow.from].other : by_neighbour[flow.from].in) = &flow;
  }
  for (const auto& [neighbour, reports] : by_neighbour) {
    if (std::any_of(mix.exchanges.begin(), mix.exchanges.end(),
                    [&](const auto& e) { return e.neighbour == neighbour; }))
      return fail(ErrorKind::kInvalid, fmt::format("the exchange of {} with {} is given twice; keep one",
                                                   printable(mix.zone), printable(neighbour)));
    MixExchange exchange{neighbour, {}};
    exchange.mw.reserve(mix.rows());
    for (const WallTime time : mix.begin) exchange.mw.push_back(net_import(reports, time));
    mix.exchanges.push_back(std::move(exchange));
    if ((reports.in == nullptr) == (reports.out == nullptr)) continue;
    const auto& from = reports.in == nullptr ? neighbour : mix.zone;
    const auto& to = reports.in == nullptr ? mix.zone : neighbour;
    mix.notes.push_back(
        fmt::format("the flow from {} to {} is not given: add its file, or the exchange is not known", from, to));
  }
  return {};
}

void compare_with_load(GenerationMix& mix, const std::vector<ZoneLoad>& loads) {
  double supplied = 0.0, used = 0.0;
  std::size_t rows = 0;
  for (const ZoneLoad& load : loads) {
    if (load.zone != mix.zone) continue;
    for (std::size_t row = 0; row < mix.rows(); ++row) {
      double in = total_mw(mix, row);
      for (const MixExchange& exchange : mix.exchanges) in += exchange.mw[row];
      const double mw = value_at(load.begin, load.mw, mix.begin[row]);
      if (std::isnan(in + mw)) continue;
      supplied += in;
      used += mw;
      ++rows;
    }
  }
  if (rows > 0 && used > 0.0)
    mix.notes.push_back(fmt::format("generation and the exchanges given are {:.1f} % of the load, over {} steps",
                                    100.0 * supplied / used, rows));
}

}  // namespace

GenerationMix coarsened(const GenerationMix& mix, Duration step) {
  GenerationMix out = mix;
  std::vector<std::vector<double>*> columns;
  for (MixColumn& column : out.fuels) columns.push_back(&column.mw);
  for (MixExchange& exchange : out.exchanges) columns.push_back(&exchange.mw);
  coarsen(out.begin, columns, mix.step, step);
  out.step = step;
  return out;
}

Result<std::vector<GenerationMix>> join_mixes(std::vector<MixFile> files) {
  OLIVINE_TRY(Gathered all, gather(std::move(files)));
  if (all.mixes.empty())
    return fail(ErrorKind::kInvalid, "exchanges or load alone say nothing of intensities: add the files of generation");
  OLIVINE_CHECK_STATUS(to_one_step(all));
  OLIVINE_CHECK_STATUS(merge_same(all.flows));
  OLIVINE_CHECK_STATUS(merge_same(all.loads));
  for (GenerationMix& mix : all.mixes) {
    OLIVINE_CHECK_STATUS(attach(mix, all.flows));
    compare_with_load(mix, all.loads);
    OLIVINE_CHECK_STATUS(check(mix));
  }
  return std::move(all.mixes);
}

}  // namespace olivine
