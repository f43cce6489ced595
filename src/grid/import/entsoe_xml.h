// ENTSO-E Transparency Platform, document A75: actual generation per production type (GL_MarketDocument).
//
// Rules that answers rely on: a position counts steps of `resolution` from the period's start; with curveType A03 a position
// that is left out repeats the one before it, up to the period's end; with A01 it is a gap. A series with an
// outBiddingZone_Domain is consumption (pumping) and counts as negative. Where several resolutions meet, the finest is the
// table's, and power holds for each part of a coarser step. The type (psrType, "B04") is the column's name.
//
//   curveType A03, start 2025-10-20T11:00Z, end 2025-10-23T10:00Z, PT60M, one point: position 1, 0 MW
//   -> 71 rows of 0 MW
//
// Units: MW (quantity_Measure_Unit MAW; any other is refused). Errors: kNotFound with the service's reason for an
// Acknowledgement document ("no data"); kInvalid otherwise. Threads: one. Lifetime: values.
#pragma once

#include "grid/import/mix_table.h"

namespace olivine {

Result<MixTable> parse_entsoe_generation(ByteSource& source);

}  // namespace olivine
