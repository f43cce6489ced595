#include "engine/assess_schedule.h"

#include <fmt/core.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace olivine {
namespace {

using Span = RecordSchedule::Span;
using Signal = std::optional<double> Span::*;

constexpr double kHourNs = 3.6e12;

std::string span_text(const Span& s) {
  return format_utc(s.begin).substr(0, 19) + "Z .. " + format_utc(s.end).substr(0, 19) + "Z";
}
double hours_of(const Span& s) { return static_cast<double>(s.end.ns - s.begin.ns) / kHourNs; }

// Grams that a kilowatt emits over the span; absent where that is not known.
std::optional<double> grams_per_kw(const Span& s, Signal signal) {
  return s.*signal ? std::optional(hours_of(s) * *(s.*signal)) : std::nullopt;
}

class ScheduleAssessor {
 public:
  explicit ScheduleAssessor(RunRecord& record) : record_(record), s_(*record.schedule) {}

  void run() {
    ScheduleFigures& f = record_.schedule_figures;
    f.present = true;
    f.planned_average = planned(s_.planned.average, &Span::average, "average");
    f.planned_marginal = planned(s_.planned.marginal, &Span::marginal, "marginal");
    f.saving_average = saved_part(s_.actual.average, &Span::average, "average");
    f.saving_marginal = saved_part(s_.actual.marginal, &Span::marginal, "marginal");
    f.saved_average = saved_grams(f.saving_average, s_.actual.average, &Span::average, "average");
    f.saved_marginal = saved_grams(f.saving_marginal, s_.actual.marginal, &Span::marginal, "marginal");
  }

 private:
  ProvenanceId node(const Span& s, Signal signal, const std::string& what, const std::string& name) {
    const std::string value = s.*signal ? shortest(*(s.*signal)) + " g/kWh, " + name : "unknown, " + name;
    return record_.graph.add(
        {"span", what + " " + span_text(s), value, s_.source.empty() ? s_.zone : s_.source, {}, Basis::kReference});
  }
  std::vector<ProvenanceId> nodes(const std::vector<Span>& spans, Signal signal, const std::string& what,
                                  const std::string& name) {
    std::vector<ProvenanceId> ids;
    for (const Span& s : spans) ids.push_back(node(s, signal, what, name));
    return ids;
  }

  template <class Q>
  Figure<Q> figure(std::optional<double> value, const std::string& name, const std::string& rule, const char* unit,
                   std::vector<ProvenanceId> inputs, const std::string& reason) {
    Figure<Q> f;
    f.basis = BasisShare(Basis::kModelled);
    if (value)
      f.value = Estimate<Q>::exactly(Q::from_canonical(*value));
    else
      f.reason = reason;
    f.coverage = value ? 1.0 : 0.0;
    f.provenance = record_.graph.add({"modelled", name, value ? shortest(*value) + unit : "unknown",
                                      value ? rule : reason, std::move(inputs), Basis::kModelled});
    return f;
  }

  std::string why_unknown(Signal signal, const std::string& name) const {
    if (!s_.watched) return s_.job.empty() ? "the run was cut off" : "the job was not watched to its end";
    if (s_.segments.empty()) return "it was not seen to run";
    if (s_.at_once && grams_per_kw(*s_.at_once, signal) == 0.0)
      return "at once it would have emitted nothing: nothing is a share of that";
    return fmt::format("the {} intensity is not known for all of it", name);
  }

  Figure<Ratio> planned(const std::optional<double>& saving, Signal signal, const std::string& name) {
    const bool any = !s_.plan.empty() || s_.planned.average || s_.planned.marginal;
    const std::string reason = any ? fmt::format("the {} intensity is not known for all of the plan", name)
                                   : std::string(
                                         "no plan is known: a threshold was followed, or what follows the plan "
                                         "did not say it");
    return figure<Ratio>(
        saving, "planned saving, " + name,
        "the planner's: 1 - emissions of the plan, pauses included / emissions at once, at constant power", "",
        nodes(s_.plan, signal, "planned", name), reason);
  }

  Figure<Ratio> saved_part(const std::optional<double>& saving, Signal signal, const std::string& name) {
    std::vector<ProvenanceId> inputs = nodes(s_.segments, signal, "ran", name);
    if (s_.at_once) inputs.push_back(node(*s_.at_once, signal, "at once", name));
    return figure<Ratio>(
        saving, "saving, " + name,
        "1 - (sum over spans (length x intensity) + the stated cost of pauses) / the same at once, at constant power",
        "", std::move(inputs), why_unknown(signal, name));
  }

  // The share times what it is a share of, so that both count the pauses alike.
  Figure<Carbon> saved_grams(const Figure<Ratio>& share, const std::optional<double>& saving, Signal signal,
                             const std::string& name) {
    const std::string what = "CO2e saved, " + name;
    if (s_.job.empty()) return saved_of_run(share, saving, signal, name);
    if (!s_.power_w)
      return figure<Carbon>(std::nullopt, what, "", " g", {}, "no power of the job was stated; add --power");
    std::optional<double> grams;
    const auto once = s_.at_once ? grams_per_kw(*s_.at_once, signal) : std::nullopt;
    if (s_.watched && saving && once) grams = *saving * std::abs(*once) * *s_.power_w * 1e-3;
    std::vector<ProvenanceId> inputs{share.provenance};
    if (s_.at_once) inputs.push_back(node(*s_.at_once, signal, "at once", name));
    inputs.push_back(record_.graph.add(
        {"setting", "power of the job", shortest(*s_.power_w) + " W", "flag --power", {}, Basis::kUserStated}));
    return figure<Carbon>(grams, what,
                          "saving, the stated cost of pauses included x power x (length x intensity at once)", " g",
                          std::move(inputs), why_unknown(signal, name));
  }

  // Of a command of ours, whose energy is known: at the mean power that it had while it ran. Lengths only enter as a ratio, for the
  // plan's clock may be faster than ours (--speed).
  Figure<Carbon> saved_of_run(const Figure<Ratio>& share, const std::optional<double>& saving, Signal signal,
                              const std::string& name) {
    const Figure<Energy>& energy = record_.energy.total;
    double ran_h = 0.0;
    for (const Span& span : s_.segments) ran_h += hours_of(span);
    std::optional<double> grams;
    if (s_.watched && saving && energy.value && s_.at_once && grams_per_kw(*s_.at_once, signal) && ran_h > 0.0) {
      const double ran_j = in_joules(energy.value->mean()) - static_cast<double>(s_.paused_attributed_uj) * 1e-6;
      grams = *saving * std::abs(*grams_per_kw(*s_.at_once, signal)) / ran_h * ran_j / kJoulesPerKilowattHour;
    }
    std::vector<ProvenanceId> inputs{share.provenance, energy.provenance};
    if (s_.at_once) inputs.push_back(node(*s_.at_once, signal, "at once", name));
    return figure<Carbon>(grams, "CO2e saved, " + name,
                          "saving x energy of the run while it was not paused (at its mean power, before PUE) x "
                          "intensity at once x length at once / length of the run",
                          " g", std::move(inputs),
                          energy.value ? why_unknown(signal, name) : "the energy of the run is not known");
  }

  RunRecord& record_;
  const RecordSchedule& s_;
};

}  // namespace

void assess_schedule(RunRecord& record) {
  if (record.schedule && (!record.schedule->plan.empty() || !record.schedule->segments.empty()))
    ScheduleAssessor(record).run();
}

}  // namespace olivine
