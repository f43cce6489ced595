// GenerationMix: what a zone generated, fuel by fuel and step by step, and the average intensity that follows.
//
// A value that the source does not give is NaN here: it makes every sum that needs it unknown, and never counts as 0.
// Rows are in order of time; a step without a row is a gap. Negative generation (a pump, a battery that charges, a plant
// that draws more than it sends out) is a load: it adds nothing to the mix that others consume, and is counted in a note.
//
//   coal 100 MW, wind 100 MW; AR5 lifecycle 820 and 11   ->  (100 x 820 + 100 x 11) / 200 = 415.5 g/kWh
//
// Units: MW as the mean over the step, or MWh per step: all columns of one mix have the same unit, which cancels. Exchanges
// in that unit, positive into the zone. Errors: kInvalid names zone, column and time. Threads: values. Lifetime: values.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "grid/signals/fuels.h"

namespace olivine {

struct MixColumn {
  std::string name;  // as the source calls it: "COL"
  Fuel fuel = Fuel::kOther;
  std::vector<double> mw;  // one a row; NaN: not known
  bool known_fuel = true;  // false: the caller named the column, nobody knows what it burns
};

struct MixExchange {
  std::string neighbour;   // zone key
  std::vector<double> mw;  // net import from there, one a row; NaN: not known
};

struct GenerationMix {
  std::string zone;
  std::string source;
  Duration step;                // length of a row
  std::vector<WallTime> begin;  // of each row, rising
  std::vector<MixColumn> fuels;
  std::vector<MixExchange> exchanges;
  std::vector<std::string> notes;  // what a reader must know, one sentence each

  std::size_t rows() const { return begin.size(); }
  const MixColumn* find(std::string_view column) const;  // ignoring case; null when there is none
};

// Shape: rising times, positive step, rows not closer than the step, columns as long as the times, names distinct, no
// infinity.
Status check(const GenerationMix& mix);

// All generation of a row, negative values included; NaN when a column is not known.
double total_mw(const GenerationMix& mix, std::size_t row);
// What dispatchable units and imports have to deliver: generation less wind and sun, plus net imports where the mix has
// exchanges. NaN when a part is not known.
double net_load_mw(const GenerationMix& mix, std::size_t row);

// Production-based average intensity: one point a row in which every column is known and something is generated. Every
// column that ever generates needs a factor; kInvalid names the one without.
Result<IntensitySeries> average_intensity(const GenerationMix& mix, std::span<const FuelFactor> factors);

}  // namespace olivine
