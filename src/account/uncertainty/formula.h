// FormulaGraph: an account as formulas over named uncertain inputs.
//
// Nodes are added bottom-up, so the graph has no cycle and ids ascend. An input is known by its name: asked for again with the
// same definition it is the same node, hence the same draw everywhere; with another definition it is an error, because one of the
// two is wrong. Dimensions are checked as nodes are added. A node may carry a label and a detail for `--explain`.
//
// Unknown is a node of its own and never zero: a sum with an unknown part is unknown, with the known parts as its lower bound
// (an unknown quantity of an account is at least 0).
//
//   FormulaGraph g;
//   auto e = *g.input({.name = "energy", .dimension = kEnergyDimension, .distribution = *normal(3.6e8, 3.24e8, 3.96e8)});
//   auto i = *g.input({.name = "intensity:FR", .dimension = kIntensityDimension, .distribution = ...});
//   auto carbon = *g.product({e, i});
//   evaluate_mean(g, carbon); first_order(g, carbon); monte_carlo(g, {carbon}, {.samples = 100'000, .seed = 1});
//
// Units: coherent (dimension.h). Errors: kInvalid, one line: "cannot add kWh to kg", two definitions of one input. An id of
// another graph is a bug: std::logic_error. Threads: one writer, then any readers. Lifetime: nodes live as long as the graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "account/uncertainty/dimension.h"
#include "account/uncertainty/distribution.h"
#include "provenance/basis.h"

namespace olivine {

using FormulaId = std::uint32_t;

struct UncertainInput {
  std::string name{};
  Dimension dimension{};
  Distribution distribution{};  // in coherent units
  Basis basis = Basis::kAssumed;
  std::string source{};
  std::string group{};       // for the budget: "grid", "hardware", ...
  std::string unit_shown{};  // "" for the display unit of its dimension
  bool operator==(const UncertainInput&) const = default;
};

enum class FormulaKind {
  kConstant,
  kInput,
  kUnknown,
  kSum,
  kDifference,
  kProduct,
  kQuotient,
  kPower,
  kMinimum,
  kMaximum,
  kRounded
};
std::string_view name_of(FormulaKind kind);  // "constant", "sum", ...

struct FormulaNode {
  FormulaKind kind = FormulaKind::kConstant;
  Dimension dimension{};
  double number = 0.0;    // the constant, the exponent, or the step of a rounding
  std::size_t input = 0;  // place in inputs() of a kInput
  std::vector<FormulaId> arguments{};
  std::string label{};   // "energy of training"
  std::string detail{};  // the formula in words, the source's row, or why it is unknown
};

class FormulaGraph {
 public:
  FormulaId constant(double value, const Dimension& dimension);
  Result<FormulaId> input(UncertainInput definition);
  FormulaId unknown(const Dimension& dimension, std::string why);
  Result<FormulaId> sum(std::span<const FormulaId> terms);  // at least one
  Result<FormulaId> sum(std::initializer_list<FormulaId> terms) { return sum(std::span(terms.begin(), terms.size())); }
  Result<FormulaId> difference(FormulaId a, FormulaId b);
  Result<FormulaId> product(std::span<const FormulaId> factors);
  Result<FormulaId> product(std::initializer_list<FormulaId> factors) {
    return product(std::span(factors.begin(), factors.size()));
  }
  Result<FormulaId> quotient(FormulaId a, FormulaId b);
  Result<FormulaId> power(FormulaId a, double exponent);  // 0.5 is the square root
  Result<FormulaId> minimum(std::span<const FormulaId> terms);
  Result<FormulaId> maximum(std::span<const FormulaId> terms);
  // To the nearest multiple of a step above zero, halves away from zero: what calculators do that round at every step.
  Result<FormulaId> rounded(FormulaId a, double step);
  void describe(FormulaId id, std::string label, std::string detail = "");

  const FormulaNode& node(FormulaId id) const;
  std::size_t size() const { return nodes_.size(); }
  std::span<const UncertainInput> inputs() const { return inputs_; }
  // What `ids` rest on, ascending (themselves included).
  std::vector<FormulaId> below(std::span<const FormulaId> ids) const;

 private:
  FormulaId add(FormulaNode node);
  Result<FormulaId> like(FormulaKind kind, std::span<const FormulaId> terms, std::string_view verb);

  std::vector<FormulaNode> nodes_;
  std::vector<UncertainInput> inputs_;
  std::unordered_map<std::string, FormulaId> input_nodes_;
};

// A value, or a lower bound where a part is unknown; neither where not even a bound is known.
struct FormulaValue {
  std::optional<double> value;
  std::optional<double> lower_bound;
  bool operator==(const FormulaValue&) const = default;
};

// With every input at its mean. kInvalid names the node when a number is not finite (a division by zero, an overflow).
Result<FormulaValue> evaluate_mean(const FormulaGraph& graph, FormulaId id);
// All nodes at once, by id.
Result<std::vector<FormulaValue>> evaluate_means(const FormulaGraph& graph);

}  // namespace olivine
