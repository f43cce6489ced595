#include "account/lifecycle/value_formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "account/uncertainty/distribution_fit.h"
#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr std::size_t kDeepestParameter = 200;

// The names of units in data/defaults.csv that quantity text spells otherwise.
std::string unit_of_default(const std::string& unit) { return unit == "year" ? "y" : unit == "1" ? "" : unit; }

Result<MeasureUnit> named_unit(std::string_view text, const UnitRules& rules) {
  if (text.empty() || text == "1") return MeasureUnit{};
  return parse_measure_unit(text, rules);
}

}  // namespace

ValueFormulas::ValueFormulas(const Manifest& manifest, FormulaGraph& graph)
    : manifest_(manifest), graph_(graph), units_{manifest.currency} {
  for (const auto& [name, value] : manifest.parameters) written_.emplace(name, &value);
}

tl::unexpected<Error> ValueFormulas::refuse(const WrittenValue& written, std::string_view why) const {
  return refused_value(written, manifest_.file, why);
}

void ValueFormulas::note(QualityNote note) {
  if (std::find(quality_.begin(), quality_.end(), note) == quality_.end()) quality_.push_back(std::move(note));
}

Result<FormulaId> ValueFormulas::known(const std::string& name, const Dimension& dimension,
                                       const Distribution& distribution, Basis basis, const std::string& source,
                                       const std::string& group) {
  return graph_.input({.name = name,
                       .dimension = dimension,
                       .distribution = distribution,
                       .basis = basis,
                       .source = source,
                       .group = group,
                       .unit_shown = ""});
}

Result<FormulaId> ValueFormulas::default_of(const WantedValue& wanted, const std::string& why) {
  OLIVINE_TRY(const Default row, default_value(wanted.default_key));
  OLIVINE_TRY(const MeasureUnit unit, named_unit(unit_of_default(row.unit), units_));
  if (unit.dimension != wanted.dimension)
    return fail(ErrorKind::kInternal, fmt::format("default {} is {}", wanted.default_key, name_of(unit.dimension)));
  OLIVINE_TRY(const Distribution ranged_default, ranged(row.value, row.lower, row.upper, SignRule::kNonNegative));
  note({fmt::format("{} = {} [{}, {}]{}{}", wanted.default_key, shortest(row.value), shortest(row.lower),
                    shortest(row.upper), row.unit == "1" ? "" : " ", row.unit == "1" ? "" : row.unit),
        why + (row.from_experience ? "; the range is from experience" : ""),
        fmt::format("say your own, e.g. {}", wanted.example)});
  return known(fmt::format("default:{}", wanted.default_key), wanted.dimension, scaled(ranged_default, unit.factor),
               row.basis, row.row.text(), "defaults");
}

// What a bare number of this value counts.
Result<MeasureUnit> ValueFormulas::unit_of(const WrittenValue& written) const {
  std::string text = written.unit;
  if (const std::size_t at = text.find("currency"); at != std::string::npos) {
    if (manifest_.currency.empty())
      return refuse(written, "is money, but the manifest does not say which; write currency = \"EUR\" at its top");
    text.replace(at, 8, manifest_.currency);
  }
  auto unit = named_unit(text, units_);
  if (!unit) return refuse(written, unit.error().message);
  return unit;
}

Result<MeasuredValue> ValueFormulas::measured(const WrittenValue& written, const WrittenNumber& number,
                                              const MeasureUnit& field) const {
  if (number.number) return MeasuredValue{*number.number * field.factor, field.dimension, field};
  if (number.text.starts_with('='))
    return refuse(written, "has an expression in a range; bounds are numbers or quantities such as \"96 h\"");
  auto parsed = parse_quantity(number.text, units_);
  if (!parsed) return refuse(written, parsed.error().message);
  if (parsed->unit.text.empty()) return MeasuredValue{parsed->value * field.factor, field.dimension, field};
  return parsed;
}

Result<Distribution> ValueFormulas::distribution_of(const WrittenValue& written, SignRule sign,
                                                    MeasureUnit& unit) const {
  using Form = WrittenValue::Form;
  OLIVINE_TRY(const MeasureUnit field, unit_of(written));
  OLIVINE_TRY(const MeasuredValue value, measured(written, written.value, field));
  unit = value.unit;
  unit.dimension = value.dimension;
  if (written.form == Form::kPlain) return exactly(value.value);
  const MeasureUnit& beside =
      written.value.number ? field : value.unit;  // lower = 90 beside value = "96 h" counts hours
  const auto bound = [&](const WrittenNumber& number) -> Result<double> {
    OLIVINE_TRY(const MeasuredValue m, measured(written, number, beside));
    if (m.dimension != value.dimension)
      return refuse(written, fmt::format("has a bound in {} beside a value in {}", name_of(m.dimension),
                                         name_of(value.dimension)));
    return m.value;
  };
  if (written.deviation.given()) {
    OLIVINE_TRY(const double sigma, bound(written.deviation));
    if (sigma <= 0.0) return refuse(written, "has a standard deviation that is not above zero");
    return normal(value.value, value.value - kBoundScore * sigma, value.value + kBoundScore * sigma);
  }
  OLIVINE_TRY(const double lower, bound(written.lower));
  OLIVINE_TRY(const double upper, bound(written.upper));
  if (written.form == Form::kTriangle) return triangular(lower, value.value, upper);
  if (written.distribution == "normal") return normal(value.value, lower, upper);
  if (written.distribution == "lognormal") return lognormal(value.value, lower, upper);
  if (written.distribution == "uniform") return uniform(lower, upper);
  if (written.distribution == "triangular")
    return refuse(written, "is triangular with lower and upper; write min, mode and max");
  if (lower == upper) return exactly(value.value);
  return ranged(value.value, lower, upper, sign);
}

Result<FormulaId> ValueFormulas::expression(const WrittenValue& written, const std::string& name) {
  auto parsed = parse_expression(written.value.text, units_);
  if (!parsed) return refuse(written, parsed.error().message);
  const NameResolver resolve = [this](std::string_view wanted) -> Result<FormulaId> {
    if (written_.contains(wanted)) return parameter(wanted);
    if (results_) return results_(wanted);
    std::vector<std::string> known;
    for (const auto& [each, value] : written_) known.push_back(each);
    const std::string near = nearest(wanted, known);
    return fail(ErrorKind::kNotFound, fmt::format("\"{}\" is no parameter{}", printable(wanted.substr(0, 60)),
                                                  near.empty() ? "; [parameters] declares them"
                                                               : fmt::format("; did you mean \"{}\"?", near)));
  };
  auto id = to_formula(*parsed, graph_, resolve);
  if (!id) {
    if (id.error().message.starts_with(manifest_.file)) return id;  // of a parameter below: it names its own line
    return refuse(written, fmt::format("{}: {}", printable(written.value.text.substr(0, 120)), id.error().message));
  }
  // An alias ("= gpu_hours") keeps the name of what it names.
  if (graph_.node(*id).label.empty() && graph_.node(*id).kind != FormulaKind::kInput)
    graph_.describe(*id, name, std::string(trim(std::string_view(written.value.text).substr(1))));
  return id;
}

Result<FormulaId> ValueFormulas::plain(const WrittenValue& written, const WantedValue* wanted,
                                       const std::string& name) {
  if (written.is_expression()) return expression(written, name);
  MeasureUnit unit;
  const bool may_be_negative = wanted == nullptr || wanted->least < 0.0;
  auto distribution = distribution_of(written, may_be_negative ? SignRule::kAnySign : SignRule::kNonNegative, unit);
  if (!distribution) {
    if (distribution.error().message.starts_with(manifest_.file)) return tl::unexpected<Error>(distribution.error());
    return refuse(written, distribution.error().message);
  }
  const std::string source = written.source.empty()
                                 ? fmt::format("{}, line {}", manifest_.file, written.line)
                                 : fmt::format("{} ({}, line {})", written.source, manifest_.file, written.line);
  auto id = graph_.input({.name = written.shared.empty() ? name : written.shared,
                          .dimension = unit.dimension,
                          .distribution = *distribution,
                          .basis = written.basis.value_or(Basis::kUserStated),
                          .source = source,
                          .group = written.group.empty() ? "manifest" : written.group,
                          .unit_shown = unit.text});
  if (!id) return refuse(written, id.error().message);
  return id;
}

Result<FormulaId> ValueFormulas::parameter(std::string_view name) {
  if (const auto done = parameters_.find(name); done != parameters_.end()) return done->second;
  const auto found = written_.find(name);
  if (found == written_.end())
    return fail(ErrorKind::kNotFound, fmt::format("\"{}\" is no parameter", printable(name.substr(0, 60))));
  const WrittenValue& written = *found->second;
  const auto open = std::find(open_.begin(), open_.end(), name);
  if (open != open_.end())
    return refuse(written, fmt::format("needs itself: {} -> {}", fmt::join(open, open_.end(), " -> "), name));
  if (open_.size() >= kDeepestParameter)
    return refuse(written, fmt::format("is used through more than {} other parameters", kDeepestParameter));
  if (written.form == WrittenValue::Form::kDefault || written.form == WrittenValue::Form::kNone ||
      written.form == WrittenValue::Form::kAbsent)
    return refuse(written, "is a parameter; it needs a number, a quantity, an expression, a range or \"unknown\"");
  if (is_unit_name(name)) return refuse(written, "has the name of a unit; expressions could not tell them apart");
  open_.emplace_back(name);
  Result<FormulaId> id = FormulaId{};
  if (written.form == WrittenValue::Form::kUnknown) {
    const auto unit = unit_of(written);
    id = unit ? Result<FormulaId>(graph_.unknown(unit->dimension, fmt::format("parameter {} is not known ({}, line {})",
                                                                              name, manifest_.file, written.line)))
              : tl::unexpected<Error>(unit.error());
  } else {
    id = plain(written, nullptr, std::string(name));
  }
  open_.pop_back();
  if (id) parameters_.emplace(name, *id);
  return id;
}

Status ValueFormulas::check_dimension(const WrittenValue& written, const WantedValue& wanted, FormulaId id) const {
  const Dimension& is = graph_.node(id).dimension;
  if (is == wanted.dimension) return {};
  return refuse(written, fmt::format("is in {}, but {} is needed; write e.g. {}", name_of(is),
                                     name_of(wanted.dimension), wanted.example));
}

Status ValueFormulas::check_bounds(const WrittenValue& written, const WantedValue& wanted, FormulaId id) const {
  auto mean = evaluate_mean(graph_, id);
  if (!mean) return refuse(written, mean.error().message);
  if (!mean->value) return {};
  const double v = *mean->value;
  if (v > wanted.most || v < wanted.least || (!wanted.least_allowed && v == wanted.least)) {
    const auto shown = [&](double x) { return quantity_text(x, wanted.dimension); };
    return refuse(written,
                  fmt::format("is {}; it must be {} {}{}", shown(v), wanted.least_allowed ? "at least" : "above",
                              shown(wanted.least), wanted.most < 1e299 ? " and at most " + shown(wanted.most) : ""));
  }
  return {};
}

Result<std::optional<FormulaId>> ValueFormulas::value(const WrittenValue& written, const WantedValue& wanted,
                                                      const std::string& name) {
  using Form = WrittenValue::Form;
  if (written.form == Form::kAbsent || written.form == Form::kNone) return std::optional<FormulaId>();
  if (written.form == Form::kUnknown)
    return std::optional<FormulaId>(graph_.unknown(
        wanted.dimension,
        fmt::format("{} is stated as unknown ({}, line {})", written.what, manifest_.file, written.line)));
  if (written.form == Form::kDefault) {
    if (wanted.default_key.empty())
      return refuse(written, fmt::format("has no default; write e.g. {}", wanted.example));
    OLIVINE_TRY(const FormulaId id, default_of(wanted, fmt::format("{} is \"default\"", written.what)));
    return std::optional<FormulaId>(id);
  }
  OLIVINE_TRY(const FormulaId id, plain(written, &wanted, name));
  OLIVINE_CHECK_STATUS(check_dimension(written, wanted, id));
  OLIVINE_CHECK_STATUS(check_bounds(written, wanted, id));
  return std::optional<FormulaId>(id);
}

}  // namespace olivine
