#include "account/market_based.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/wall_time_text.h"

namespace olivine {
namespace {

// Energy of a stretch in which the same contracts apply.
struct Cell {
  WallInterval span;
  double whole = 0.0, left = 0.0;  // shares of the energy
};

std::string title_of(const ElectricityContract& c, std::size_t index) {
  return c.name.empty() ? fmt::format("contract {}", index + 1) : c.name;
}

Status check_contract(const ElectricityContract& c, const std::string& title) {
  if (c.energy.has_value() == c.share.has_value())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: say how much it covers, as an energy or as a share, one of them", title));
  if (c.share && !(as_number(*c.share) >= 0.0 && as_number(*c.share) <= 1.0))
    return fail(ErrorKind::kInvalid, fmt::format("{}: a share of {} % is not between 0 and 100 %", title,
                                                 shortest(100.0 * as_number(*c.share))));
  if (c.energy && !(std::isfinite(in_joules(*c.energy)) && *c.energy >= Energy{}))
    return fail(ErrorKind::kInvalid, fmt::format("{}: its energy is negative or not finite", title));
  const double g = in_grams_per_kilowatt_hour(c.intensity.mean());
  if (!(std::isfinite(g) && g >= 0.0))
    return fail(ErrorKind::kInvalid, fmt::format("{}: {} g/kWh is no intensity of a contract", title, shortest(g)));
  if (c.interval && c.interval->end <= c.interval->begin)
    return fail(ErrorKind::kInvalid, fmt::format("{}: its interval ends before it begins", title));
  return {};
}

// The slices cut where contracts begin and end.
std::vector<Cell> cells_of(const MarketInput& in) {
  double total = 0.0;
  for (const EnergySlice& slice : in.slices) total += in_joules(slice.energy);
  if (!(total > 0.0)) return {{{}, 1.0, 1.0}};
  std::vector<std::int64_t> cuts;
  for (const ElectricityContract& c : in.contracts)
    if (c.interval) cuts.insert(cuts.end(), {c.interval->begin.ns, c.interval->end.ns});
  std::sort(cuts.begin(), cuts.end());
  std::vector<Cell> cells;
  for (const EnergySlice& slice : in.slices) {
    const double share = in_joules(slice.energy) / total;
    const std::int64_t begin = slice.interval.begin.ns, end = slice.interval.end.ns;
    std::int64_t from = begin;
    const auto add = [&](std::int64_t to) {
      const double part =
          end > begin ? share * static_cast<double>(to - from) / static_cast<double>(end - begin) : share;
      if (part > 0.0) cells.push_back({{{from}, {to}}, part, part});
      from = to;
    };
    for (const std::int64_t cut : cuts)
      if (cut > from && cut < end) add(cut);
    add(end);
  }
  return cells;
}

bool fits(const ElectricityContract& c, const Cell& cell, bool times_known) {
  return !c.interval || !times_known || (cell.span.begin >= c.interval->begin && cell.span.begin < c.interval->end);
}

// How much of the energy the contract takes, as a share.
double take(const ElectricityContract& c, const MarketInput& in, bool times_known, std::vector<Cell>& cells) {
  double whole = 0.0, left = 0.0;
  for (const Cell& cell : cells)
    if (fits(c, cell, times_known)) whole += cell.whole, left += cell.left;
  const double energy_j = in_joules(in.energy.mean());
  const double wanted = c.share ? as_number(*c.share) * whole : energy_j > 0.0 ? in_joules(*c.energy) / energy_j : 0.0;
  const double taken = std::min(wanted, left);
  if (left > 0.0)
    for (Cell& cell : cells)
      if (fits(c, cell, times_known)) cell.left *= std::max(0.0, 1.0 - taken / left);
  return taken;
}

void note_contract(const ElectricityContract& c, const std::string& title, const MarketInput& in, double taken,
                   bool times_known, std::vector<std::string>& notes) {
  if (c.zone.empty()) notes.push_back(title + " does not say where its electricity was made; it is taken as made here");
  if (!c.interval)
    notes.push_back(title + " does not say when its electricity was made; it is taken as made when it was used");
  else if (!times_known)
    notes.push_back(title + " has an interval, but it is not known when the energy was used; it is taken as fitting");
  else if (taken == 0.0)
    notes.push_back(fmt::format("{} covers nothing: none of the energy was used (and not yet covered) from {} to {}",
                                title, format_utc(c.interval->begin), format_utc(c.interval->end)));
  const double energy_j = in_joules(in.energy.mean());
  if (c.energy && taken > 0.0 && in_joules(*c.energy) > energy_j * taken * (1.0 + 1e-9))
    notes.push_back(fmt::format("{} holds {} kWh, of which {} kWh are used; the rest lowers nothing", title,
                                shortest(in_kilowatt_hours(*c.energy)),
                                shortest(in_kilowatt_hours(in.energy.mean()) * taken)));
}

void add_rest(const MarketInput& in, double rest, MarketBased& market) {
  if (!(rest > 1e-12)) return;
  MarketLine line{"residual mix", "residual", rest, std::nullopt};
  if (in.residual) {
    line.carbon = product(in.energy.scaled(rest), *in.residual);
  } else if (in.location) {
    line.name = "location-based factor";
    line.carbon = product(in.energy.scaled(rest), *in.location);
    market.notes.emplace_back(
        "no residual mix is published: what contracts do not cover is priced at the location-based factor, which may "
        "count certified energy twice (GHG Protocol scope 2)");
  } else {
    market.reason = fmt::format(
        "{} % of the energy is under no contract and no residual mix was stated; state it with --residual (none: "
        "nobody publishes one)",
        shortest(std::round(rest * 1e6) / 1e4));
  }
  market.lines.push_back(std::move(line));
}

}  // namespace

Result<MarketBased> market_based(const MarketInput& in) {
  std::vector<Cell> cells = cells_of(in);
  const bool times_known = cells.size() > 1 || cells.front().span.end > cells.front().span.begin;
  MarketBased market;
  for (std::size_t i = 0; i < in.contracts.size(); ++i) {
    const ElectricityContract& c = in.contracts[i];
    const std::string title = title_of(c, i);
    OLIVINE_CHECK_STATUS(check_contract(c, title));
    MarketLine line{title, c.kind, 0.0, Estimate<Carbon>::exactly(grams(0.0))};
    if (!c.zone.empty() && !in.zone.empty() && c.zone != in.zone) {
      market.notes.push_back(
          fmt::format("{} is of {}, the energy was used in {}: not counted", title, c.zone, in.zone));
    } else {
      line.share = take(c, in, times_known, cells);
      line.carbon = product(in.energy.scaled(line.share), c.intensity);
      note_contract(c, title, in, line.share, times_known, market.notes);
    }
    market.contracted_share += line.share;
    market.lines.push_back(std::move(line));
  }
  double rest = 0.0;
  for (const Cell& cell : cells) rest += cell.left;
  add_rest(in, rest, market);
  auto total = Estimate<Carbon>::exactly(grams(0.0));
  for (const MarketLine& line : market.lines)
    if (line.carbon) total = sum(total, *line.carbon);
  market.at_least = total.mean();
  if (market.reason.empty()) market.carbon = std::move(total);
  return market;
}

}  // namespace olivine
