// Energy leaves as a bare number only through a function that names the unit.
// EXPECT: cannot convert|no viable conversion
#include "units/quantity.h"

namespace olivine {
#ifdef BAD
double wrong(Energy e) { return e; }
#else
double right(Energy e) { return in_kilowatt_hours(e); }
#endif
}  // namespace olivine
