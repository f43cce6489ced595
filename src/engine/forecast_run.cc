#include "engine/forecast_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "planning/budget.h"
#include "units/format.h"

namespace olivine {
namespace {

std::string of_run(const RunRecord& record) { return "run " + record.run_id.substr(0, 13); }

Result<std::vector<RecordEpoch>> first_epochs(const RunRecord& record, std::int64_t after) {
  std::vector<RecordEpoch> ended;
  for (const RecordEpoch& e : record.marks.epochs)
    if (e.ended_by != "open") ended.push_back(e);
  if (record.marks.epochs.empty())
    return fail(
        ErrorKind::kInvalid,
        of_run(record) +
            " has no epochs: the program marks them with `from olivine import epoch` or `olivine mark epoch 3`");
  if (after < 1) return fail(ErrorKind::kInvalid, fmt::format("--after-epochs {}: type a number from 1", after));
  if (static_cast<std::int64_t>(ended.size()) < after)
    return fail(ErrorKind::kInvalid, fmt::format("{} has {} ended epoch{}, --after-epochs {} needs {}", of_run(record),
                                                 ended.size(), ended.size() == 1 ? "" : "s", after, after));
  ended.resize(static_cast<std::size_t>(after));
  for (const RecordEpoch& e : ended)
    if (!e.energy)
      return fail(ErrorKind::kInvalid,
                  fmt::format("the energy of {} is not known: {}", of_run(record), record.energy.total.reason));
  return ended;
}

Result<std::int64_t> planned(const RunRecord& record, const ForecastRequest& request) {
  if (request.of) return *request.of;
  for (auto e = record.marks.epochs.rbegin(); e != record.marks.epochs.rend(); ++e)
    if (e->of) return *e->of;
  return fail(ErrorKind::kInvalid, "the program did not say how many epochs are planned: add --of N");
}

// A figure per joule of the run, and its relative bounds.
struct Rate {
  double per_joule = 0.0, lower = 1.0, upper = 1.0;
};

template <class Q>
std::optional<Rate> rate_of(const Figure<Q>& figure, double energy_j) {
  if (!figure.known() || !(energy_j > 0.0)) return std::nullopt;
  const double value = figure.value->mean().canonical();
  if (!(value > 0.0)) return std::nullopt;
  return Rate{value / energy_j, figure.value->lower().canonical() / value, figure.value->upper().canonical() / value};
}

ForecastRange scaled(const ForecastRange& energy, const Rate& rate) {
  // The prediction's range and the factor's are independent: the relative moves combine in quadrature.
  const auto both = [&](double a, double b) { return std::hypot(a, b); };
  const double down = both(1.0 - energy.lower / energy.value, 1.0 - rate.lower),
               up = both(energy.upper / energy.value - 1.0, rate.upper - 1.0);
  const double value = energy.value * rate.per_joule;
  return {value, energy.lower * rate.per_joule, energy.upper * rate.per_joule, std::max(0.0, value * (1.0 - down)),
          value * (1.0 + up)};
}

struct BudgetIn {
  std::string unit;
  double amount = 0.0, per_joule = 1.0;
};

Result<BudgetIn> budget_of(const std::string& text, const std::optional<Rate>& carbon, const std::optional<Rate>& cost,
                           const std::string& currency) {
  const auto budget = budget_from(text);
  if (!budget) return fail(budget.error().kind, "--budget: " + budget.error().message);
  switch (budget->kind) {
    case BudgetKind::kEnergy: return BudgetIn{"J", budget->amount, 1.0};
    case BudgetKind::kCarbon:
      if (!carbon)
        return fail(ErrorKind::kInvalid, "--budget: the carbon of this run is not known; give an energy, e.g. 2kWh");
      return BudgetIn{"g", budget->amount, carbon->per_joule};
    case BudgetKind::kMoney: break;
  }
  if (to_lower(budget->currency) != to_lower(currency))
    return fail(ErrorKind::kInvalid,
                fmt::format("--budget: this run's price is in {}, not in {}", printable(currency), budget->currency));
  if (!cost)
    return fail(ErrorKind::kInvalid,
                "--budget: no price was stated for this run: set price_per_kwh, or give an energy, e.g. 2kWh");
  return BudgetIn{currency, budget->amount, cost->per_joule};
}

// The most epochs that are within the budget with a probability of one half.
std::int64_t epochs_that_fit(std::span<const double> measured, std::int64_t of, double budget_j, double per_epoch_j) {
  auto low = static_cast<std::int64_t>(measured.size()) - 1, high = of;
  const auto fits = [&](std::int64_t n) {
    const auto p = predict_epochs(measured, n);
    return p && p->value() + per_epoch_j * static_cast<double>(n - 1) <= budget_j;
  };
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (fits(middle))
      low = middle;
    else
      high = middle - 1;
  }
  if (low >= static_cast<std::int64_t>(measured.size())) return low;
  double sum = 0.0;  // it was exceeded before: count what fitted
  for (std::int64_t n = 0; n < static_cast<std::int64_t>(measured.size()); ++n)
    if ((sum += measured[static_cast<std::size_t>(n)] + (n > 0 ? per_epoch_j : 0.0)) > budget_j) return n;
  return low;
}

struct Series {
  std::vector<double> joules, seconds;
  double before_j = 0.0, before_s = 0.0, between_j = 0.0, between_s = 0.0;  // between: of one gap
};

Series series_of(const RunRecord& record, const std::vector<RecordEpoch>& epochs) {
  Series s;
  for (const RecordEpoch& e : epochs) {
    s.joules.push_back(in_joules(e.energy->mean()));
    s.seconds.push_back(in_seconds({e.end_ns - e.begin_ns}));
  }
  s.before_s = in_seconds({epochs.front().begin_ns});
  if (record.marks.before) s.before_j = in_joules(record.marks.before->mean());
  const auto& all = record.marks.epochs;
  if (all.size() < 2) return s;
  const auto gaps = static_cast<double>(all.size() - 1);
  if (record.marks.between) s.between_j = in_joules(record.marks.between->mean()) / gaps;
  for (std::size_t i = 1; i < all.size(); ++i) s.between_s += in_seconds({all[i].begin_ns - all[i - 1].end_ns}) / gaps;
  return s;
}

}  // namespace

Result<RunForecast> forecast_run(const RunRecord& record, const ForecastRequest& request) {
  OLIVINE_TRY(const std::vector<RecordEpoch> epochs, first_epochs(record, request.after));
  RunForecast f;
  f.after = request.after;
  OLIVINE_TRY(f.of, planned(record, request));
  f.of_from_run = !request.of;
  const Series s = series_of(record, epochs);
  OLIVINE_TRY(f.energy, predict_epochs(s.joules, f.of, request.may_stop));
  OLIVINE_TRY(const EpochPrediction time, predict_epochs(s.seconds, f.of, request.may_stop));
  const auto gaps = static_cast<double>(f.of - 1), past_gaps = static_cast<double>(f.after - 1);
  f.before_j = s.before_j;
  f.between_j = s.between_j * gaps;
  const double other_j = f.before_j + f.between_j, other_s = s.before_s + s.between_s * gaps;
  f.used_j = s.before_j + s.between_j * past_gaps + f.energy.measured();
  f.used_s = s.before_s + s.between_s * past_gaps + time.measured();
  const double energy_j = in_joules(record.energy.total.value->mean());
  const Rate meter = rate_of(record.energy.total, energy_j).value_or(Rate{1.0, 1.0, 1.0});
  const ForecastRange plain{f.energy.value() + other_j, f.energy.lower() + other_j, f.energy.upper() + other_j, 0.0,
                            0.0};
  f.energy_j = scaled(plain, meter);
  f.time_s = {time.value() + other_s, time.lower() + other_s, time.upper() + other_s, time.lower() + other_s,
              time.upper() + other_s};
  const auto carbon = rate_of(record.emissions.location_average, energy_j), cost = rate_of(record.cost, energy_j);
  if (carbon) f.carbon_g = scaled(plain, *carbon);
  if (cost) f.cost = scaled(plain, *cost);
  f.carbontracker_j = f.energy.carbontracker() + other_j;
  f.carbontracker_s = time.carbontracker() + other_s;
  f.to_the_end_j = f.energy.to_the_end() + other_j;
  f.past = check_past(s.joules);
  if (record.status != "running" && record.status != "interrupted") {
    f.actual_j = energy_j;
    f.actual_epochs = static_cast<std::int64_t>(record.marks.epochs.size());
  }
  if (request.budget.empty()) return f;
  OLIVINE_TRY(const BudgetIn budget,
              budget_of(request.budget, carbon, cost, record.currency.empty() ? "EUR" : record.currency));
  const double budget_j = budget.amount / budget.per_joule;
  f.budget = BudgetAnswer{budget.unit, budget.amount, f.used_j * budget.per_joule,
                          f.energy.probability_above(budget_j - other_j),
                          epochs_that_fit(s.joules, f.of, budget_j - s.before_j, s.between_j)};
  return f;
}

}  // namespace olivine
