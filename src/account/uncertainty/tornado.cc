#include "account/uncertainty/tornado.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "account/uncertainty/first_order.h"
#include "account/uncertainty/formula_values.h"

namespace olivine {

Result<std::vector<BudgetLine>> uncertainty_budget(const FormulaGraph& graph, FormulaId id) {
  OLIVINE_TRY(const std::vector<double> slopes, derivatives(graph, id));
  std::vector<BudgetLine> lines;
  double total = 0.0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const UncertainInput& input = graph.inputs()[i];
    if (slopes[i] == 0.0 || input.distribution.is_exact()) continue;
    const double deviation = input.distribution.standard_deviation;
    const double variance = slopes[i] * deviation * slopes[i] * deviation;
    lines.push_back({i, input.name, slopes[i], deviation, variance});
    total += variance;
  }
  for (BudgetLine& line : lines) line.variance_share = total > 0.0 ? line.variance_share / total : 0.0;
  std::sort(lines.begin(), lines.end(), [](const BudgetLine& a, const BudgetLine& b) {
    return a.variance_share != b.variance_share ? a.variance_share > b.variance_share : a.input < b.input;
  });
  return lines;
}

Result<std::vector<TornadoBar>> tornado(const FormulaGraph& graph, FormulaId id, std::size_t limit) {
  OLIVINE_TRY(std::vector<BudgetLine> lines, uncertainty_budget(graph, id));
  if (lines.size() > limit) lines.resize(limit);
  const std::vector<FormulaId> order = graph.below(std::array{id});
  std::vector<double> inputs = input_means(graph);
  std::vector<double> values(id + 1, 0.0);
  const auto moved = [&](std::size_t input, double to) {
    const double mean = inputs[input];
    inputs[input] = to;
    evaluate_at(graph, order, inputs, values);
    inputs[input] = mean;
    return values[id];
  };
  std::vector<TornadoBar> bars;
  for (const BudgetLine& line : lines) {
    const Distribution& d = graph.inputs()[line.input].distribution;
    bars.push_back({line.input, line.name, moved(line.input, d.drawn_lower), moved(line.input, d.drawn_upper)});
    if (!std::isfinite(bars.back().swing()))
      return fail(ErrorKind::kInvalid,
                  "input " + line.name + ": at one of its bounds the figure is not a finite number");
  }
  std::sort(bars.begin(), bars.end(), [](const TornadoBar& a, const TornadoBar& b) {
    return a.swing() != b.swing() ? a.swing() > b.swing() : a.input < b.input;
  });
  return bars;
}

}  // namespace olivine
