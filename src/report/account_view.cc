#include "report/account_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "account/lifecycle/explain_formula.h"
#include "base/text.h"
#include "report/figure_text.h"

namespace olivine {
namespace {

struct Scale {
  const char* text;
  double coherent;
};
constexpr std::array<Scale, 6> kEnergy{
    {{"J", 1.0}, {"Wh", 3.6e3}, {"kWh", 3.6e6}, {"MWh", 3.6e9}, {"GWh", 3.6e12}, {"TWh", 3.6e15}}};
constexpr std::array<Scale, 5> kCarbon{{{"mg", 1e-3}, {"g", 1.0}, {"kg", 1e3}, {"t", 1e6}, {"kt", 1e9}}};
constexpr std::array<Scale, 4> kWater{{{"mL", 1e-3}, {"L", 1.0}, {"m3", 1e3}, {"ML", 1e6}}};

template <std::size_t N>
ScaledUnit fitting(const std::array<Scale, N>& scales, double coherent, double factor) {
  const Scale* best = scales.data();
  for (const Scale& s : scales)
    if (std::abs(coherent) >= s.coherent * 0.9995) best = &s;
  return {best->text, factor / best->coherent};
}

}  // namespace

ScaledUnit scaled_unit(const AccountFigure& f) {
  const double shown = f.value.value_or(f.at_least.value_or(0.0)), coherent = shown * f.factor;
  const bool chosen_by_us = f.unit == "kWh" || f.unit == "kg" || f.unit == "L" || f.unit == "g" || f.unit == "Wh";
  if (!chosen_by_us || coherent == 0.0) return {f.unit, 1.0};
  if (f.dimension == kEnergyDimension) return fitting(kEnergy, coherent, f.factor);
  if (f.dimension == kCarbonDimension) return fitting(kCarbon, coherent, f.factor);
  if (f.dimension == kWaterDimension) return fitting(kWater, coherent, f.factor);
  return {f.unit, 1.0};
}

std::string number_in(const AccountFigure& f, double value, const ScaledUnit& unit) {
  const bool exact = f.lower && f.upper && *f.lower == *f.upper;
  return significant(value * unit.per_figure_unit, exact ? 4 : 3);
}

std::string amount_text(const AccountFigure& f) {
  const ScaledUnit unit = scaled_unit(f);
  const std::string tail = unit.text.empty() ? "" : " " + unit.text;
  if (f.value) return number_in(f, *f.value, unit) + tail;
  if (f.at_least && *f.at_least > 0.0)
    return fmt::format("unknown (at least {}{})", number_in(f, *f.at_least, unit), tail);
  return "unknown";
}

std::string in_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string amount_range_text(const AccountFigure& f) {
  if (!f.value || !f.lower || !f.upper || *f.lower == *f.upper) return "";
  const ScaledUnit unit = scaled_unit(f);
  return fmt::format("{} .. {}", number_in(f, *f.lower, unit), number_in(f, *f.upper, unit));
}

const AccountFigure* account_figure(const Account& account, std::string_view prefix, std::string_view term) {
  return account.find(fmt::format("{}.{}", prefix, term));
}

std::string intensity_line(const AccountActivity& a) {
  std::string text = a.zone.empty() ? std::string() : a.zone + ": ";
  text += a.intensity_method.empty() ? "no energy" : a.intensity_method;
  if (!a.dataset.empty()) text += " " + a.dataset.substr(0, 12);
  if (!a.intensity_method.empty() && a.boundary != "unknown") text += ", " + a.boundary;
  if (!a.dataset.empty() && a.coverage < 1.0) text += fmt::format(", {:.1f} % covered", 100.0 * a.coverage);
  return text;
}

Result<std::string> explain_account(const Account& account, std::string_view figure, const TextStyle& style) {
  const std::string wanted =
      figure.find('.') == std::string_view::npos ? fmt::format("total.{}", figure) : std::string(figure);
  const AccountFigure* found = account.find(wanted);
  if (found == nullptr) found = account.find(fmt::format("figure.{}", figure));
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const AccountFigure& f : account.figures) known.push_back(f.id);
    const std::string near = nearest(wanted, known);
    return fail(ErrorKind::kNotFound, fmt::format("there is no figure \"{}\"{}", printable(figure.substr(0, 80)),
                                                  near.empty() ? "; e.g. total.carbon, or those of --json"
                                                               : fmt::format("; did you mean \"{}\"?", near)));
  }
  ProvenanceGraph graph;
  OLIVINE_TRY(const ProvenanceId root, provenance_of(*account.graph, found->formula, graph));
  const std::string range = amount_range_text(*found);
  return fmt::format("{} = {}{}\n", found->id, amount_text(*found),
                     range.empty() ? "" : fmt::format(" ({}, 95 %)", range)) +
         graph.explain(root, style.ascii);
}

}  // namespace olivine
