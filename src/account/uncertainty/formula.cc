#include "account/uncertainty/formula.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 11> kFormulaNames{"constant",   "input",   "unknown",  "sum",
                                                         "difference", "product", "quotient", "power",
                                                         "minimum",    "maximum", "rounded"};

Error two_definitions(const UncertainInput& a, const UncertainInput& b) {
  const auto text = [](const UncertainInput& i) {
    const Distribution& d = i.distribution;
    return fmt::format("{} [{}, {}] {}", quantity_text(d.mean, i.dimension), quantity_text(d.lower, i.dimension),
                       quantity_text(d.upper, i.dimension), name_of(d.kind));
  };
  const std::string name = printable(a.name);
  if (a.dimension == b.dimension && a.distribution == b.distribution)
    return {ErrorKind::kInvalid,
            fmt::format(
                "input {}: defined twice with different source, group, basis or unit; give one of them another name",
                name)};
  return {ErrorKind::kInvalid,
          fmt::format("input {}: defined as {} and as {}; give one of them another name", name, text(a), text(b))};
}

}  // namespace

std::string_view name_of(FormulaKind kind) { return kFormulaNames[static_cast<std::size_t>(kind)]; }

FormulaId FormulaGraph::add(FormulaNode node) {
  for (const FormulaId argument : node.arguments) static_cast<void>(this->node(argument));
  nodes_.push_back(std::move(node));
  return static_cast<FormulaId>(nodes_.size() - 1);
}

const FormulaNode& FormulaGraph::node(FormulaId id) const {
  if (id >= nodes_.size()) throw std::logic_error("a formula of another graph");
  return nodes_[id];
}

FormulaId FormulaGraph::constant(double value, const Dimension& dimension) {
  return add({.kind = FormulaKind::kConstant, .dimension = dimension, .number = value});
}

Result<FormulaId> FormulaGraph::input(UncertainInput definition) {
  if (definition.name.empty()) return fail(ErrorKind::kInvalid, "an input without a name: it could not be shared");
  const auto known = input_nodes_.find(definition.name);
  if (known != input_nodes_.end()) {
    const UncertainInput& first = inputs_[nodes_[known->second].input];
    if (first == definition) return known->second;
    return tl::unexpected<Error>(two_definitions(first, definition));
  }
  const FormulaId id = add({.kind = FormulaKind::kInput,
                            .dimension = definition.dimension,
                            .input = inputs_.size(),
                            .label = definition.name});
  input_nodes_.emplace(definition.name, id);
  inputs_.push_back(std::move(definition));
  return id;
}

FormulaId FormulaGraph::unknown(const Dimension& dimension, std::string why) {
  return add({.kind = FormulaKind::kUnknown, .dimension = dimension, .detail = std::move(why)});
}

// Terms of one dimension: sums, differences, minima, maxima.
Result<FormulaId> FormulaGraph::like(FormulaKind kind, std::span<const FormulaId> terms, std::string_view verb) {
  if (terms.empty()) return fail(ErrorKind::kInvalid, fmt::format("a {} of nothing", name_of(kind)));
  const Dimension dimension = node(terms.front()).dimension;
  for (const FormulaId term : terms)
    if (node(term).dimension != dimension)
      return fail(ErrorKind::kInvalid, fmt::format("cannot {} {} {} {}", verb, name_of(dimension),
                                                   verb == "compare"    ? "with"
                                                   : verb == "subtract" ? "and"
                                                                        : "to",
                                                   name_of(node(term).dimension)));
  if (terms.size() == 1) return terms.front();
  return add({.kind = kind, .dimension = dimension, .arguments = {terms.begin(), terms.end()}});
}

Result<FormulaId> FormulaGraph::sum(std::span<const FormulaId> terms) { return like(FormulaKind::kSum, terms, "add"); }

Result<FormulaId> FormulaGraph::difference(FormulaId a, FormulaId b) {
  return like(FormulaKind::kDifference, std::array{a, b}, "subtract");
}

Result<FormulaId> FormulaGraph::minimum(std::span<const FormulaId> terms) {
  return like(FormulaKind::kMinimum, terms, "compare");
}

Result<FormulaId> FormulaGraph::maximum(std::span<const FormulaId> terms) {
  return like(FormulaKind::kMaximum, terms, "compare");
}

Result<FormulaId> FormulaGraph::rounded(FormulaId a, double step) {
  if (!std::isfinite(step) || step <= 0.0) return fail(ErrorKind::kInvalid, "a step of rounding must be above zero");
  return add({.kind = FormulaKind::kRounded, .dimension = node(a).dimension, .number = step, .arguments = {a}});
}

Result<FormulaId> FormulaGraph::product(std::span<const FormulaId> factors) {
  Dimension dimension;
  for (const FormulaId factor : factors) {
    OLIVINE_TRY(dimension, multiply(dimension, node(factor).dimension));
  }
  if (factors.size() == 1) return factors.front();
  if (factors.empty()) return fail(ErrorKind::kInvalid, "a product of nothing");
  return add({.kind = FormulaKind::kProduct, .dimension = dimension, .arguments = {factors.begin(), factors.end()}});
}

Result<FormulaId> FormulaGraph::quotient(FormulaId a, FormulaId b) {
  OLIVINE_TRY(const Dimension dimension, divide(node(a).dimension, node(b).dimension));
  return add({.kind = FormulaKind::kQuotient, .dimension = dimension, .arguments = {a, b}});
}

Result<FormulaId> FormulaGraph::power(FormulaId a, double exponent) {
  OLIVINE_TRY(const Dimension dimension, olivine::power(node(a).dimension, exponent));
  return add({.kind = FormulaKind::kPower, .dimension = dimension, .number = exponent, .arguments = {a}});
}

void FormulaGraph::describe(FormulaId id, std::string label, std::string detail) {
  static_cast<void>(node(id));
  nodes_[id].label = std::move(label);
  if (!detail.empty()) nodes_[id].detail = std::move(detail);
}

std::vector<FormulaId> FormulaGraph::below(std::span<const FormulaId> ids) const {
  FormulaId highest = 0;
  for (const FormulaId id : ids) {
    static_cast<void>(node(id));
    highest = std::max(highest, id);
  }
  std::vector<bool> wanted(ids.empty() ? 0 : highest + 1, false);
  for (const FormulaId id : ids) wanted[id] = true;
  for (std::size_t id = wanted.size(); id-- > 0;)
    if (wanted[id])
      for (const FormulaId argument : nodes_[id].arguments) wanted[argument] = true;
  std::vector<FormulaId> result;
  for (std::size_t id = 0; id < wanted.size(); ++id)
    if (wanted[id]) result.push_back(static_cast<FormulaId>(id));
  return result;
}

}  // namespace olivine
