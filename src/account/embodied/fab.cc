#include "account/embodied/fab.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "provenance/defaults.h"
#include "provenance/table.h"

namespace olivine {
namespace {

constexpr double kMm2PerCm2 = 100.0;

Result<FabNode> node_at(const CsvTable& table, std::size_t row) {
  FabNode node;
  OLIVINE_TRY(node.node_nm, table.number(row, "node_nm"));
  OLIVINE_TRY(node.epa_kwh_per_cm2, table.number(row, "epa_kwh_per_cm2"));
  OLIVINE_TRY(node.gpa_95_g_per_cm2, table.number(row, "gpa_95_g_per_cm2"));
  OLIVINE_TRY(node.gpa_99_g_per_cm2, table.number(row, "gpa_99_g_per_cm2"));
  OLIVINE_TRY(node.mpa_g_per_cm2, table.number(row, "mpa_g_per_cm2"));
  return node;
}

Result<std::vector<FabNode>> sorted_nodes() {
  OLIVINE_TRY(const CsvTable* table, fact_table("fab_nodes"));
  std::vector<FabNode> nodes;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    OLIVINE_TRY(const FabNode node, node_at(*table, row));
    nodes.push_back(node);
  }
  if (nodes.empty()) return fail(ErrorKind::kCorrupt, "table fab_nodes has no row");
  std::sort(nodes.begin(), nodes.end(), [](const FabNode& a, const FabNode& b) { return a.node_nm < b.node_nm; });
  return nodes;
}

FabNode between(const FabNode& a, const FabNode& b, double t) {
  const auto mix = [t](double from, double to) { return from + t * (to - from); };
  return {mix(a.node_nm, b.node_nm), mix(a.epa_kwh_per_cm2, b.epa_kwh_per_cm2),
          mix(a.gpa_95_g_per_cm2, b.gpa_95_g_per_cm2), mix(a.gpa_99_g_per_cm2, b.gpa_99_g_per_cm2),
          mix(a.mpa_g_per_cm2, b.mpa_g_per_cm2)};
}

Result<double> grams_of(const Silicon& silicon, const FabConditions& conditions) {
  double grams = 0.0;
  for (const Die& die : silicon) {
    OLIVINE_TRY(const FabNode node, fab_node(die.node_nm));
    OLIVINE_TRY(const double per_cm2, carbon_g_per_cm2(node, conditions));
    grams += die.count * die.area_mm2 / kMm2PerCm2 * per_cm2;
  }
  return grams;
}

struct FabDefaults {
  Default energy, abatement, yield, model;
};
Result<FabDefaults> fab_defaults() {
  FabDefaults d;
  OLIVINE_TRY(d.energy, default_value("fab_g_per_kwh"));
  OLIVINE_TRY(d.abatement, default_value("fab_gas_abatement"));
  OLIVINE_TRY(d.yield, default_value("fab_yield"));
  OLIVINE_TRY(d.model, default_value("fab_model_factor"));
  return d;
}

}  // namespace

Result<FabNode> fab_node(double node_nm) {
  static const Result<std::vector<FabNode>> kNodes = sorted_nodes();  // asked for some dozens of times for one machine
  if (!kNodes) return tl::unexpected(kNodes.error());
  const std::vector<FabNode>& nodes = *kNodes;
  const auto above = std::find_if(nodes.begin(), nodes.end(), [&](const FabNode& n) { return n.node_nm >= node_nm; });
  if (above == nodes.begin()) return nodes.front();
  if (above == nodes.end()) return nodes.back();
  const FabNode& below = *(above - 1);
  return between(below, *above, (node_nm - below.node_nm) / (above->node_nm - below.node_nm));
}

Result<double> fab_energy_g_per_kwh(std::string_view key) {
  OLIVINE_TRY(const CsvTable* table, fact_table("fab_energy"));
  std::vector<std::string> known;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    if (table->cell(row, "key") == key) return table->number(row, "g_per_kwh");
    known.emplace_back(table->cell(row, "key"));
  }
  const std::string near = nearest(key, known);
  return fail(ErrorKind::kNotFound, fmt::format("no energy of a fab is called '{}'{}{}", printable(key.substr(0, 40)),
                                                near.empty() ? "" : "; nearest: ", near));
}

Result<double> carbon_g_per_cm2(const FabNode& node, const FabConditions& c) {
  if (!(c.yield > 0.0 && c.yield <= 1.0))
    return fail(ErrorKind::kInvalid, fmt::format("a yield of {} is not within 0 and 1", shortest(c.yield)));
  if (!(c.g_per_kwh >= 0.0))
    return fail(ErrorKind::kInvalid, fmt::format("a fab's electricity cannot have {} g/kWh", shortest(c.g_per_kwh)));
  if (!(c.gas_abatement >= 0.95 && c.gas_abatement <= 0.99))
    return fail(ErrorKind::kInvalid,
                fmt::format("the model knows 95 to 99 % of the gases abated, not {}", shortest(c.gas_abatement)));
  const double t = (c.gas_abatement - 0.95) / 0.04;
  const double gases = node.gpa_95_g_per_cm2 + t * (node.gpa_99_g_per_cm2 - node.gpa_95_g_per_cm2);
  return (c.g_per_kwh * node.epa_kwh_per_cm2 + gases + node.mpa_g_per_cm2) / c.yield;
}

Result<Estimate<Carbon>> silicon_carbon(const Silicon& smaller, const Silicon& larger, std::string_view id) {
  OLIVINE_TRY(const FabDefaults d, fab_defaults());
  const FabConditions mean{d.energy.value, d.abatement.value, d.yield.value};
  OLIVINE_TRY(const double least, grams_of(smaller, mean));
  OLIVINE_TRY(const double most, grams_of(larger, mean));
  const double middle = (least + most) / 2.0;
  if (!(middle > 0.0)) return fail(ErrorKind::kInvalid, "a package without dies");
  std::vector<Sensitivity> moves;
  Status failed;
  const auto moved = [&](const FabConditions& c) {
    const Result<double> a = grams_of(smaller, c), b = grams_of(larger, c);
    if (!a || !b) failed = tl::unexpected(a ? b.error() : a.error());
    return a && b ? (*a + *b) / 2.0 - middle : 0.0;
  };
  const auto add = [&](std::string_view input, double FabConditions::* field, const Default& range) {
    FabConditions low = mean, high = mean;
    low.*field = range.lower;
    high.*field = range.upper;
    moves.push_back({std::string(input), moved(low), moved(high)});
  };
  add("fab electricity", &FabConditions::g_per_kwh, d.energy);
  add("fab gases", &FabConditions::gas_abatement, d.abatement);
  add("fab yield", &FabConditions::yield, d.yield);
  if (!failed) return tl::unexpected(failed.error());
  moves.push_back({"fab model", middle * (d.model.lower - 1.0), middle * (d.model.upper - 1.0)});
  if (most != least)
    moves.push_back({"silicon:" + std::string(id), std::min(least, most) - middle, std::max(least, most) - middle});
  return Estimate<Carbon>(Spread(middle, std::move(moves)));
}

}  // namespace olivine
