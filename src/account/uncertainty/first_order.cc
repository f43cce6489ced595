#include "account/uncertainty/first_order.h"

#include <array>
#include <cmath>

#include "account/uncertainty/formula_values.h"

namespace olivine {
namespace {

// Product of all factors but one, by running products from both sides: no division, so zeros do no harm.
void spread_product(const FormulaNode& node, std::span<const double> values, double slope, std::span<double> slopes) {
  const std::size_t n = node.arguments.size();
  std::vector<double> behind(n + 1, 1.0);
  for (std::size_t i = n; i-- > 0;) behind[i] = behind[i + 1] * values[node.arguments[i]];
  double before = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    slopes[node.arguments[i]] += slope * before * behind[i + 1];
    before *= values[node.arguments[i]];
  }
}

// Hands d output / d node on to the node's arguments.
void spread_slope(const FormulaGraph& graph, FormulaId id, std::span<const double> values, std::span<double> slopes) {
  const FormulaNode& node = graph.node(id);
  const double slope = slopes[id];
  const auto argument = [&](std::size_t i) { return node.arguments[i]; };
  switch (node.kind) {
    case FormulaKind::kSum:
      for (const FormulaId a : node.arguments) slopes[a] += slope;
      return;
    case FormulaKind::kDifference:
      slopes[argument(0)] += slope;
      slopes[argument(1)] -= slope;
      return;
    case FormulaKind::kProduct: return spread_product(node, values, slope, slopes);
    case FormulaKind::kQuotient:
      slopes[argument(0)] += slope / values[argument(1)];
      slopes[argument(1)] -= slope * values[id] / values[argument(1)];
      return;
    case FormulaKind::kPower: {
      const double base = values[argument(0)];
      if (node.number != 0.0) slopes[argument(0)] += slope * node.number * std::pow(base, node.number - 1.0);
      return;
    }
    case FormulaKind::kRounded: slopes[argument(0)] += slope; return;  // steps are small beside ranges
    case FormulaKind::kMinimum:
    case FormulaKind::kMaximum:
      for (const FormulaId a : node.arguments)
        if (values[a] == values[id]) {
          slopes[a] += slope;
          return;
        }
      return;
    default: return;
  }
}

}  // namespace

Result<std::vector<double>> derivatives(const FormulaGraph& graph, FormulaId id) {
  OLIVINE_TRY(const FormulaValue at_means, evaluate_mean(graph, id));
  if (!at_means.value)
    return fail(ErrorKind::kInvalid, "a figure with an unknown part has no range: only its lower bound is known");
  const std::vector<FormulaId> order = graph.below(std::array{id});
  std::vector<double> values(id + 1, 0.0);
  evaluate_at(graph, order, input_means(graph), values);
  std::vector<double> slopes(id + 1, 0.0);
  slopes[id] = 1.0;
  std::vector<double> result(graph.inputs().size(), 0.0);
  for (std::size_t i = order.size(); i-- > 0;) {
    const FormulaNode& node = graph.node(order[i]);
    if (node.kind == FormulaKind::kInput) {
      if (!std::isfinite(slopes[order[i]]))
        return fail(ErrorKind::kInvalid,
                    "input " + node.label + ": the figure has no finite slope there (a root or power of zero)");
      result[node.input] = slopes[order[i]];
    } else if (slopes[order[i]] != 0.0) {
      spread_slope(graph, order[i], values, slopes);
    }
  }
  return result;
}

Result<Spread> first_order(const FormulaGraph& graph, FormulaId id) {
  OLIVINE_TRY(const std::vector<double> slopes, derivatives(graph, id));
  OLIVINE_TRY(const FormulaValue at_means, evaluate_mean(graph, id));
  std::vector<Sensitivity> moves;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const UncertainInput& input = graph.inputs()[i];
    if (slopes[i] == 0.0 || input.distribution.is_exact()) continue;
    const Distribution& d = input.distribution;
    moves.push_back({input.name, slopes[i] * (d.drawn_lower - d.mean), slopes[i] * (d.drawn_upper - d.mean)});
  }
  return Spread(*at_means.value, std::move(moves));
}

}  // namespace olivine
