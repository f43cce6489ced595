#include "engine/run_budget.h"

#include <fmt/core.h>

#include <utility>

#include "base/floor_div.h"

namespace olivine {
namespace {

std::optional<double> from_data(const RunContext& context, const GridFolder& grid, WallTime hour) {
  if (context.zone.empty()) return std::nullopt;
  const EnergySlice slice{{hour, {hour.ns + hours(1).ns}}, joules(1.0)};
  auto store = series_of(grid, context.zone);
  const auto chosen = average_of_run(context.zone, context.boundary, {&slice, 1}, store ? &*store : nullptr);
  if (!chosen) return std::nullopt;
  return in_grams_per_kilowatt_hour(chosen->estimate->mean());
}

}  // namespace

RunBudget::HourPrice RunBudget::hour_price(const RunContext& context, const GridFolder& grid) {
  return [context, grid](WallTime hour) {
    return from_data(context, grid, hour).value_or(context.intensity_g_per_kwh.value);
  };
}

Result<RunBudget> RunBudget::create(const Budget& budget, const RunContext& context, HourPrice hour_price) {
  double factor = budget.kind == BudgetKind::kEnergy || !context.pue ? 1.0 : context.pue->value;
  if (budget.kind == BudgetKind::kMoney) {
    const std::string text = budget.text(budget.amount);
    if (!context.price_per_kwh)
      return fail(ErrorKind::kInvalid,
                  fmt::format("--budget {}: money needs a price of electricity: --price 0.30 (in {} for a kWh)", text,
                              budget.currency));
    if (budget.currency != context.currency)
      return fail(
          ErrorKind::kInvalid,
          fmt::format("--budget {}: the price is in {}: state the budget in it, or --currency {} with a price in {}",
                      text, context.currency, budget.currency, budget.currency));
    if (!(context.price_per_kwh->value > 0.0))
      return fail(ErrorKind::kInvalid,
                  fmt::format("--budget {}: at a price of {} nothing is ever used of it; use a budget in kWh or g",
                              text, context.price_per_kwh->value));
    factor *= context.price_per_kwh->value / kJoulesPerKilowattHour;
  }
  return RunBudget(budget, factor, std::move(hour_price));
}

BudgetWatch::Crossed RunBudget::step(const EnergySoFar& so_far, WallTime now) {
  const double energy_j = in_joules(to_energy(so_far.energy)), piece_j = energy_j - counted_j_;
  counted_j_ = energy_j;
  complete_ = so_far.complete;
  if (watch_.budget().kind == BudgetKind::kCarbon) {
    const WallTime hour{floor_div(now.ns, hours(1).ns) * hours(1).ns};
    if (hour_ != hour) g_per_kwh_ = hour_price_(hour);
    hour_ = hour;
    used_ += piece_j * factor_ * g_per_kwh_ / kJoulesPerKilowattHour;
  } else {
    used_ = energy_j * factor_;
  }
  return watch_.step(used_);
}

void RunBudget::grant() { watch_.grant_on_top(used_); }

std::string RunBudget::used_text() const { return (complete_ ? "" : "at least ") + watch_.budget().text(used_); }

}  // namespace olivine
