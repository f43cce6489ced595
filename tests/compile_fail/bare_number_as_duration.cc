// A duration names its unit.
// EXPECT: could not convert|no matching function|no viable conversion
#include "units/quantity.h"

namespace olivine {
double take(Duration d) { return in_seconds(d); }
#ifdef BAD
double wrong() { return take(100); }
#else
double right() { return take(milliseconds(100)); }
#endif
}  // namespace olivine
