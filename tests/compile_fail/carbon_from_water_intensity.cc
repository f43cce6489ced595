// A litre is not a gram: the dimension of the factor decides what comes out.
// EXPECT: could not convert|no viable conversion
#include "units/quantity.h"

namespace olivine {
#ifdef BAD
Carbon wrong(Energy e, WaterIntensity w) { return e * w; }
#else
Water right(Energy e, WaterIntensity w) { return e * w; }
#endif
}  // namespace olivine
