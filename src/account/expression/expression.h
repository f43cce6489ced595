// Expressions of the manifest: "= 91 kW * gpu_hours / gpus".
//
// Numbers may carry a unit without spaces in it ("57 g/kWh"), which binds closer than any operator: x / 2 kWh divides by 2 kWh.
// Operators + - * / ^ with the usual precedence (unary minus binds looser than ^, tighter than *), brackets, and the functions
// min(a, b, ...), max(a, b, ...), sqrt(a), round(a, step). Names may have dots, digits, '_' and '-' between letters inside a dotted part
// ("activity.pre-training.energy" is one name: subtraction wants a space). A unit's name alone is one of that unit.
//
//   expr     = term { ("+" | "-") term }          power   = primary [ "^" unary ]
//   term     = unary { ("*" | "/") unary }        primary = number [unit] | name | name "(" expr {"," expr} ")" | "(" expr ")"
//   unary    = "-" unary | power
//
// Units: coherent (dimension.h). Errors: kInvalid, one line with the column: nesting beyond 64, more than 4,096 characters, numbers
// that are not finite, an exponent that is no plain number. Names are resolved by the caller, who sees cycles.
// Threads: pure. Lifetime: an Expression owns its text.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "account/expression/quantity_text.h"
#include "account/uncertainty/formula.h"

namespace olivine {

enum class ExpressionOp {
  kNumber,
  kName,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRaise,
  kNegate,
  kMinimum,
  kMaximum,
  kSquareRoot,
  kRound
};

struct ExpressionStep {
  ExpressionOp op = ExpressionOp::kNumber;
  double number = 0.0;     // coherent
  Dimension dimension{};   // of a number
  std::string name{};      // of a kName
  std::size_t count = 0;   // arguments of min and max
  std::size_t column = 0;  // from 1
};

// Postfix: evaluated from left to right with a stack.
struct Expression {
  std::string text;
  std::vector<ExpressionStep> steps;
  std::vector<std::string> names() const;  // each once, in order of appearance
};

// With or without the leading "=".
Result<Expression> parse_expression(std::string_view text, const UnitRules& rules);

// What a name stands for; kNotFound when nothing, any other error ends the work.
using NameResolver = std::function<Result<FormulaId>(std::string_view name)>;
Result<FormulaId> to_formula(const Expression& expression, FormulaGraph& graph, const NameResolver& resolve);

}  // namespace olivine
