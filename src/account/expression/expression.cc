#include "account/expression/expression.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kLongestExpression = 4096;
constexpr int kDeepest = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, const UnitRules& rules, std::size_t offset)
      : text_(text), rules_(rules), offset_(offset) {}

  Result<std::vector<ExpressionStep>> run() {
    OLIVINE_CHECK_STATUS(sum());
    skip_spaces();
    if (at_ < text_.size())
      return tl::unexpected<Error>(
          problem(text_[at_] == ')' ? "a bracket closes that was never opened" : "an operator is missing before this"));
    return std::move(steps_);
  }

 private:
  Error problem(std::string_view what) const {
    const std::string_view rest = text_.substr(at_, 20);
    return {ErrorKind::kInvalid, fmt::format("column {}: {}{}", at_ + offset_ + 1, what,
                                             rest.empty() ? "" : fmt::format(", at \"{}\"", printable(rest)))};
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void emit(ExpressionOp op, std::size_t column, std::size_t count = 0) {
    steps_.push_back({.op = op, .count = count, .column = column + offset_ + 1});
  }

  Status sum();
  Status term();
  Status unary();
  Status raised();
  Status primary();
  Status number();
  Status call(std::string_view name, std::size_t column);
  std::string_view name();

  std::string_view text_;
  const UnitRules& rules_;
  std::size_t offset_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<ExpressionStep> steps_;
};

Status ExpressionParser::sum() {
  if (++depth_ > kDeepest) return tl::unexpected<Error>(problem(fmt::format("brackets nest deeper than {}", kDeepest)));
  OLIVINE_CHECK_STATUS(term());
  while (true) {
    skip_spaces();
    const std::size_t column = at_;
    const bool plus = take('+');
    if (!plus && !take('-')) break;
    OLIVINE_CHECK_STATUS(term());
    emit(plus ? ExpressionOp::kAdd : ExpressionOp::kSubtract, column);
  }
  --depth_;
  return {};
}

Status ExpressionParser::term() {
  OLIVINE_CHECK_STATUS(unary());
  while (true) {
    skip_spaces();
    const std::size_t column = at_;
    const bool times = take('*');
    if (!times && !take('/')) return {};
    OLIVINE_CHECK_STATUS(unary());
    emit(times ? ExpressionOp::kMultiply : ExpressionOp::kDivide, column);
  }
}

Status ExpressionParser::unary() {
  skip_spaces();
  const std::size_t column = at_;
  bool negative = false;
  while (take('-')) negative = !negative;  // a loop, so that a million signs need no stack
  OLIVINE_CHECK_STATUS(raised());
  if (negative) emit(ExpressionOp::kNegate, column);
  return {};
}

Status ExpressionParser::raised() {
  OLIVINE_CHECK_STATUS(primary());
  skip_spaces();
  const std::size_t column = at_;
  if (!take('^')) return {};
  if (++depth_ > kDeepest) return tl::unexpected<Error>(problem(fmt::format("powers nest deeper than {}", kDeepest)));
  OLIVINE_CHECK_STATUS(unary());
  --depth_;
  emit(ExpressionOp::kRaise, column);
  return {};
}

Status ExpressionParser::primary() {
  skip_spaces();
  if (at_ >= text_.size()) return tl::unexpected<Error>(problem("the formula ends where a number or a name is due"));
  const std::size_t column = at_;
  const char c = text_[at_];
  if (is_digit(c) || c == '.') return number();
  if (take('(')) {
    OLIVINE_CHECK_STATUS(sum());
    if (!take(')'))
      return tl::unexpected<Error>(
          problem(fmt::format("the bracket opened at column {} is not closed", column + offset_ + 1)));
    return {};
  }
  if (!is_letter(c)) return tl::unexpected<Error>(problem("a number, a name or a bracket is due"));
  const std::string_view word = name();
  const std::size_t behind = at_;
  skip_spaces();
  if (at_ < text_.size() && text_[at_] == '(') return call(word, column);
  at_ = behind;
  steps_.push_back({.op = ExpressionOp::kName, .name = std::string(word), .column = column + offset_ + 1});
  return {};
}

std::string_view ExpressionParser::name() {
  const std::size_t begin = at_;
  bool dotted = false;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : ' ';
    const bool joins = c == '.' && (is_letter(next) || is_digit(next));
    const bool hyphen = c == '-' && dotted && (is_letter(next) || is_digit(next));
    if (!is_letter(c) && !is_digit(c) && !joins && !hyphen) break;
    dotted = dotted || joins;
    ++at_;
  }
  return text_.substr(begin, at_ - begin);
}

Status ExpressionParser::number() {
  ExpressionStep step{.op = ExpressionOp::kNumber, .column = at_ + offset_ + 1};
  std::size_t used = 0;
  const auto value = leading_number(text_.substr(at_), used);
  if (!value)
    return tl::unexpected<Error>(
        problem(value.error().kind == ErrorKind::kNotFound ? "a number is due" : value.error().message));
  step.number = *value;
  at_ += used;
  const std::size_t behind = at_;
  skip_spaces();
  const auto unit = leading_unit(text_.substr(at_), rules_, used);
  if (unit) {
    at_ += used;
    step.number *= unit->factor;
    step.dimension = unit->dimension;
    if (!std::isfinite(step.number))
      return tl::unexpected<Error>(problem("the number before this is beyond what can be computed with"));
  } else if (unit.error().kind != ErrorKind::kNotFound) {
    return tl::unexpected<Error>(problem(unit.error().message));
  } else {
    at_ = behind;
  }
  steps_.push_back(std::move(step));
  return {};
}

Status ExpressionParser::call(std::string_view name, std::size_t column) {
  const bool root = name == "sqrt", round = name == "round";
  if (!root && !round && name != "min" && name != "max") {
    at_ = column;
    return tl::unexpected<Error>(problem("unknown function: min, max, sqrt and round are known"));
  }
  take('(');
  std::size_t count = 0;
  do {
    OLIVINE_CHECK_STATUS(sum());
    ++count;
  } while (take(','));
  if (!take(')'))
    return tl::unexpected<Error>(
        problem(fmt::format("the bracket of {} at column {} is not closed", name, column + offset_ + 1)));
  if (root && count != 1) return tl::unexpected<Error>(problem("sqrt takes one argument"));
  if (round && count != 2)
    return tl::unexpected<Error>(problem("round takes what to round and a step, e.g. round(x, 0.01 kg)"));
  emit(root            ? ExpressionOp::kSquareRoot
       : round         ? ExpressionOp::kRound
       : name == "min" ? ExpressionOp::kMinimum
                       : ExpressionOp::kMaximum,
       column, count);
  return {};
}

// The stack machine that adds the formula's nodes.
class FormulaBuilder {
 public:
  FormulaBuilder(FormulaGraph& graph, const NameResolver& resolve) : graph_(graph), resolve_(resolve) {}
  Result<FormulaId> run(const Expression& expression) {
    for (const ExpressionStep& step : expression.steps)
      if (const Status done = apply(step); !done) {
        if (done.error().kind != ErrorKind::kInvalid && done.error().kind != ErrorKind::kNotFound)
          return tl::unexpected<Error>(done.error());
        return fail(done.error().kind, fmt::format("column {}: {}", step.column, done.error().message));
      }
    return stack_.back();
  }

 private:
  Status push(Result<FormulaId> id) {
    if (!id) return tl::unexpected<Error>(std::move(id).error());
    stack_.push_back(*id);
    return {};
  }
  FormulaId pop() {
    const FormulaId top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Status apply(const ExpressionStep& step);
  Status binary(ExpressionOp op);
  Status raise();
  Status round();
  Result<double> fixed(FormulaId id, std::string_view what) const;
  Status name(const std::string& name);

  FormulaGraph& graph_;
  const NameResolver& resolve_;
  std::vector<FormulaId> stack_;
};

Status FormulaBuilder::apply(const ExpressionStep& step) {
  switch (step.op) {
    case ExpressionOp::kNumber: return push(graph_.constant(step.number, step.dimension));
    case ExpressionOp::kName: return name(step.name);
    case ExpressionOp::kNegate: return push(graph_.product({graph_.constant(-1.0, kPlainNumber), pop()}));
    case ExpressionOp::kSquareRoot: return push(graph_.power(pop(), 0.5));
    case ExpressionOp::kMinimum:
    case ExpressionOp::kMaximum: {
      const auto first = stack_.end() - static_cast<std::ptrdiff_t>(step.count);
      const std::vector<FormulaId> arguments(first, stack_.end());
      stack_.erase(first, stack_.end());
      return push(step.op == ExpressionOp::kMinimum ? graph_.minimum(arguments) : graph_.maximum(arguments));
    }
    case ExpressionOp::kRaise: return raise();
    case ExpressionOp::kRound: return round();
    default: return binary(step.op);
  }
}

Status FormulaBuilder::binary(ExpressionOp op) {
  const FormulaId right = pop();
  const FormulaId left = pop();
  switch (op) {
    case ExpressionOp::kAdd: return push(graph_.sum({left, right}));
    case ExpressionOp::kSubtract: return push(graph_.difference(left, right));
    case ExpressionOp::kMultiply: return push(graph_.product({left, right}));
    default: return push(graph_.quotient(left, right));
  }
}

Status FormulaBuilder::raise() {
  const FormulaId exponent = pop();
  const FormulaId base = pop();
  if (graph_.node(exponent).dimension != kPlainNumber)
    return fail(ErrorKind::kInvalid, "an exponent must be a plain number without a range");
  OLIVINE_TRY(const double value, fixed(exponent, "an exponent must be a plain number without a range"));
  return push(graph_.power(base, value));
}

Status FormulaBuilder::round() {
  const FormulaId step = pop();
  const FormulaId what = pop();
  OLIVINE_TRY(const FormulaId checked, graph_.minimum(std::array{what, step}));  // one dimension, or its error
  static_cast<void>(checked);
  OLIVINE_TRY(const double value, fixed(step, "a step of rounding must be a number without a range"));
  return push(graph_.rounded(what, value));
}

// The value of what no input can move.
Result<double> FormulaBuilder::fixed(FormulaId id, std::string_view what) const {
  const std::vector<FormulaId> below = graph_.below(std::array{id});
  const bool varies = std::any_of(below.begin(), below.end(), [&](FormulaId each) {
    return graph_.node(each).kind == FormulaKind::kInput || graph_.node(each).kind == FormulaKind::kUnknown;
  });
  if (varies) return fail(ErrorKind::kInvalid, std::string(what));
  OLIVINE_TRY(const FormulaValue value, evaluate_mean(graph_, id));
  return *value.value;
}

Status FormulaBuilder::name(const std::string& name) {
  auto found = resolve_(name);
  if (found || found.error().kind != ErrorKind::kNotFound) return push(std::move(found));
  if (is_unit_name(name)) {
    // Currencies alone are left out: which one counts is known where the text is parsed only.
    if (const auto unit = parse_measure_unit(name, {}); unit)
      return push(graph_.constant(unit->factor, unit->dimension));
  }
  return push(std::move(found));
}

}  // namespace

std::vector<std::string> Expression::names() const {
  std::vector<std::string> found;
  for (const ExpressionStep& step : steps)
    if (step.op == ExpressionOp::kName && std::find(found.begin(), found.end(), step.name) == found.end())
      found.push_back(step.name);
  return found;
}

Result<Expression> parse_expression(std::string_view text, const UnitRules& rules) {
  if (text.size() > kLongestExpression)
    return fail(ErrorKind::kInvalid,
                fmt::format("a formula of {} characters: at most {}", text.size(), kLongestExpression));
  std::size_t begin = 0;
  while (begin < text.size() && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
  if (begin < text.size() && text[begin] == '=') ++begin;
  OLIVINE_TRY(std::vector<ExpressionStep> steps, ExpressionParser(text.substr(begin), rules, begin).run());
  return Expression{std::string(text), std::move(steps)};
}

Result<FormulaId> to_formula(const Expression& expression, FormulaGraph& graph, const NameResolver& resolve) {
  if (expression.steps.empty()) return fail(ErrorKind::kInvalid, "a formula without content");
  return FormulaBuilder(graph, resolve).run(expression);
}

}  // namespace olivine
