// ValueFormulas: written values and parameters become formulas over named inputs.
//
// A plain value is an input that is exact; one with a range is drawn by its name: `shared` where the manifest says so, else the place
// where it stands (activity.training.power), so that one value used twice is one draw. "default" is METHODS' default with its range,
// the same draw everywhere, and is listed in `quality`. Expressions name parameters (in any order; a circle is an error that lists
// it) and, where the caller gives a resolver, results.
//
// Units: coherent in the graph. Errors: kInvalid, "file:line: what: why": another dimension than wanted, a value out of bounds.
// Threads: one. Lifetime: manifest and graph outlive it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "account/expression/expression.h"
#include "account/manifest/manifest.h"
#include "account/uncertainty/formula.h"

namespace olivine {

struct WantedValue {
  Dimension dimension;
  std::string_view default_key;  // row of data/defaults.csv for "default"; "" when there is none
  std::string_view example;      // what to write: "400 W"
  double least = 0.0;
  double most = 1e300;        // coherent
  bool least_allowed = true;  // false: must be above `least`
};

struct QualityNote {
  std::string what, why, fix;
  bool operator==(const QualityNote&) const = default;
};

class ValueFormulas {
 public:
  ValueFormulas(const Manifest& manifest, FormulaGraph& graph);

  // Nothing for a value that is absent or "none".
  Result<std::optional<FormulaId>> value(const WrittenValue& written, const WantedValue& wanted,
                                         const std::string& name);
  // Of METHODS' table, as if the manifest had said "default".
  Result<FormulaId> default_of(const WantedValue& wanted, const std::string& why);
  Result<FormulaId> parameter(std::string_view name);
  Result<FormulaId> expression(const WrittenValue& written, const std::string& name);

  // Names that are no parameters, e.g. activity.training.energy.
  void set_results(NameResolver results) { results_ = std::move(results); }
  const std::vector<QualityNote>& quality() const { return quality_; }
  void note(QualityNote note);
  // An input that is no written value: a catalogue's row, an intensity.
  Result<FormulaId> known(const std::string& name, const Dimension& dimension, const Distribution& distribution,
                          Basis basis, const std::string& source, const std::string& group);
  const UnitRules& units() const { return units_; }
  const Manifest& manifest() const { return manifest_; }

 private:
  tl::unexpected<Error> refuse(const WrittenValue& written, std::string_view why) const;
  Result<MeasureUnit> unit_of(const WrittenValue& written) const;
  Result<MeasuredValue> measured(const WrittenValue& written, const WrittenNumber& number,
                                 const MeasureUnit& field) const;
  Result<FormulaId> plain(const WrittenValue& written, const WantedValue* wanted, const std::string& name);
  Result<Distribution> distribution_of(const WrittenValue& written, SignRule sign, MeasureUnit& unit) const;
  Status check_dimension(const WrittenValue& written, const WantedValue& wanted, FormulaId id) const;
  Status check_bounds(const WrittenValue& written, const WantedValue& wanted, FormulaId id) const;

  const Manifest& manifest_;
  FormulaGraph& graph_;
  UnitRules units_;
  NameResolver results_;
  std::map<std::string, const WrittenValue*, std::less<>> written_;  // parameters by name
  std::map<std::string, FormulaId, std::less<>> parameters_;         // done
  std::vector<std::string> open_;                                    // parameters in work: a circle shows here
  std::vector<QualityNote> quality_;
};

}  // namespace olivine
