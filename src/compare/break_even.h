// Break-even and indifference: when does new hardware pay back what its manufacture cost, at equal work?
//
// The old machine works a share `activity` of the time; the new one does the same work in activity x speed_old / speed_new. While not
// working, a machine sleeps for a share `sleep` of that time and idles otherwise:
//
//   P = count (a P_active + (1 - a) ((1 - sleep) P_idle + sleep P_sleep)),   saved = PUE (P_old - P_new)
//   break-even    t = M_new / saved                 the old one is there already: what it cost to make is spent either way
//   indifference  t = (M_new - M_old) / saved       either would have to be bought
//
// in energy with M the energy of manufacture, and in carbon with saved x intensity of the use place and M the embodied carbon, to
// which the energy of manufacture x the intensity of the fab's place is added. saved <= 0: it never pays back, which is an answer.
// Source of the two points and of activity and sleep ratios: Kline, Parshook, Ge, Brunvand, Melhem, Chrysanthis and Jones, GreenChip,
// Sustainable Computing 22 (2019), cited from memory; the algebra above is complete in itself.
//
// Known answer (UBA 2012, notebooks): making one costs 241.5 kg, using it 138.5 kg in five years; one that uses 10 % less pays
// back after 241.5 / 2.77 = 87 years.
//
// Units: coherent. Errors: kInvalid: the new machine cannot do the work, a sleep share without a sleep power. Threads: pure.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/uncertainty/monte_carlo.h"
#include "account/uncertainty/tornado.h"
#include "compare/hardware_choice.h"

namespace olivine {

struct BreakEvenQuestion {
  HardwareChoice old_choice, new_choice;
  UncertainInput activity;       // of the old machine's time
  UncertainInput sleep;          // of the time without work
  UncertainInput use_intensity;  // g/J
  std::optional<UncertainInput> fab_intensity;
  UncertainInput pue;
  UncertainInput life;  // for how long the new one will serve, s
};

// When one choice becomes the better one.
enum class PayBackKind {
  kAt,         // the new one, from `time` on
  kNever,      // the new one costs more to make and does not save
  kAtOnce,     // the new one is better from the first day
  kOnlyUntil,  // the new one is better until `time`: it cost less to make and draws more
};

struct PayBack {
  PayBackKind kind = PayBackKind::kNever;
  double time_s = 0.0;  // at the means; of kAt and kOnlyUntil
  // 95 % over the draws, of the time that `kind` is about; absent: never, of kOnlyUntil without end.
  std::optional<double> lower_s{}, upper_s{};
};

struct ChoiceOutcome {
  std::string unknown;  // why nothing can be said; "" when it can
  PayBack break_even;
  std::optional<PayBack> indifference;  // absent: what making the old one cost is not known
  double saved_rate = 0.0;              // J/s or g/s
  double investment = 0.0;              // J or g
  double pays_back_within_life = 0.0;   // share of the draws
  double life_saving = 0.0;             // over the life, manufacture included; J or g
  MonteCarloFigure life_saving_range;
  std::vector<TornadoBar> tornado;  // of the saving over the life
  std::vector<BudgetLine> budget;
};

struct BreakEvenAnswer {
  double old_power_w = 0.0, new_power_w = 0.0;  // means, without PUE
  double new_activity = 0.0;
  ChoiceOutcome energy, carbon;
  FormulaGraph graph;  // inputs of the tornado
};

Result<BreakEvenAnswer> break_even(const BreakEvenQuestion& question, const MonteCarloSettings& settings);

// Break-even in carbon at the means over activity (columns) and one more axis (rows); absent: never, or the new machine is too slow.
enum class MapAxis { kSleep, kIntensity };
struct PayBackMap {
  MapAxis axis = MapAxis::kSleep;
  std::vector<double> activities, rows;      // shares; of an intensity g/kWh
  std::vector<std::optional<double>> years;  // by rows
};
Result<PayBackMap> pay_back_map(const BreakEvenQuestion& question, MapAxis axis);

}  // namespace olivine
