#include "apps/cli/plan_render.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <cmath>

#include "apps/cli/plan_parts.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

Json range_json(const std::optional<Bounds>& range) {
  return range ? Json::array({range->lower, range->upper}) : Json(nullptr);
}

std::optional<double> known_of(double v) { return std::isnan(v) ? std::nullopt : std::optional(v); }

Json burden_json(const Burden& b) {
  return {{"average_g", number(known_of(b.average))},
          {"marginal_g", number(known_of(b.marginal))},
          {"cost", number(known_of(b.cost))}};
}

// "solar_j": joules; with `seconds` and "_w": "solar_w", mean watts.
Json flows_json(const SupplyFlows& f, double seconds = 1.0, const char* unit = "_j") {
  Json out = Json::object();
  const auto add = [&](const char* name, std::int64_t uj) { out[std::string(name) + unit] = joules_of(uj) / seconds; };
  add("work", f.work);
  add("solar", f.solar_to_work);
  add("battery", f.battery_to_work);
  add("grid", f.grid_to_work);
  add("shortfall", f.shortfall);
  add("charged_solar", f.solar_to_battery);
  add("charged_grid", f.grid_to_battery);
  add("losses", f.losses);
  add("surplus", f.surplus);
  return out;
}

Json settled_json(const SettledSchedule& s) {
  Json out = flows_json(s.flows);
  out["battery_before_j"] = joules_of(s.content_before_uj);
  out["battery_after_j"] = joules_of(s.content_uj);
  out["bill"] = {{"solar", burden_json(s.bill.solar)},
                 {"battery", burden_json(s.bill.battery)},
                 {"grid", burden_json(s.bill.grid)}};
  Json slots = Json::array();
  for (const SupplySlot& slot : s.slots) {
    Json row{{"start", format_utc(slot.begin)}, {"end", format_utc(slot.end)}};
    row.update(flows_json(slot.flows));
    row["battery_after_j"] = joules_of(slot.content_uj);
    slots.push_back(std::move(row));
  }
  out["slots"] = std::move(slots);
  return out;
}

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
  if (!(least > 0.0) || saving.value_or(0.0) >= least) return "";
  if (!saving) return fmt::format("not worth it: what it saves is not known, --min-saving {:.6g} %", 100.0 * least);
  std::string saved, asked;
  for (int digits = 3; digits <= 15 && saved == asked; ++digits) {  // told apart
    saved = fmt::format("{:.{}g}", 100.0 * *saving, digits);
    asked = fmt::format("{:.{}g}", 100.0 * least, digits);
  }
  return fmt::format("not worth it: saves {} %, --min-saving {} %", saved, asked);
}

std::string plan_json(const PlanAnswer& a, const Result<JobPlan>& plan) {
  Json out{{"schema", "olivine.plan/1"}, {"objective", a.objective}, {"feasible", plan.has_value()}};
  if (!plan) {
    for (const char* key :
         {"baseline", "plan", "saving", "saving_range", "cost_saving", "currency", "more_time", "bound", "gap"})
      out[key] = nullptr;
    out["reason"] = plan.error().message;
    out["notes"] = Json::array();
    return dumped(out);
  }
  out["baseline"] = {{"emissions_g", both_json(plan->baseline.emissions_g)},
                     {"segments", segments_json(plan->baseline.segments, a.scale_names)},
                     {"energy_j", plan->baseline.energy_j},
                     {"cost", number(plan->baseline.cost)}};
  out["plan"] = {{"segments", segments_json(plan->best.segments, a.scale_names)},
                 {"emissions_g", both_json(plan->best.emissions_g)},
                 {"energy_j", plan->best.energy_j},
                 {"transfer_j", plan->best.transfer_j},
                 {"cost", number(plan->best.cost)},
                 {"pauses", plan->best.pauses},
                 {"finish", format_utc(plan->best.finish)}};
  out["saving"] = both_json(plan->saving);
  out["saving_range"] = {{"average", range_json(plan->average_range)}, {"marginal", range_json(plan->marginal_range)}};
  out["cost_saving"] = number(plan->cost_saving);
  out["currency"] = text_or_null(a.currency);
  out["more_time"] = nullptr;
  if (a.more_time)
    out["more_time"] = {{"within_s", in_seconds(a.more_time->within)},
                        {"saving", both_json(a.more_time->saving)},
                        {"cost_saving", number(a.more_time->cost_saving)}};
  out["bound"] = plan->bound;
  out["gap"] = plan->gap;
  out["reason"] = text_or_null(a.not_worth_it);
  out["notes"] = plan->notes;
  if (a.settled) {
    out["baseline"]["supply"] = settled_json(a.settled->baseline);
    out["plan"]["supply"] = settled_json(a.settled->best);
    out["settled"] = a.settled->settled;
    out["exact"] = a.settled->exact;
  }
  return dumped(out);
}

std::optional<double> per_kwh_of(const SupplyNow& now, double whole) {
  const SupplyFlows& f = now.step.flows;
  if (f.shortfall > 0 || f.work == 0 || std::isnan(whole)) return std::nullopt;
  return whole / (joules_of(f.work) / kJoulesPerKilowattHour);
}

std::string supply_now_json(const SupplyNow& now) {
  const double seconds = in_seconds(now.length);
  const Burden total = now.step.bill.total();
  Json out{{"schema", "olivine.supply/1"}, {"time", format_utc(now.time)}, {"for_s", seconds}, {"zone", now.zone}};
  out["power_w"] = flows_json(now.step.flows, seconds, "_w");
  const auto share = [&](std::int64_t uj) {
    const std::int64_t work = now.step.flows.work;
    return work > 0 ? Json(static_cast<double>(uj) / static_cast<double>(work)) : Json(nullptr);
  };
  out["shares"] = {{"solar", share(now.step.flows.solar_to_work)},
                   {"battery", share(now.step.flows.battery_to_work)},
                   {"grid", share(now.step.flows.grid_to_work)},
                   {"shortfall", share(now.step.flows.shortfall)}};
  out["battery_charge"] = now.battery_charge ? Json(*now.battery_charge) : Json(nullptr);
  out["g_per_kwh"] = {{"average", number(per_kwh_of(now, total.average))},
                      {"marginal", number(per_kwh_of(now, total.marginal))}};
  out["cost_per_kwh"] = number(per_kwh_of(now, total.cost));
  out["grid_g_per_kwh"] = {{"average", number(known_of(now.grid.average))},
                           {"marginal", number(known_of(now.grid.marginal))}};
  out["notes"] = now.notes;
  return dumped(out);
}

}  // namespace olivine::cli
