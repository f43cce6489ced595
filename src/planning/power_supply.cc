#include "planning/power_supply.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "units/quantity.h"

namespace olivine {
namespace {

constexpr double kMicrojoulesPerKwh = kJoulesPerKilowattHour * 1e6;
constexpr double kMost = 9e18;  // fits 64 bits

std::int64_t microjoules_of(double watts, double seconds) {
  const double uj = watts * seconds * 1e6;
  if (!(uj >= 0.0) || uj > kMost) throw std::logic_error("a supply was asked for a power or time that it cannot count");
  return std::llround(uj);
}

// Of a limit: as much as can be counted is no limit.
std::int64_t most_of(double watts, double seconds) { return std::llround(std::min(kMost, watts * seconds * 1e6)); }

double signal_of(const Burden& b, Signal signal) { return signal == Signal::kMarginal ? b.marginal : b.average; }

Status check_battery(const BatteryShare& b) {
  const auto bad = [](const char* why) { return fail(ErrorKind::kInvalid, why); };
  if (!(b.capacity_j > 0.0) || b.capacity_j * 1e6 > kMost)
    return bad("a battery needs a capacity above 0 and below 2.5 GWh");
  if (!(b.charge_w >= 0.0) || !(b.discharge_w >= 0.0)) return bad("the limits of a battery must be 0 or more");
  if (!(b.efficiency > 0.0 && b.efficiency <= 1.0))
    return bad("the efficiency of a battery must lie above 0 and at most at 1");
  if (!(b.content_j >= 0.0 && b.content_j <= b.capacity_j)) return bad("a battery cannot hold more than its capacity");
  return {};
}

}  // namespace

Burden& Burden::operator+=(const Burden& o) {
  average += o.average;
  marginal += o.marginal;
  cost += o.cost;
  return *this;
}

Burden Burden::of(std::int64_t uj) const {
  if (uj == 0) return {};
  const double kwh = static_cast<double>(uj) / kMicrojoulesPerKwh;
  return {average * kwh, marginal * kwh, cost * kwh};
}

SupplyFlows& SupplyFlows::operator+=(const SupplyFlows& o) {
  for (const auto member :
       {&SupplyFlows::work, &SupplyFlows::solar, &SupplyFlows::solar_to_work, &SupplyFlows::battery_to_work,
        &SupplyFlows::grid_to_work, &SupplyFlows::shortfall, &SupplyFlows::solar_to_battery,
        &SupplyFlows::grid_to_battery, &SupplyFlows::stored, &SupplyFlows::losses, &SupplyFlows::surplus})
    this->*member += o.*member;
  return *this;
}

Burden SupplyBill::total() const {
  Burden sum = solar;
  sum += battery;
  sum += grid;
  return sum;
}

Status check(const PowerSupply& supply) {
  if (supply.grid_limit_w && !(*supply.grid_limit_w >= 0.0))
    return fail(ErrorKind::kInvalid, "the limit of the grid must be 0 or more");
  return supply.battery ? check_battery(*supply.battery) : Status{};
}

SupplySettlement::SupplySettlement(const PowerSupply& supply) : supply_(supply) {
  if (!supply.battery) return;
  capacity_uj_ = std::llround(supply.battery->capacity_j * 1e6);
  content_uj_ = begun_uj_ =
      std::min(capacity_uj_, static_cast<std::int64_t>(std::llround(supply.battery->content_j * 1e6)));
  held_ = supply.battery->content.of(content_uj_);
}

SupplyStep SupplySettlement::step(double load_w, double seconds, const SupplyMoment& moment) {
  SupplyStep out;
  SupplyFlows& f = out.flows;
  f.work = microjoules_of(load_w, seconds);
  f.solar = microjoules_of(moment.solar_w, seconds);
  f.solar_to_work = std::min(f.work, f.solar);
  std::int64_t rest = f.work - f.solar_to_work;
  const auto take_from_battery = [&] {
    discharge(from_battery(rest, seconds), out);
    rest -= f.battery_to_work;
  };
  const auto& battery = supply_.battery;
  const bool battery_first =
      battery && battery->discharge_above && signal_of(moment.grid, battery->by) > *battery->discharge_above;
  if (battery_first) take_from_battery();
  f.grid_to_work = supply_.grid_limit_w ? std::min(rest, most_of(*supply_.grid_limit_w, seconds)) : rest;
  rest -= f.grid_to_work;
  if (battery && !battery_first && rest > 0) take_from_battery();
  f.shortfall = rest;
  if (battery) charge(moment, seconds, out);
  f.surplus = f.solar - f.solar_to_work - f.solar_to_battery;
  out.bill.solar = sun_of(moment).of(f.solar_to_work);
  out.bill.grid = moment.grid.of(f.grid_to_work);
  flows_ += f;
  bill_.solar += out.bill.solar;
  bill_.battery += out.bill.battery;
  bill_.grid += out.bill.grid;
  return out;
}

// Sun that would have gone to the grid has to be made up for by the grid's marginal plants.
Burden SupplySettlement::sun_of(const SupplyMoment& moment) const {
  Burden sun = supply_.solar;
  if (supply_.surplus_exported) sun.marginal = moment.grid.marginal;
  return sun;
}

std::int64_t SupplySettlement::from_battery(std::int64_t wanted_uj, double seconds) const {
  return std::min({wanted_uj, content_uj_, most_of(supply_.battery->discharge_w, seconds)});
}

void SupplySettlement::discharge(std::int64_t uj, SupplyStep& out) {
  if (uj == 0) return;
  const double part = static_cast<double>(uj) / static_cast<double>(content_uj_);
  const bool all = uj == content_uj_;
  const Burden taken = all ? held_ : Burden{held_.average * part, held_.marginal * part, held_.cost * part};
  if (all)
    held_ = {};  // what was not known of it is gone too
  else
    held_ += {-taken.average, -taken.marginal, -taken.cost};
  content_uj_ -= uj;
  out.flows.battery_to_work += uj;
  out.bill.battery += taken;
}

// How much of `offered_uj` is taken in, by the room in the battery; the content grows by its whole microjoules after the loss.
std::int64_t SupplySettlement::charged(std::int64_t offered_uj, std::int64_t room_in_uj, const Burden& per_kwh) {
  const double efficiency = supply_.battery->efficiency;
  const std::int64_t free_uj = capacity_uj_ - content_uj_;
  const auto fits =
      static_cast<std::int64_t>(std::ceil(std::min(kMost, static_cast<double>(free_uj) / efficiency)));  // fills it
  const std::int64_t in = std::min({offered_uj, room_in_uj, fits});
  if (in <= 0) return 0;
  const auto stored =
      std::min({in, free_uj, static_cast<std::int64_t>(std::floor(static_cast<double>(in) * efficiency))});
  content_uj_ += stored;
  held_ += per_kwh.of(in);
  return in;
}

void SupplySettlement::charge(const SupplyMoment& moment, double seconds, SupplyStep& out) {
  const BatteryShare& battery = *supply_.battery;
  SupplyFlows& f = out.flows;
  const std::int64_t before = content_uj_, limit = most_of(battery.charge_w, seconds);
  f.solar_to_battery = charged(f.solar - f.solar_to_work, limit, sun_of(moment));
  // Below zero is noise or a market's moment, and no reason to charge.
  const bool cheap = battery.charge_below && signal_of(moment.grid, battery.by) < *battery.charge_below &&
                     !(moment.grid.average < 0.0) && !(moment.grid.marginal < 0.0);
  if (cheap && f.battery_to_work == 0 && f.shortfall == 0) {
    const std::int64_t line = supply_.grid_limit_w ? most_of(*supply_.grid_limit_w, seconds) - f.grid_to_work : limit;
    f.grid_to_battery = charged(line, limit - f.solar_to_battery, moment.grid);
  }
  f.stored = content_uj_ - before;
  f.losses = f.solar_to_battery + f.grid_to_battery - f.stored;
}

}  // namespace olivine
