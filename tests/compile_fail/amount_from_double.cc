// The ledger's integers never take a fraction silently: a rounder carries what is left over.
// EXPECT: could not convert|no matching function|no viable conversion
#include "units/amount.h"

namespace olivine {
EnergyAmount keep(EnergyAmount a) { return a; }
#ifdef BAD
EnergyAmount wrong() { return keep(0.5); }
#else
EnergyAmount right(CumulativeRounder& rounder) { return keep(rounder.add(microjoules(0.5))); }
#endif
}  // namespace olivine
