// An account as people and programs read it: text for terminals, JSON (olivine.account/1), a page of HTML that needs nothing else, and
// the tree behind a figure. Renderers compute nothing.
//
// Amounts are in the unit that suits their size, with the 95 % range of Monte Carlo in the same unit: "24.7 t (22.1 .. 27.5)". What is
// not known reads "unknown (at least 0.12 kWh)", never 0.
//
// Units: as shown. Errors: explain_account says kNotFound with the nearest figure. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/lifecycle/account.h"
#include "report/render.h"

namespace olivine {

std::string render_account(const Account& account, const TextStyle& style);
std::string render_account_json(const Account& account);
std::string render_account_html(const Account& account);
// The formula behind a figure down to its sources; "carbon" is short for total.carbon.
Result<std::string> explain_account(const Account& account, std::string_view figure, const TextStyle& style);

// An amount in one unit, chosen by its size.
struct ScaledUnit {
  std::string text;
  double per_figure_unit = 1.0;  // of these in one of the figure's unit
};
ScaledUnit scaled_unit(const AccountFigure& figure);
std::string amount_text(const AccountFigure& figure);        // "24.7 t", "unknown (at least 3 kg)"
std::string amount_range_text(const AccountFigure& figure);  // "22.1 .. 27.5"; "" without a range
std::string number_in(const AccountFigure& figure, double value, const ScaledUnit& unit);
std::string in_words(std::string_view name);  // "user stated" of user_stated
// "energy", "operational", ... of a prefix ("total", "phase.training"); null when there is none.
const AccountFigure* account_figure(const Account& account, std::string_view prefix, std::string_view term);
// "training (2022-03-11 .. 2022-07-07, FR)": where an intensity came from, for the table of activities.
std::string intensity_line(const AccountActivity& activity);

}  // namespace olivine
