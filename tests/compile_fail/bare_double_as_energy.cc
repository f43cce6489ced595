// A bare number has no unit: it becomes energy only through a function that names one.
// EXPECT: could not convert|no matching function|no viable conversion
#include "units/quantity.h"

namespace olivine {
double take(Energy e) { return in_joules(e); }
#ifdef BAD
double wrong() { return take(3.6e6); }
#else
double right() { return take(kilowatt_hours(1.0)); }
#endif
}  // namespace olivine
