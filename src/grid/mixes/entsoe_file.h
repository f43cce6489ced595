// Documents of ENTSO-E's transparency platform as files: generation per type (A75), physical flows (A11), total load (A65).
//
// A flow goes from out_Domain to in_Domain. Each direction is a document of its own. Areas become zone keys by their EIC
// (data/zone_aliases.csv); an EIC that is not there stays as it is. A document may hold many TimeSeries and Periods; kinds of
// different resolution come to the finest one, as longer means hold for each part of them. Two values for one time that
// differ are no value. Consumption of plants and storage (outBiddingZone) is load and left out, with a note.
//
// The document is taken apart at its TimeSeries, so that a year needs no tree of a year.
//
// Units: MW. Errors: kNotFound for "no data"; kInvalid for another document, unit or curve type; kCorrupt for XML that is none.
// Threads: pure. Lifetime: values.
#pragma once

#include "grid/mixes/mix_file.h"

namespace olivine {

Result<MixFile> parse_entsoe_file(std::string_view text);

}  // namespace olivine
