#include "apps/cli/plan_render.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include "apps/cli/plan_parts.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

std::string range_text(const std::optional<Bounds>& range) {
  return range ? fmt::format(" (range {} to {} %)", percent(range->lower), percent(range->upper)) : std::string();
}

std::string money_text(const std::optional<double>& cost, const std::string& currency) {
  if (!cost) return "";
  return format_number(*cost) + (currency.empty() ? std::string() : " " + printable(currency));
}

bool is_at_once(const PlanAnswer& a, const JobPlan& plan) {
  const PlannedSegment& first = plan.best.segments.front();
  return first.begin == a.job.now && plan.best.segments.size() == plan.baseline.segments.size() &&
         plan.best.pauses == 0 && first.zone == plan.baseline.segments.front().zone &&
         first.scale == plan.baseline.segments.front().scale;
}

// What is made least, and how near the plan is to the least.
std::string bound_text(const PlanAnswer& a, const JobPlan& plan) {
  const bool money = a.job.objective == Objective::kCost;
  const std::string least = money ? money_text(plan.bound, a.currency) : format_carbon(grams(plan.bound));
  return fmt::format("made least by {}; {} in slots of {} {} less than {}{}", printable(a.objective),
                     a.job.objective == Objective::kBoth ? "none within the limit" : "none",
                     format_duration(a.job.slot), money ? "costs" : "emits", least,
                     plan.gap > 1e-9 ? fmt::format(" (gap {} %)", percent(plan.gap)) : std::string());
}

std::string rows_text(const PlanAnswer& a, const JobPlan& plan) {
  const auto row = [&](std::string_view name, const PricedSchedule& s, const std::string& what) {
    const std::string money = money_text(s.cost, a.currency);
    return fmt::format("{:<10}{:>14}  {:>14}   {}{}\n", name, grams_text(s.emissions_g.average),
                       grams_text(s.emissions_g.marginal), money.empty() ? std::string() : money + "; ", what);
  };
  return fmt::format("{:<10}{:>14}  {:>14}\n", "", "average", "marginal") +
         row("baseline", plan.baseline, "at once in " + plan.baseline.segments.front().zone) +
         row("plan", plan.best, bound_text(a, plan));
}

// Of what is made least.
bool is_known(const PlanAnswer& a, const PricedSchedule& s) {
  if (a.job.objective == Objective::kCost) return s.cost.has_value();
  return (a.job.objective == Objective::kMarginal ? s.emissions_g.marginal : s.emissions_g.average).has_value();
}

std::string without_baseline(const PlanAnswer& a, const PricedSchedule& best) {
  const bool money = a.job.objective == Objective::kCost, marginal = a.job.objective == Objective::kMarginal;
  return fmt::format("{}; what starting at once {} is not known",
                     money ? money_text(best.cost, a.currency)
                           : grams_text(marginal ? best.emissions_g.marginal : best.emissions_g.average) +
                                 (marginal ? " at the margin" : " by average"),
                     money ? "costs" : "emits");
}

std::string more_time_text(const PlanAnswer& a) {
  if (!a.more_time) return "";
  const auto& saving = a.job.objective == Objective::kCost ? a.more_time->cost_saving : a.more_time->saving.average;
  std::string text = fmt::format(
      "if the deadline were {} instead of {}: {}", format_duration(a.more_time->within),
      format_duration(a.job.deadline),
      a.job.objective == Objective::kCost ? saved_text(saving, "of the money") : saved_text(saving, "by average"));
  if (a.job.objective != Objective::kCost) text += ", " + saved_text(a.more_time->saving.marginal, "at the margin");
  return text + "\n";
}

}  // namespace

std::optional<double> saving_of(const JobPlan& plan, Objective objective) {
  if (objective == Objective::kCost) return plan.cost_saving;
  return objective == Objective::kMarginal ? plan.saving.marginal : plan.saving.average;
}

std::string plan_sentence(const PlanAnswer& a, const JobPlan& plan) {
  const PlannedSegment& first = plan.best.segments.front();
  if (is_at_once(a, plan) && a.without_limit && a.without_limit->average.value_or(0.0) > 0.0 &&
      !is_same(*a.without_limit->average))
    return fmt::format("start at once in {}: within {} {} allows nothing {}that emits less (without its limit {}, {})",
                       first.zone, format_duration(a.job.deadline), printable(a.objective),
                       plan.gap > 1e-9 ? "found " : "", saved_text(a.without_limit->average, "by average"),
                       saved_text(a.without_limit->marginal, "at the margin"));
  if (is_at_once(a, plan))
    return fmt::format("start at once in {}: nothing {}within {} {} less", first.zone,
                       a.settled && !a.settled->exact ? "found " : "", format_duration(a.job.deadline),
                       a.job.objective == Objective::kCost ? "costs" : "emits");
  std::string text =
      fmt::format("start at {} in {}: ", clock_text(first.begin, needs_seconds(first.begin, first.end)), first.zone);
  if (!is_known(a, plan.baseline)) return text + without_baseline(a, plan.best);
  if (a.job.objective == Objective::kCost) text += saved_text(plan.cost_saving, "of the money") + ", ";
  return text + saved_text(plan.saving.average, "by average") + range_text(plan.average_range) + ", " +
         saved_text(plan.saving.marginal, "at the margin") + range_text(plan.marginal_range);
}

namespace {

std::string scale_text(const PlanAnswer& a, double scale) {
  if (a.scale_names.empty()) return fmt::format("scale {}", format_number(scale));
  return printable(a.scale_names.at(static_cast<std::size_t>(scale) - 1));
}

}  // namespace

std::string plan_text(const PlanAnswer& a, const JobPlan& plan) {
  const PricedSchedule& best = plan.best;
  std::string text = "plan      " + plan_sentence(a, plan) + "\n";
  for (const PlannedSegment& s : best.segments)
    text +=
        fmt::format("  run     {}  {}  {}{}\n", span_text(s.begin, s.end), s.zone, format_energy(joules(s.energy_j)),
                    a.job.scales.empty() ? std::string() : "  " + scale_text(a, s.scale));
  if (best.pauses > 0) text += fmt::format("  pauses  {}\n", best.pauses);
  if (best.transfer_j > 0.0)
    text += fmt::format("  data    {} to send them from {}\n", format_energy(joules(best.transfer_j)),
                        a.job.transfer->from.zone);
  text += rows_text(a, plan);
  if (a.settled) text += supply_text(a.supply->file.supply, *a.settled);
  for (const std::string& point : a.points) text += "point     " + point + "\n";
  for (const std::string& source : a.sources) text += "intensity " + source + "\n";
  for (const std::string& note : plan.notes) text += "note      " + note + "\n";
  text += more_time_text(a);
  return a.not_worth_it.empty() ? text : text + a.not_worth_it + "\n";
}

std::string wrapped_plan(const std::string& text, const TextStyle& style) {
  if (!style.fit) return text;
  constexpr std::size_t kLastColumn = 45;
  std::string out;
  for (const std::string_view line :
       split(std::string_view(text).substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)), '\n')) {
    const std::size_t gap = line.substr(0, std::min(line.size(), kLastColumn)).rfind("  ");
    const std::size_t column = gap == std::string_view::npos ? 0 : gap + 2;
    const std::size_t indent = column > 0 ? column : line.starts_with("intensity ") ? 10 : 0;
    if (display_width(line) <= static_cast<std::size_t>(style.width))
      out += line;
    else
      out += std::string(line.substr(0, indent)) + wrapped(line.substr(indent), indent, style);
    out += "\n";
  }
  return out;
}

std::string not_worth_it(const std::optional<double>& saving, double least) {
  constexpr double kHair = 1e-9;  // the rounding of sums of hours
  if (!(least > 0.0) || saving.value_or(0.0) >= least - kHair) return "";
  if (!saving) return fmt::format("not worth it: what it saves is not known, --min-saving {:.6g} %", 100.0 * least);
  std::string saved, asked;
  for (int digits = 3; digits <= 15 && saved == asked; ++digits) {  // told apart
    saved = fmt::format("{:.{}g}", 100.0 * *saving, digits);
    asked = fmt::format("{:.{}g}", 100.0 * least, digits);
  }
  return fmt::format("not worth it: saves {} %, --min-saving {} %", saved, asked);
}

}  // namespace olivine::cli
