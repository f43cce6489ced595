#include "apps/cli/breakeven_render.h"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "account/impacts.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"
#include "units/quantity.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kYear = kHoursPerYear * 3600.0;

std::string time_text(double time_s) {
  if (time_s < 86'400.0) return format_number(time_s / 3600.0) + " h";
  if (time_s < kYear / 2.0) return format_number(time_s / 86'400.0) + " d";
  return format_number(time_s / kYear) + " y";
}

std::string range_text(const PayBack& p) {
  if (p.lower_s && p.upper_s && *p.upper_s - *p.lower_s < 1e-9 * *p.upper_s) return "";  // nothing is uncertain
  if (!p.lower_s) return p.kind == PayBackKind::kNever ? "" : " (95 %: never)";
  return fmt::format(" (95 %: {} .. {})", time_text(*p.lower_s), p.upper_s ? time_text(*p.upper_s) : "never");
}

std::string pay_back_text(const PayBack& p) {
  switch (p.kind) {
    case PayBackKind::kAt: return "after " + time_text(p.time_s) + range_text(p);
    case PayBackKind::kNever: return p.lower_s ? "never" + range_text(p) : "never";
    case PayBackKind::kAtOnce: return "the new one is better from the first day";
    case PayBackKind::kOnlyUntil: return "the new one is better only until " + time_text(p.time_s) + range_text(p);
  }
  return "";
}

std::string amount_text(double coherent, const Dimension& dimension) { return quantity_text(coherent, dimension); }

// "pays back": the plain verdict.
std::string verdict_text(const ChoiceOutcome& o) {
  const double share = o.pays_back_within_life;
  if (o.break_even.kind == PayBackKind::kNever && share < 0.025) return "no: it never pays back";
  if (share >= 0.975) return "yes: it pays back within its life";
  if (share <= 0.025) return "no: not within its life";
  return fmt::format("uncertain: within its life in {:.0f} % of the draws", 100.0 * share);
}

std::string medium_text(const ChoiceOutcome& o, const Dimension& dimension, std::string_view name,
                        const TextStyle& style) {
  std::string text;
  const auto line = [&](std::string_view key, const std::string& words) {
    text += label(key, style) + wrapped(safe(words, style), kLabelWidth, style) + "\n";
  };
  if (!o.unknown.empty()) {
    line(name, "unknown: " + o.unknown);
    return text;
  }
  line(name, verdict_text(o));
  line("", "break-even " + pay_back_text(o.break_even));
  if (o.indifference)
    line("", "indifference " + pay_back_text(*o.indifference) + ", if the old one had to be bought too");
  const bool saves = o.life_saving >= 0.0;
  const MonteCarloFigure& range = o.life_saving_range;
  const std::string bounds =
      range.upper - range.lower <= 1e-9 * std::abs(o.life_saving)
          ? ""
          : fmt::format(" [{} .. {}]", amount_text(saves ? range.lower : -range.upper, dimension),
                        amount_text(saves ? range.upper : -range.lower, dimension));
  line("", fmt::format("over its life it {} {}{}, {} to make it included", saves ? "saves" : "costs",
                       amount_text(std::abs(o.life_saving), dimension), bounds, amount_text(o.investment, dimension)));
  return text;
}

std::string tornado_text(const ChoiceOutcome& o, const FormulaGraph& graph, const Dimension& dimension,
                         const TextStyle& style) {
  TextTable table({{"what matters most"},
                   {"from", 14, true},
                   {"to", 14, true},
                   {"saving from", 14, true},
                   {"to", 14, true},
                   {"variance", 10, true}});
  for (const TornadoBar& bar : o.tornado) {
    const UncertainInput& input = graph.inputs()[bar.input];
    double share = 0.0;
    for (const BudgetLine& line : o.budget)
      if (line.input == bar.input) share = line.variance_share;
    const auto shown = [&](double v) {
      const bool years = input.dimension == kTimeDimension;
      return years ? format_number(v / kYear) + " y" : quantity_text(v, input.dimension);
    };
    table.add({bar.name, shown(input.distribution.drawn_lower), shown(input.distribution.drawn_upper),
               amount_text(bar.at_lower, dimension), amount_text(bar.at_upper, dimension),
               fmt::format("{:.0f} %", 100.0 * share)});
  }
  return o.tornado.empty() ? "" : "\n" + table.render(style);
}

Json optional_years(const std::optional<double>& time_s) { return time_s ? Json(*time_s / kYear) : Json(nullptr); }

Json pay_back_json(const PayBack& p) {
  constexpr std::array<const char*, 4> kNames{"at", "never", "at_once", "only_until"};
  const bool has_time = p.kind == PayBackKind::kAt || p.kind == PayBackKind::kOnlyUntil;
  return {{"kind", kNames[static_cast<std::size_t>(p.kind)]},
          {"years", has_time ? Json(p.time_s / kYear) : Json(nullptr)},
          {"lower_years", optional_years(p.lower_s)},
          {"upper_years", optional_years(p.upper_s)}};
}

// `unit` coherent units in one of the unit that the keys name.
Json outcome_json(const ChoiceOutcome& o, const FormulaGraph& graph, double unit) {
  if (!o.unknown.empty()) return {{"known", false}, {"reason", o.unknown}};
  Json j{{"known", true},
         {"break_even", pay_back_json(o.break_even)},
         {"indifference", o.indifference ? pay_back_json(*o.indifference) : Json(nullptr)},
         {"saved_per_year", o.saved_rate * kYear / unit},
         {"manufacture", o.investment / unit},
         {"pays_back_within_life", o.pays_back_within_life},
         {"life_saving",
          {{"value", o.life_saving / unit},
           {"lower", o.life_saving_range.lower / unit},
           {"upper", o.life_saving_range.upper / unit}}}};
  j["tornado"] = Json::array();
  for (const TornadoBar& bar : o.tornado)
    j["tornado"].push_back({{"input", bar.name}, {"at_lower", bar.at_lower / unit}, {"at_upper", bar.at_upper / unit}});
  j["budget"] = Json::array();
  for (const BudgetLine& line : o.budget) {
    const UncertainInput& input = graph.inputs()[line.input];
    j["budget"].push_back({{"input", line.name},
                           {"distribution", std::string(name_of(input.distribution.kind))},
                           {"source", input.source},
                           {"group", input.group},
                           {"basis", std::string(name_of(input.basis))},
                           {"variance_share", line.variance_share}});
  }
  return j;
}

Json choice_json(const HardwareChoice& choice, double power_w) {
  return {{"name", choice.name}, {"count", choice.count}, {"mean_power_w", power_w}};
}

}  // namespace

HeatMap heat_map_of(const AskedBreakEven& asked, const PayBackMap& map) {
  HeatMap chart;
  chart.title =
      fmt::format("Carbon pay-back of {} over {}", asked.question.new_choice.name, asked.question.old_choice.name);
  chart.unit = "years";
  chart.gap_name = "never, or too slow for the work";
  chart.column_title = "share of the time that the old one works, %";
  chart.row_title = map.axis == MapAxis::kSleep ? "asleep, %" : "g CO2e/kWh";
  for (const double a : map.activities) chart.columns.push_back(fmt::format("{:.0f}", 100.0 * a));
  for (const double r : map.rows)
    chart.rows.push_back(fmt::format("{:.0f}", map.axis == MapAxis::kSleep ? 100.0 * r : r));
  // Beyond 20 years no hardware serves: one colour, so that the first years stay apart.
  for (const auto& years : map.years) chart.cells.push_back(years ? ChartValue(std::min(*years, 20.0)) : std::nullopt);
  return chart;
}

std::string break_even_json(const AskedBreakEven& asked, const BreakEvenAnswer& answer,
                            const std::optional<PayBackMap>& map) {
  Json j{{"schema", "olivine.breakeven/1"},
         {"old", choice_json(asked.question.old_choice, answer.old_power_w)},
         {"new", choice_json(asked.question.new_choice, answer.new_power_w)},
         {"new_activity", answer.new_activity},
         {"use_place", asked.use_place},
         {"fab_place", asked.fab_place.empty() ? Json(nullptr) : Json(asked.fab_place)},
         {"energy_kwh", outcome_json(answer.energy, answer.graph, kJoulesPerKilowattHour)},
         {"carbon_kg", outcome_json(answer.carbon, answer.graph, 1000.0)}};
  j["map"] = nullptr;
  if (map) {
    Json cells = Json::array();
    for (const auto& years : map->years) cells.push_back(years ? Json(*years) : Json(nullptr));
    j["map"] = {{"axis", map->axis == MapAxis::kSleep ? "sleep" : "intensity"},
                {"activities", map->activities},
                {"rows", map->rows},
                {"years_by_rows", cells}};
  }
  j["notes"] = asked.notes;
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> break_even_text(const App& app, const AskedBreakEven& asked, const BreakEvenAnswer& answer,
                                    const std::optional<PayBackMap>& map) {
  const TextStyle style = app.style(false);
  std::string text;
  const auto line = [&](std::string_view key, const std::string& words) {
    text += label(key, style) + wrapped(safe(words, style), kLabelWidth, style) + "\n";
  };
  const auto side = [&](const HardwareChoice& choice, double power_w, double activity) {
    return fmt::format("{}{}: {} on average, working {:.0f} % of the time",
                       choice.count == 1.0 ? "" : format_number(choice.count) + " x ", choice.name,
                       quantity_text(power_w, kPowerDimension), 100.0 * activity);
  };
  line("old", side(asked.question.old_choice, answer.old_power_w, asked.question.activity.distribution.mean));
  line("new", side(asked.question.new_choice, answer.new_power_w, answer.new_activity));
  line("used", asked.use_place + (asked.fab_place.empty() ? "" : "; made with " + asked.fab_place) + "; life " +
                   time_text(asked.question.life.distribution.mean));
  text += medium_text(answer.carbon, kCarbonDimension, "carbon", style);
  text += medium_text(answer.energy, kEnergyDimension, "energy", style);
  for (const std::string& note : asked.notes) line("note", note);
  const bool by_carbon = answer.carbon.unknown.empty();
  const ChoiceOutcome& shown = by_carbon ? answer.carbon : answer.energy;
  text += tornado_text(shown, answer.graph, by_carbon ? kCarbonDimension : kEnergyDimension, style);
  if (!map) return text;
  OLIVINE_TRY(const std::string picture,
              heat_map_text(heat_map_of(asked, *map), style, color_depth(style, app.variable("COLORTERM"))));
  return text + "\n" + picture +
         fmt::format("Rows: {}. 20 stands for 20 years and more.\n", heat_map_of(asked, *map).row_title);
}

}  // namespace olivine::cli
