// The sum of an energy and a carbon estimate means nothing.
// EXPECT: no matching function
#include "units/estimate.h"

namespace olivine {
#ifdef BAD
auto wrong(const Estimate<Energy>& a, const Estimate<Carbon>& b) { return sum(a, b); }
#else
auto right(const Estimate<Energy>& a, const Estimate<CarbonIntensity>& b) { return product(a, b); }
#endif
}  // namespace olivine
