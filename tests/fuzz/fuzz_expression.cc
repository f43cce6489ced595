// Fuzzes the account's formulas and quantities: any text gives a formula or an error of one printable line; what is taken can be
// evaluated, moved and drawn, and gives finite numbers or an error again.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "account/expression/expression.h"
#include "account/uncertainty/monte_carlo.h"
#include "account/uncertainty/tornado.h"
#include "base/text.h"

namespace {

using namespace olivine;

void check_error(const Error& error) {
  if (error.message.empty() || error.message.size() > 2000 || error.message != printable(error.message)) std::abort();
}

Result<FormulaId> named(FormulaGraph& graph, std::string_view name) {
  if (name == "u") return graph.unknown(kEnergyDimension, "fuzz");
  if (name == "e")
    return graph.input(
        {.name = "e", .dimension = kEnergyDimension, .distribution = *ranged(5, 2, 9, SignRule::kNonNegative)});
  if (name == "n") return graph.input({.name = "n", .distribution = *normal(1, -1, 3)});
  return fail(ErrorKind::kNotFound, "no such name");
}

void evaluate(std::string_view text) {
  const auto expression = parse_expression(text, {.currency = "EUR"});
  if (!expression) return check_error(expression.error());
  FormulaGraph graph;
  const auto id = to_formula(*expression, graph, [&](std::string_view name) { return named(graph, name); });
  if (!id) return check_error(id.error());
  const auto value = evaluate_mean(graph, *id);
  if (!value) return check_error(value.error());
  if (value->value && !std::isfinite(*value->value)) std::abort();
  const auto bars = tornado(graph, *id);
  if (!bars) check_error(bars.error());
  const auto figures = monte_carlo(graph, std::array{*id}, {.samples = 50});
  if (!figures) return check_error(figures.error());
  if (!std::isfinite(figures->front().lower) || figures->front().lower > figures->front().upper) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto quantity = parse_quantity(text, {.currency = "EUR"});
  if (!quantity) check_error(quantity.error());
  if (quantity && !std::isfinite(quantity->value)) std::abort();
  evaluate(text);
  return 0;
}
