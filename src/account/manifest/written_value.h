// WrittenValue: one quantity of a manifest as somebody wrote it, not yet computed. Every field of a manifest takes every form:
//
//   96                                     a number, in the field's own unit (hours = h, energy = kWh, ...)
//   "96 h"                                 with its unit
//   "= 91 kW * gpu_hours / gpus"           an expression over parameters
//   "unknown"                              known to exist, not how much: null in the answer, with what is known as lower bound
//   "none"                                 does not apply (pue of a desktop): left out on purpose
//   "default"                              the value of METHODS' table of defaults, with its range, listed in quality
//   {value = 57, lower = 50, upper = 66, unit = "g/kWh", shared = "grid", source = "RTE 2022"}    a 95 % range
//   {min = 1, mode = 2, max = 4, unit = "h"}                                                        a triangle
//   {value = "57 g/kWh", standard_deviation = "3 g/kWh", distribution = "normal"}
//
// `shared` names an input: the same name is the same draw wherever it stands. Without it, a value with a range is an input of its
// own, named after where it stands.
//
// Units: texts carry them. Errors: kInvalid, "file:line: activity "training": energy: ...". Threads: values. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "account/manifest/document.h"
#include "base/result.h"
#include "provenance/basis.h"

namespace olivine {

// A number or a text with a unit; or nothing.
struct WrittenNumber {
  std::optional<double> number;
  std::string text;
  bool given() const { return number.has_value() || !text.empty(); }
};

struct WrittenValue {
  enum class Form { kAbsent, kUnknown, kNone, kDefault, kPlain, kRange, kTriangle };
  Form form = Form::kAbsent;
  WrittenNumber value, lower, upper;  // of a triangle: mode, least, greatest
  WrittenNumber deviation;            // standard deviation, in place of lower and upper
  std::string unit;                   // of bare numbers; "" is the field's own
  std::string
      distribution;  // "exact", "normal", "lognormal", "triangular", "uniform", "skewed"; "" chooses by the bounds
  std::string shared, source, group;
  std::optional<Basis> basis;
  std::size_t line = 0;
  std::string what;  // "activity "training": energy", for errors and names

  bool absent() const { return form == Form::kAbsent; }
  bool is_expression() const { return form == Form::kPlain && value.text.starts_with('='); }
};

// Reads any form. `field_unit` is what a bare number counts.
Result<WrittenValue> written_value(const ManifestNode& node, std::string_view field_unit, std::string what,
                                   const std::string& file);
// "file:line: what: why"
tl::unexpected<Error> refused_value(const WrittenValue& value, const std::string& file, std::string_view why);

// A key of a manifest's table, with its help; the JSON Schema and the documentation are checked against these.
struct ManifestKey {
  std::string_view name;
  std::string_view unit;  // of a bare number; "" for what is no quantity
  std::string_view help;
};

}  // namespace olivine
