// Wall time labels, monotonic time measures: their difference is a bug that a clock step brings out.
// EXPECT: no match for .?operator-|invalid operands to binary expression
#include "base/time.h"

namespace olivine {
#ifdef BAD
Duration wrong(const Now& now, const Now& earlier) { return now.wall - earlier.mono; }
#else
Duration right(const Now& now, const Now& earlier) { return now.mono - earlier.mono; }
#endif
}  // namespace olivine
