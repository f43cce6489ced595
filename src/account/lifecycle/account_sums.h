// Sums of an account: what activities, phases, models, projects, waste, hardware and functional units amount to, as named formulas;
// and the manifest's own figures over them. Internal to lifecycle/.
//
// Units: coherent. Errors: kInvalid for a figure that names nothing or needs itself. Threads: one. Lifetime: of the context.
#pragma once

#include "account/lifecycle/activity_work.h"

namespace olivine {

struct NamedFormula {
  std::string id, label;
  FormulaId formula = 0;
  std::string unit;    // "" chooses by the dimension
  bool group = false;  // a sum over activities
};

class AccountSums {
 public:
  AccountSums(AccountContext& context, const std::vector<ActivityWork>& works,
              const std::map<std::string, TermMap>& hardware);
  Status build();
  const std::vector<NamedFormula>& formulas() const { return formulas_; }
  std::vector<std::string> phases, models, projects;

 private:
  using Terms = std::map<std::string, std::vector<FormulaId>>;
  Status activities();
  Status groups();
  Status group(const std::string& prefix, const std::string& label, const std::vector<const ActivityWork*>& members);
  Status total();
  Status units();
  Status own_figures();
  Status add_terms(const std::string& prefix, const std::string& label, Terms terms, bool group);
  Result<FormulaId> resolve(std::string_view name);
  Result<FormulaId> own_figure(const ManifestFigure& figure);
  void add(NamedFormula formula);

  AccountContext& c_;
  const std::vector<ActivityWork>& works_;
  const std::map<std::string, TermMap>& hardware_;
  std::vector<NamedFormula> formulas_;
  std::map<std::string, FormulaId, std::less<>> by_name_;
  std::vector<std::string> open_;
};

// "operational carbon" for "operational".
std::string label_of_term(std::string_view term);
// The unit in which a term is shown: "kWh", "kg", "L", "h", the currency.
std::string unit_of_dimension(const Dimension& dimension, const std::string& currency);

}  // namespace olivine
