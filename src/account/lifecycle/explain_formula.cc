#include "account/lifecycle/explain_formula.h"

#include <fmt/format.h>

#include "account/expression/quantity_text.h"

namespace olivine {
namespace {

// What kind of thing an input is, by how it is known.
std::string_view kind_of(Basis basis) {
  switch (basis) {
    case Basis::kMeasured:
    case Basis::kDerived: return "raw readings";
    case Basis::kModelled: return "model";
    case Basis::kReference: return "factor row";
    case Basis::kUserStated: return "setting";
    case Basis::kAssumed: return "default";
  }
  return "";
}

std::string value_of(const FormulaValue& value, const Dimension& dimension) {
  if (value.value) return quantity_text(*value.value, dimension);
  if (value.lower_bound && *value.lower_bound != 0.0)
    return fmt::format("unknown (at least {})", quantity_text(*value.lower_bound, dimension));
  return "unknown";
}

ProvenanceNode node_of_input(const UncertainInput& input) {
  const Distribution& d = input.distribution;
  // In the unit that it was written in, where there is one.
  const auto written =
      input.unit_shown.empty() ? Result<MeasureUnit>(MeasureUnit{}) : parse_measure_unit(input.unit_shown, {});
  const bool as_written = written && !written->text.empty();
  const auto text = [&](double x) {
    return as_written ? fmt::format("{:.6g} {}", x / written->factor, written->text)
                      : quantity_text(x, input.dimension);
  };
  std::string value = text(d.mean);
  if (!d.is_exact()) value += fmt::format(" ({} .. {}, {})", text(d.lower), text(d.upper), name_of(d.kind));
  return {std::string(kind_of(input.basis)), input.name, std::move(value), input.source, {}, input.basis};
}

}  // namespace

Result<ProvenanceId> provenance_of(const FormulaGraph& graph, FormulaId id, ProvenanceGraph& out) {
  OLIVINE_TRY(const std::vector<FormulaValue> values, evaluate_means(graph));
  const FormulaId roots[] = {id};
  std::vector<ProvenanceId> made(graph.size());
  std::vector<Basis> basis(graph.size(), Basis::kMeasured);
  for (const FormulaId each : graph.below(roots)) {
    const FormulaNode& node = graph.node(each);
    if (node.kind == FormulaKind::kInput) {
      const UncertainInput& input = graph.inputs()[node.input];
      basis[each] = input.basis;
      made[each] = out.add(node_of_input(input));
      continue;
    }
    ProvenanceNode shown{std::string(name_of(node.kind)),
                         node.label.empty() ? std::string(name_of(node.kind)) : node.label,
                         value_of(values[each], node.dimension),
                         node.detail,
                         {},
                         Basis::kMeasured};
    if (node.kind == FormulaKind::kUnknown) {
      shown.name = "not known";
      basis[each] = Basis::kAssumed;
    }
    for (const FormulaId argument : node.arguments) {
      basis[each] = weakest(basis[each], basis[argument]);
      shown.inputs.push_back(made[argument]);
    }
    shown.basis = basis[each];
    made[each] = out.add(std::move(shown));
  }
  return made[id];
}

}  // namespace olivine
