// What `olivine plan` and `olivine supply` say as JSON; see plan_render.h.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/cli/plan_render.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); }
Json both_json(const BothSignals& both) {
  return {{"average", number(both.average)}, {"marginal", number(both.marginal)}};
}
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// `names`: of operating points.
Json segments_json(const std::vector<PlannedSegment>& segments, const std::vector<std::string>& names = {}) {
  Json list = Json::array();
  for (const PlannedSegment& s : segments) {
    list.push_back({{"start", format_utc(s.begin)}, {"end", format_utc(s.end)}, {"zone", s.zone}, {"scale", s.scale}});
    if (!names.empty()) list.back()["point"] = names.at(static_cast<std::size_t>(s.scale) - 1);
  }
  return list;
}

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

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

}  // namespace

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

std::string queue_json(const QueueRequest& r, const Result<QueuePlan>& plan, const std::string& reason) {
  Json out{{"schema", "olivine.queue_plan/1"},
           {"objective", name_of(r.objective)},
           {"feasible", plan.has_value() && plan->left_out == 0}};
  if (!plan) {
    for (const char* key : {"baseline", "plan", "saving", "bound", "gap", "method"}) out[key] = nullptr;
    out["reason"] = plan.error().message;
    out["notes"] = Json::array();
    return dumped(out);
  }
  Json jobs = Json::array();
  for (std::size_t j = 0; j < r.jobs.size(); ++j) {
    const PlannedJob& job = plan->jobs[j];
    jobs.push_back({{"job", r.jobs[j].name},
                    {"segments", segments_json(job.segments)},
                    {"emissions_g", job.segments.empty() ? Json(nullptr) : both_json(job.emissions_g)},
                    {"energy_j", job.energy_j},
                    {"pauses", job.pauses}});
  }
  out["baseline"] = {{"emissions_g", both_json(plan->baseline_g)}, {"late", plan->baseline_late}};
  out["plan"] = {{"jobs", jobs},
                 {"emissions_g", both_json(plan->emissions_g)},
                 {"energy_j", plan->energy_j},
                 {"pauses", plan->pauses},
                 {"left_out", plan->left_out},
                 {"left_out_is_least", plan->left_out_is_least},
                 {"finish", format_utc(plan->finish)}};
  out["saving"] = both_json(plan->saving);
  out["bound"] = plan->bound;
  out["gap"] = plan->gap;
  out["method"] = plan->method;
  out["reason"] = text_or_null(reason);
  out["notes"] = plan->notes;
  return dumped(out);
}

}  // namespace olivine::cli
