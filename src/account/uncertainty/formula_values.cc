#include "account/uncertainty/formula_values.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/text.h"

namespace olivine {

double known_value(const FormulaNode& node, std::span<const double> values) {
  const auto at = [&](std::size_t i) { return values[node.arguments[i]]; };
  switch (node.kind) {
    case FormulaKind::kConstant: return node.number;
    case FormulaKind::kInput:
    case FormulaKind::kUnknown: return 0.0;
    case FormulaKind::kDifference: return at(0) - at(1);
    case FormulaKind::kQuotient: return at(0) / at(1);
    case FormulaKind::kPower: return node.number == 0.5 ? std::sqrt(at(0)) : std::pow(at(0), node.number);
    case FormulaKind::kRounded: return std::round(at(0) / node.number) * node.number;
    default: break;
  }
  double result = at(0);
  for (std::size_t i = 1; i < node.arguments.size(); ++i) {
    const double next = at(i);
    if (node.kind == FormulaKind::kSum) result += next;
    if (node.kind == FormulaKind::kProduct) result *= next;
    if (node.kind == FormulaKind::kMinimum) result = std::min(result, next);
    if (node.kind == FormulaKind::kMaximum) result = std::max(result, next);
  }
  return result;
}

std::vector<bool> nodes_with_unknown(const FormulaGraph& graph) {
  std::vector<bool> unknown(graph.size(), false);
  for (FormulaId id = 0; id < graph.size(); ++id) {
    const FormulaNode& node = graph.node(id);
    unknown[id] = node.kind == FormulaKind::kUnknown ||
                  std::any_of(node.arguments.begin(), node.arguments.end(), [&](FormulaId a) { return unknown[a]; });
  }
  return unknown;
}

void evaluate_at(const FormulaGraph& graph, std::span<const FormulaId> order, std::span<const double> inputs,
                 std::span<double> values) {
  for (const FormulaId id : order) {
    const FormulaNode& node = graph.node(id);
    values[id] = node.kind == FormulaKind::kInput ? inputs[node.input] : known_value(node, values);
  }
}

std::vector<double> input_means(const FormulaGraph& graph) {
  std::vector<double> means;
  means.reserve(graph.inputs().size());
  for (const UncertainInput& input : graph.inputs()) means.push_back(input.distribution.mean);
  return means;
}

namespace {

// A bound survives sums, products, maxima and division by something known, as long as no part is negative.
std::optional<double> bound_of(const FormulaNode& node, std::span<const FormulaValue> parts) {
  std::vector<double> known;
  for (const FormulaId argument : node.arguments) {
    const FormulaValue& part = parts[argument];
    const std::optional<double> number = part.value ? part.value : part.lower_bound;
    if (!number || *number < 0.0) return std::nullopt;
    known.push_back(*number);
  }
  const auto known_at = [&](std::size_t i) { return parts[node.arguments[i]].value.has_value(); };
  double result = known.empty() ? 0.0 : known.front();
  for (std::size_t i = 1; i < known.size(); ++i) {
    if (node.kind == FormulaKind::kSum) result += known[i];
    if (node.kind == FormulaKind::kProduct) result *= known[i];
    if (node.kind == FormulaKind::kMinimum) result = std::min(result, known[i]);
    if (node.kind == FormulaKind::kMaximum) result = std::max(result, known[i]);
  }
  switch (node.kind) {
    case FormulaKind::kSum:
    case FormulaKind::kProduct:
    case FormulaKind::kMinimum:
    case FormulaKind::kMaximum: return result;
    case FormulaKind::kDifference: return known_at(1) ? std::optional(known[0] - known[1]) : std::nullopt;
    case FormulaKind::kQuotient:
      return known_at(1) && known[1] > 0.0 ? std::optional(known[0] / known[1]) : std::nullopt;
    case FormulaKind::kRounded: return std::round(known[0] / node.number) * node.number;
    case FormulaKind::kPower: return node.number > 0.0 ? std::optional(std::pow(known[0], node.number)) : std::nullopt;
    default: return std::nullopt;
  }
}

Error not_finite(const FormulaNode& node) {
  const std::string what = node.label.empty() ? fmt::format("a {}", name_of(node.kind)) : printable(node.label);
  return {ErrorKind::kInvalid, fmt::format("{}: not a finite number (a division by zero, or beyond 1e308)", what)};
}

Result<std::vector<FormulaValue>> evaluate(const FormulaGraph& graph, std::span<const FormulaId> order) {
  std::vector<FormulaValue> result(graph.size());
  std::vector<double> values(graph.size(), 0.0);
  for (const FormulaId id : order) {
    const FormulaNode& node = graph.node(id);
    if (node.kind == FormulaKind::kUnknown) {
      result[id].lower_bound = 0.0;  // nothing in an account is negative by itself
    } else if (std::any_of(node.arguments.begin(), node.arguments.end(),
                           [&](FormulaId a) { return !result[a].value; })) {
      result[id].lower_bound = bound_of(node, result);
    } else {
      values[id] =
          node.kind == FormulaKind::kInput ? graph.inputs()[node.input].distribution.mean : known_value(node, values);
      if (!std::isfinite(values[id])) return tl::unexpected<Error>(not_finite(node));
      result[id].value = values[id];
    }
  }
  return result;
}

}  // namespace

Result<std::vector<FormulaValue>> evaluate_means(const FormulaGraph& graph) {
  std::vector<FormulaId> order(graph.size());
  std::iota(order.begin(), order.end(), FormulaId{0});
  return evaluate(graph, order);
}

Result<FormulaValue> evaluate_mean(const FormulaGraph& graph, FormulaId id) {
  OLIVINE_TRY(const std::vector<FormulaValue> all, evaluate(graph, graph.below(std::array{id})));
  return all[id];
}

}  // namespace olivine
