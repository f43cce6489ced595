// Every error says what the caller can do: its kind has no default.
// EXPECT: could not convert|cannot convert|no matching function|no viable conversion
#include "base/result.h"

namespace olivine {
#ifdef BAD
Status wrong() { return fail("reading failed"); }
#else
Status right() { return fail(ErrorKind::kTransient, "reading failed"); }
#endif
}  // namespace olivine
