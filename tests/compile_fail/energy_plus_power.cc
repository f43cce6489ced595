// Joules and watts do not add.
// EXPECT: no match for .?operator\+|invalid operands to binary expression
#include "units/quantity.h"

namespace olivine {
#ifdef BAD
Energy wrong() { return joules(1.0) + watts(1.0); }
#else
Energy right() { return joules(1.0) + watts(1.0) * seconds(1); }
#endif
}  // namespace olivine
