// The A75 document: TimeSeries of several resolutions and curve types become one ServiceMix. Rules: entsoe.h.
//
//   <Period> 11:00Z..15:00Z PT60M, A03, Points 1: 5, 3: 0   ->  5, 5, 0, 0
//   the same with A01                                       ->  5, -, 0, -
//
// Units: MW. Errors: kInvalid for another zone, unit or document; kNotFound for "no data"; kCorrupt for a Period that is none.
// Threads: pure. Lifetime: the element's views live in the body.
#pragma once

#include "grid/providers/answer_xml.h"
#include "grid/providers/mix.h"

namespace olivine {

struct EntsoePeriod {
  WallTime begin;
  Duration resolution;
  std::vector<std::optional<double>> mw;  // one a position
};
Result<EntsoePeriod> read_entsoe_period(const XmlElement& period, bool omitted_repeats);

// One TimeSeries of generation (A75): who, what kind of plant, how much.
struct EntsoeSeries {
  std::string area;  // EIC
  std::string code;  // of the kind of plant: "B04"
  Fuel fuel = Fuel::kOther;
  bool consumed = false;  // what plants and storage draw (outBiddingZone), not what they give
  std::vector<EntsoePeriod> periods;
};
Result<EntsoeSeries> read_entsoe_series(const XmlElement& series);
// The periods of any TimeSeries in MAW.
Result<std::vector<EntsoePeriod>> read_entsoe_periods(const XmlElement& series);
// The document's own word that it has nothing or was asked wrongly (Acknowledgement_MarketDocument).
tl::unexpected<Error> entsoe_refusal(const XmlElement& root);

Result<ServiceMix> mix_of_document(const XmlElement& root, const std::string& domain);

}  // namespace olivine
