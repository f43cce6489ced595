// Two ranges cannot be added without knowing which inputs they share: sum() looks, operator+ does not exist.
// EXPECT: no match for .?operator\+|invalid operands to binary expression
#include "units/estimate.h"

namespace olivine {
#ifdef BAD
Estimate<Energy> wrong(const Estimate<Energy>& a, const Estimate<Energy>& b) { return a + b; }
#else
Estimate<Energy> right(const Estimate<Energy>& a, const Estimate<Energy>& b) { return sum(a, b); }
#endif
}  // namespace olivine
