#include "account/activities/fleet.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "account/impacts.h"
#include "account/product_range.h"
#include "base/text.h"
#include "hardware/catalogue.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

// A default that the built-in tables have; METHODS lists them, so a missing one is a broken build.
Default known_default(std::string_view key) { return default_value(key).value_or(Default{}); }

FleetPower power_of_entries(double least_w, double most_w, std::string source) {
  const Default idle = known_default("gpu_idle_fraction");
  return {(least_w + most_w) / 2.0, least_w * idle.value, most_w, std::move(source)};
}

// Entries of the catalogue all of whose words that the name has come first: "a100" of "a100 sxm4 80gb".
std::optional<FleetPower> power_of_family(std::string_view device) {
  const std::string wanted = normalise_gpu_name(device);
  const auto table = fact_table("gpus");
  if (wanted.empty() || !table) return std::nullopt;
  double least = 0.0, most = 0.0;
  std::size_t found = 0;
  for (std::size_t row = 0; row < (*table)->rows(); ++row) {
    const std::string_view key = (*table)->cell(row, "key");
    const auto watts = (*table)->maybe_number(row, "tdp_w");
    if (!watts || !key.starts_with(wanted) || (key.size() > wanted.size() && key[wanted.size()] != ' ')) continue;
    least = found == 0 ? *watts : std::min(least, *watts);
    most = std::max(most, *watts);
    ++found;
  }
  if (found == 0) return std::nullopt;
  return power_of_entries(least, most, fmt::format("data/gpus.csv, {} entries of {}", found, wanted));
}

RangedFactor factor_of(const Spread& s) { return {s.mean(), std::max(0.0, s.lower()), s.upper()}; }

Spread with_input(double value, double lower, double upper, const std::string& input) {
  return spread_of(value, lower, upper, input);
}

class FleetSum {
 public:
  FleetSum(const ActivityTable& table, const FleetInputs& inputs)
      : table_(table),
        in_(inputs),
        pue_(with_input(inputs.pue, inputs.pue_lower, inputs.pue_upper, "pue")),
        supply_(with_input(inputs.supply, inputs.supply_lower, inputs.supply_upper, "psu")) {}
  void add(const BulkCell& cell, FleetFigures& to) const;

 private:
  std::optional<Spread> kilowatts(const BulkCell& cell, Held held) const;
  Spread intensity(const PricedAmount& amount, std::uint32_t zone) const;
  void add_amount(const BulkCell& cell, Held held, const PricedAmount& amount, const Spread& kilowatts, bool is_part,
                  FleetFigures& to) const;

  const ActivityTable& table_;
  const FleetInputs& in_;
  Spread pue_, supply_;
};

std::optional<Spread> FleetSum::kilowatts(const BulkCell& cell, Held held) const {
  const auto of = [](const FleetPower& p, const std::string& input) {
    return with_input(p.w / 1e3, p.lower_w / 1e3, p.upper_w / 1e3, input);
  };
  switch (held) {
    case Held::kEnergy: return Spread(1.0);
    case Held::kCpus: return of(in_.core, "power:core");
    case Held::kMemory: return of(in_.memory_gb, "power:memory");
    case Held::kDevices: break;
  }
  const auto& power = in_.devices[cell.device];
  if (!power) return std::nullopt;
  return of(*power, "power:" + table_.device.words()[cell.device]);
}

Spread FleetSum::intensity(const PricedAmount& a, std::uint32_t zone) const {
  const FleetZone& z = in_.zones[zone];
  const std::string& name = table_.zone.words()[zone];
  const double known = 1.0 / a.amount, rest = std::max(0.0, a.unpriced) / a.amount;
  std::vector<Sensitivity> moves;
  if (a.priced != a.lower || a.priced != a.upper)
    moves.push_back({"intensity:" + name, (a.lower - a.priced) * known, (a.upper - a.priced) * known});
  if (rest > 1e-12)
    moves.push_back({"factor:" + name, rest * (z.factor_lower_g - z.factor_g), rest * (z.factor_upper_g - z.factor_g)});
  return Spread(a.priced * known + rest * z.factor_g, std::move(moves));
}

void FleetSum::add_amount(const BulkCell& cell, Held held, const PricedAmount& amount, const Spread& kilowatts,
                          bool is_part, FleetFigures& to) const {
  if (!(amount.amount > 0.0)) return;
  Spread node = kilowatts.scaled(amount.amount);
  const bool at_facility = held == Held::kEnergy && cell.plane == ActivityPlane::kFacility;
  const bool at_node = held == Held::kEnergy && (cell.plane == ActivityPlane::kNodeAc || at_facility);
  std::vector<RangedFactor> factors{factor_of(node)};
  if (!at_node) {
    factors.push_back({1.0 / in_.supply, 1.0 / in_.supply_upper, 1.0 / in_.supply_lower});
    node = with_range(divided_spread(node, supply_), log_range(factors));
  }
  if (!at_facility) factors.push_back(factor_of(pue_));
  const Spread facility = at_facility ? node : with_range(Spread::product(node, pue_), log_range(factors));
  const Spread per_kwh = intensity(amount, cell.zone);
  factors.push_back(factor_of(per_kwh));
  const Spread grams = with_range(Spread::product(facility, per_kwh), log_range(factors));
  if (is_part) {
    to.unused_core_kwh = Spread::sum(to.unused_core_kwh, facility, 1.0);
    to.unused_core_grams = Spread::sum(to.unused_core_grams, grams, 1.0);
    return;
  }
  to.node_kwh = Spread::sum(to.node_kwh, node, 1.0);
  to.facility_kwh = Spread::sum(to.facility_kwh, facility, 1.0);
  to.grams = Spread::sum(to.grams, grams, 1.0);
  to.hours_priced_by_factor +=
      facility.mean() * std::max(0.0, amount.unpriced) / amount.amount;  // made a share at the end
}

void FleetSum::add(const BulkCell& cell, FleetFigures& to) const {
  for (const Held held : {Held::kEnergy, Held::kDevices, Held::kCpus, Held::kMemory}) {
    const PricedAmount& amount = cell.held[static_cast<std::size_t>(held)];
    if (held == Held::kEnergy && cell.plane == ActivityPlane::kUnknown && amount.amount > 0.0) {
      to.known = false;  // what its PUE and power supply are is not known either
      to.no_plane_kwh += amount.amount;
      continue;
    }
    const auto power = kilowatts(cell, held);
    if (!power && amount.amount > 0.0) to.known = false;
    if (power) add_amount(cell, held, amount, *power, false, to);
  }
  add_amount(cell, Held::kCpus, cell.unused_cpus, *kilowatts(cell, Held::kCpus), true, to);
  if (cell.nothing_known > 0) to.known = false;
  to.nothing_known += cell.nothing_known;
  to.device_hours += cell.device_hours;
  to.core_hours += cell.held[static_cast<std::size_t>(Held::kCpus)].amount;
  if (cell.status == ActivityStatus::kDone || cell.status == ActivityStatus::kUnknown)
    to.useful_device_hours += cell.device_hours;
  to.reported_g += cell.reported_g;
  to.reported_rows += cell.reported_rows;
  to.rows += cell.rows;
}

void finish(FleetFigures& f) {
  const double energy = f.facility_kwh.mean();
  f.hours_priced_by_factor = energy > 0.0 ? f.hours_priced_by_factor / energy : 0.0;
}

}  // namespace

std::optional<FleetPower> catalogue_power(std::string_view device) {
  if (device.empty()) return std::nullopt;
  if (const auto exact = find_gpu(device)) return power_of_entries(exact->tdp_w, exact->tdp_w, exact->row.text());
  return power_of_family(device);
}

FleetPower default_core_power() {
  const Default thread = known_default("cpu_tdp_per_thread_server_w"), idle = known_default("cpu_idle_fraction");
  return {thread.value, thread.lower * idle.value, thread.upper, thread.row.text()};
}

FleetPower default_memory_power() {
  const Default gb = known_default("memory_w_per_gb");
  return {gb.value, gb.lower, gb.upper, gb.row.text()};
}

FleetView fleet_view(const ActivityTable& table, const BulkResult& bulk, const FleetInputs& inputs) {
  const FleetSum sum(table, inputs);
  FleetView view;
  std::map<std::uint32_t, FleetFigures> groups;
  for (const BulkCell& cell : bulk.cells) {
    sum.add(cell, groups[cell.group]);
    sum.add(cell, view.total);
    sum.add(cell, view.by_status[static_cast<std::size_t>(cell.status)]);
  }
  finish(view.total);
  for (FleetFigures& f : view.by_status) finish(f);
  for (auto& [id, figures] : groups) {
    finish(figures);
    view.groups.push_back({fleet_group_name(table, bulk.group, id), id, std::move(figures)});
  }
  if (bulk.group != FleetBy::kMonth)
    std::stable_sort(view.groups.begin(), view.groups.end(), [](const FleetGroup& a, const FleetGroup& b) {
      return a.figures.facility_kwh.mean() > b.figures.facility_kwh.mean();
    });
  return view;
}

}  // namespace olivine
