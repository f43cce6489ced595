// Only the physical products exist: energy times intensity is carbon, energy times energy is nothing.
// EXPECT: no match for .?operator\*|invalid operands to binary expression
#include "units/quantity.h"

namespace olivine {
#ifdef BAD
auto wrong(Energy e) { return e * e; }
#else
Carbon right(Energy e, CarbonIntensity i) { return e * i; }
#endif
}  // namespace olivine
