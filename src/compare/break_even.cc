#include "compare/break_even.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "account/impacts.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr double kSecondsPerYear = kHoursPerYear * 3600.0;

// The nodes that every answer rests on.
struct Model {
  FormulaGraph graph;
  FormulaId old_power = 0, new_power = 0, new_activity = 0, saved_power = 0;
  FormulaId intensity = 0, life = 0;
  std::optional<FormulaId> new_energy, old_energy;  // of manufacture
  std::optional<FormulaId> new_carbon, old_carbon;
};

Result<FormulaId> mean_power(FormulaGraph& g, const HardwareChoice& choice, FormulaId activity, FormulaId sleep) {
  const FormulaId one = g.constant(1.0, kPlainNumber);
  OLIVINE_TRY(const FormulaId active, g.input(choice.active_power));
  OLIVINE_TRY(const FormulaId idle, g.input(choice.idle_power));
  OLIVINE_TRY(const FormulaId awake, g.difference(one, sleep));
  OLIVINE_TRY(FormulaId waiting, g.product({awake, idle}));
  if (choice.sleep_power) {
    OLIVINE_TRY(const FormulaId sleep_power, g.input(*choice.sleep_power));
    OLIVINE_TRY(const FormulaId asleep, g.product({sleep, sleep_power}));
    OLIVINE_TRY(waiting, g.sum({waiting, asleep}));
  }
  OLIVINE_TRY(const FormulaId working, g.product({activity, active}));
  OLIVINE_TRY(const FormulaId rest, g.difference(one, activity));
  OLIVINE_TRY(const FormulaId resting, g.product({rest, waiting}));
  OLIVINE_TRY(const FormulaId both, g.sum({working, resting}));
  return g.product({g.constant(choice.count, kPlainNumber), both});
}

// Energy of manufacture, and carbon with the fab's place in it; nothing where neither is known.
Status manufacture(FormulaGraph& g, const HardwareChoice& choice, const std::optional<UncertainInput>& fab_intensity,
                   std::optional<FormulaId>& energy, std::optional<FormulaId>& carbon) {
  const FormulaId count = g.constant(choice.count, kPlainNumber);
  if (choice.fab_energy) {
    OLIVINE_TRY(const FormulaId each, g.input(*choice.fab_energy));
    OLIVINE_TRY(energy, g.product({count, each}));
  }
  std::vector<FormulaId> parts;
  if (choice.embodied) {
    OLIVINE_TRY(const FormulaId each, g.input(*choice.embodied));
    OLIVINE_TRY(const FormulaId all, g.product({count, each}));
    parts.push_back(all);
  }
  if (energy && fab_intensity) {
    OLIVINE_TRY(const FormulaId intensity, g.input(*fab_intensity));
    OLIVINE_TRY(const FormulaId fab, g.product({*energy, intensity}));
    parts.push_back(fab);
  }
  if (parts.empty()) return {};
  OLIVINE_TRY(carbon, g.sum(parts));
  return {};
}

Status check_question(const BreakEvenQuestion& q) {
  const double activity = q.activity.distribution.mean;
  const double sleep = q.sleep.distribution.mean;
  if (activity < 0.0 || activity > 1.0)
    return fail(ErrorKind::kInvalid, fmt::format("activity {}: a share from 0 to 1 (or a percentage)", activity));
  if (sleep < 0.0 || sleep > 1.0)
    return fail(ErrorKind::kInvalid, fmt::format("sleep {}: a share from 0 to 1 (or a percentage)", sleep));
  for (const HardwareChoice* choice : {&q.old_choice, &q.new_choice})
    if (sleep > 0.0 && !choice->sleep_power)
      return fail(
          ErrorKind::kInvalid,
          fmt::format("{}: what it draws asleep is not known; add sleep=5 W, or leave --sleep out", choice->name));
  if (q.pue.distribution.mean < 1.0)
    return fail(ErrorKind::kInvalid, fmt::format("PUE {}: it is at least 1", q.pue.distribution.mean));
  if (q.life.distribution.mean <= 0.0) return fail(ErrorKind::kInvalid, "life: must be above 0");
  const double needed = activity * q.old_choice.count * q.old_choice.speed.distribution.mean /
                        (q.new_choice.count * q.new_choice.speed.distribution.mean);
  if (needed > 1.0 + 1e-9)
    return fail(ErrorKind::kInvalid, fmt::format("the new hardware cannot do the old one's work: it would be busy "
                                                 "{:.0f} % of the time; add count={:.0f} to it",
                                                 100.0 * needed, std::ceil(needed * q.new_choice.count - 1e-9)));
  return {};
}

Result<Model> model_of(const BreakEvenQuestion& q) {
  OLIVINE_CHECK_STATUS(check_question(q));
  Model m;
  FormulaGraph& g = m.graph;
  OLIVINE_TRY(const FormulaId activity, g.input(q.activity));
  OLIVINE_TRY(const FormulaId sleep, g.input(q.sleep));
  OLIVINE_TRY(const FormulaId pue, g.input(q.pue));
  OLIVINE_TRY(m.life, g.input(q.life));
  OLIVINE_TRY(m.intensity, g.input(q.use_intensity));
  OLIVINE_TRY(const FormulaId old_speed, g.input(q.old_choice.speed));
  OLIVINE_TRY(const FormulaId new_speed, g.input(q.new_choice.speed));
  OLIVINE_TRY(const FormulaId work, g.product({activity, old_speed, g.constant(q.old_choice.count, kPlainNumber)}));
  OLIVINE_TRY(const FormulaId able, g.product({new_speed, g.constant(q.new_choice.count, kPlainNumber)}));
  OLIVINE_TRY(m.new_activity, g.quotient(work, able));
  OLIVINE_TRY(m.old_power, mean_power(g, q.old_choice, activity, sleep));
  OLIVINE_TRY(m.new_power, mean_power(g, q.new_choice, m.new_activity, sleep));
  OLIVINE_TRY(const FormulaId less, g.difference(m.old_power, m.new_power));
  OLIVINE_TRY(m.saved_power, g.product({pue, less}));
  OLIVINE_CHECK_STATUS(manufacture(g, q.new_choice, q.fab_intensity, m.new_energy, m.new_carbon));
  OLIVINE_CHECK_STATUS(manufacture(g, q.old_choice, q.fab_intensity, m.old_energy, m.old_carbon));
  return m;
}

PayBack pay_back(double investment, double rate) {
  if (investment <= 0.0 && rate >= 0.0) return {.kind = PayBackKind::kAtOnce};
  if (investment < 0.0) return {.kind = PayBackKind::kOnlyUntil, .time_s = investment / rate};
  if (rate <= 0.0) return {.kind = PayBackKind::kNever};
  return {.kind = PayBackKind::kAt, .time_s = investment / rate};
}

// What a draw says to the question that the answer at the means is about: from when on the new one is better for good, or
// (kOnlyUntil) until when it is. A draw of another kind is an answer too: at once, or never.
double time_of(const PayBack& draw, PayBackKind asked) {
  constexpr double kNeverS = std::numeric_limits<double>::infinity();
  if (asked != PayBackKind::kOnlyUntil) {
    if (draw.kind == PayBackKind::kAtOnce) return 0.0;
    return draw.kind == PayBackKind::kAt ? draw.time_s : kNeverS;
  }
  if (draw.kind == PayBackKind::kAtOnce) return kNeverS;  // better without end
  return draw.kind == PayBackKind::kOnlyUntil ? draw.time_s : 0.0;
}

// The 95 % range over the draws; a draw without an end counts as infinitely late.
void add_range(PayBack& result, std::span<const double> investments, std::span<const double> rates) {
  std::vector<double> times(investments.size());
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = time_of(pay_back(investments[i], rates[i]), result.kind);
  const MonteCarloFigure figure = figure_of_samples(std::move(times), false);
  if (std::isfinite(figure.lower)) result.lower_s = figure.lower;
  if (std::isfinite(figure.upper)) result.upper_s = figure.upper;
}

struct Flows {
  FormulaId rate;
  FormulaId new_investment;
  std::optional<FormulaId> old_investment;
};

Result<ChoiceOutcome> outcome_of(FormulaGraph& g, const Flows& flows, FormulaId life, MonteCarloSettings settings) {
  OLIVINE_TRY(const FormulaId saved, g.product({flows.rate, life}));
  OLIVINE_TRY(const FormulaId net, g.difference(saved, flows.new_investment));
  g.describe(net, "saving over the life");
  std::vector<FormulaId> outputs{net, flows.rate, flows.new_investment};
  std::optional<FormulaId> more;
  if (flows.old_investment) {
    OLIVINE_TRY(more, g.difference(flows.new_investment, *flows.old_investment));
    outputs.push_back(*more);
  }
  settings.keep_samples = true;
  OLIVINE_TRY(std::vector<MonteCarloFigure> figures, monte_carlo(g, outputs, settings));
  ChoiceOutcome result;
  const auto mean = [&](FormulaId id) -> Result<double> {
    OLIVINE_TRY(const FormulaValue value, evaluate_mean(g, id));
    return value.value.value_or(0.0);
  };
  OLIVINE_TRY(result.saved_rate, mean(flows.rate));
  OLIVINE_TRY(result.investment, mean(flows.new_investment));
  OLIVINE_TRY(result.life_saving, mean(net));
  result.break_even = pay_back(result.investment, result.saved_rate);
  add_range(result.break_even, figures[2].samples, figures[1].samples);
  if (more) {
    OLIVINE_TRY(const double difference, mean(*more));
    result.indifference = pay_back(difference, result.saved_rate);
    add_range(*result.indifference, figures[3].samples, figures[1].samples);
  }
  const auto& net_samples = figures[0].samples;
  const auto inside = std::count_if(net_samples.begin(), net_samples.end(), [](double v) { return v >= 0.0; });
  result.pays_back_within_life = static_cast<double>(inside) / static_cast<double>(net_samples.size());
  result.life_saving_range = std::move(figures[0]);
  result.life_saving_range.samples.clear();
  OLIVINE_TRY(result.tornado, tornado(g, net));
  OLIVINE_TRY(result.budget, uncertainty_budget(g, net));
  return result;
}

}  // namespace

Result<BreakEvenAnswer> break_even(const BreakEvenQuestion& question, const MonteCarloSettings& settings) {
  OLIVINE_TRY(Model m, model_of(question));
  BreakEvenAnswer answer;
  OLIVINE_TRY(const std::vector<FormulaValue> values, evaluate_means(m.graph));
  answer.old_power_w = *values[m.old_power].value;
  answer.new_power_w = *values[m.new_power].value;
  answer.new_activity = *values[m.new_activity].value;
  if (m.new_energy) {
    OLIVINE_TRY(answer.energy, outcome_of(m.graph, {m.saved_power, *m.new_energy, m.old_energy}, m.life, settings));
  } else {
    answer.energy.unknown =
        fmt::format("the energy of making {} is not known; add fab_energy=2 MWh", question.new_choice.name);
  }
  if (m.new_carbon) {
    OLIVINE_TRY(const FormulaId rate, m.graph.product({m.saved_power, m.intensity}));
    OLIVINE_TRY(answer.carbon, outcome_of(m.graph, {rate, *m.new_carbon, m.old_carbon}, m.life, settings));
  } else {
    answer.carbon.unknown =
        fmt::format("the embodied carbon of {} is not known; add embodied=150 kg (or fab_energy with --fab-zone)",
                    question.new_choice.name);
  }
  answer.graph = std::move(m.graph);
  return answer;
}

Result<PayBackMap> pay_back_map(const BreakEvenQuestion& question, MapAxis axis) {
  PayBackMap map{.axis = axis, .activities = {}, .rows = {}, .years = {}};
  for (int i = 0; i <= 20; ++i) map.activities.push_back(i / 20.0);
  if (axis == MapAxis::kSleep) {
    for (int i = 0; i <= 10; ++i) map.rows.push_back(i / 10.0);
  } else {
    map.rows = {10, 25, 50, 100, 150, 200, 300, 400, 500, 600, 700, 800, 1000};
  }
  if (axis == MapAxis::kSleep && (!question.old_choice.sleep_power || !question.new_choice.sleep_power))
    return fail(ErrorKind::kInvalid,
                "a map over sleep: add what both sides draw asleep, e.g. sleep=5 W, or use --map intensity");
  for (const double row : map.rows)
    for (const double activity : map.activities) {
      BreakEvenQuestion at = question;
      OLIVINE_TRY(at.activity.distribution, exactly(activity));
      OLIVINE_TRY((axis == MapAxis::kSleep ? at.sleep : at.use_intensity).distribution,
                  exactly(axis == MapAxis::kSleep ? row : row / kJoulesPerKilowattHour));
      auto m = model_of(at);
      if (!m) {  // too slow for so much work
        map.years.emplace_back();
        continue;
      }
      if (!m->new_carbon)
        return fail(ErrorKind::kInvalid,
                    fmt::format("no map: the embodied carbon of {} is not known; add embodied=150 kg",
                                question.new_choice.name));
      OLIVINE_TRY(const FormulaId rate, m->graph.product({m->saved_power, m->intensity}));
      OLIVINE_TRY(const FormulaValue saved, evaluate_mean(m->graph, rate));
      OLIVINE_TRY(const FormulaValue cost, evaluate_mean(m->graph, *m->new_carbon));
      const PayBack found = pay_back(*cost.value, *saved.value);
      if (found.kind == PayBackKind::kAtOnce)
        map.years.emplace_back(0.0);
      else
        map.years.push_back(found.kind == PayBackKind::kAt ? std::optional(found.time_s / kSecondsPerYear)
                                                           : std::nullopt);
    }
  return map;
}

}  // namespace olivine
