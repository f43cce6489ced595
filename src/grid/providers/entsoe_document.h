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

Result<ServiceMix> mix_of_document(const XmlElement& root, const std::string& domain);

}  // namespace olivine
