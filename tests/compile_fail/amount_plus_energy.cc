// Exact microjoules and measured doubles do not mix by accident.
// EXPECT: no match for .?operator\+|invalid operands to binary expression
#include "units/amount.h"

namespace olivine {
#ifdef BAD
auto wrong(EnergyAmount a, Energy e) { return a + e; }
#else
Energy right(EnergyAmount a, Energy e) { return to_energy(a) + e; }
#endif
}  // namespace olivine
