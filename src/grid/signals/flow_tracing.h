// Flow tracing: what a zone's consumers get when zones trade electricity, by proportional sharing.
//
// Whatever enters a zone, from its own plants or over a line, mixes there; consumers and exports draw from the one mix. For
// zone i with generation G_i of content e_i, imports F_ji of content c_j:
//
//   c_i (G_i + sum_j F_ji) = G_i e_i + sum_j c_j F_ji
//
// one linear system for all zones, loops included. What is consumed carries exactly what was produced:
// sum_i c_i (G_i + in_i - out_i) = sum_i G_i e_i. Losses on lines are not modelled: what leaves one zone arrives in the next.
// Flows are taken as given; two opposite flows between a pair both mix.
//
//   A 100 MW at 0 g exporting 50 MW to B, B 50 MW at 800 g:  A 0, B (50 x 800 + 50 x 0) / 100 = 400 g/kWh    (METHODS 9)
//
// A zone is unknown, with the reason, when nothing enters it; when its generation or what that carries is not known; when
// it exports more than enters; when its power comes round from no generator that is given; and when any of that feeds it.
//
// Sources: Bialek, IEE Proc. Gener. Transm. Distrib. 143 (1996) 313; Kirschen, Allan, Strbac, IEEE Trans. Power Syst. 12 (1997)
// 52; Tranberg et al., Energy Strategy Rev. 26 (2019) 100367.
// Units: MW; content in the caller's unit, g/kWh or shares. Errors: kInvalid names the zone or the flow. Threads: pure.
// Lifetime: values.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grid/signals/flow_network.h"
#include "grid/signals/generation_mix.h"

namespace olivine {

struct TracedZone {
  std::string zone;
  std::optional<double>
      generation_mw;            // absent: not known. What a pump or battery draws is load, not negative generation
  std::vector<double> content;  // of a unit generated: {g_per_kwh}, or a share a fuel; empty: not known
};
struct TracedFlow {
  std::string from, to;
  double mw = 0.0;
};
struct TracedConsumption {
  std::string zone;
  std::vector<double> content;           // of a unit consumed; empty: not known
  std::optional<double> consumption_mw;  // generation + imports - exports; absent when generation is not known
  std::string reason;                    // why content is empty
};

// One entry a zone, in the order given. All contents that are known have the same number of components; at most 2,000 zones.
Result<std::vector<TracedConsumption>> trace_consumption(std::span<const TracedZone> zones,
                                                         std::span<const TracedFlow> flows);

// Why a zone has no answer, without its numbers.
std::string_view trouble_text(TraceTrouble trouble);

inline constexpr std::size_t kFuels = 11;  // Fuel::kCoal .. Fuel::kOther
struct ConsumptionPoint {
  std::array<double, kFuels> share{};  // of what is consumed, by Fuel; they sum to 1
};
struct ConsumptionSeries {
  IntensitySeries intensity;          // accounting "consumption"
  std::vector<ConsumptionPoint> mix;  // one a point of `intensity`; empty when not wanted
};

// The same step by step over mixes that trade with each other (same step; aligned). An exchange that both sides report counts
// with its mean; a neighbour without a mix here is unknown, so what it sends leaves the receiver unknown in that step.
// Unknown is a gap; the series' notes count the gaps by reason.
Result<std::vector<ConsumptionSeries>> consumption_intensity(std::span<const GenerationMix> mixes,
                                                             std::span<const FuelFactor> factors, bool with_mix = true);

// The same, zone by zone to whom it may concern: of many zones not all series are held at once.
Status trace_consumption_series(std::span<const GenerationMix> mixes, std::span<const FuelFactor> factors,
                                bool with_mix, const std::function<Status(ConsumptionSeries)>& take);

}  // namespace olivine
