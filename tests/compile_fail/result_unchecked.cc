// A result is not its value: it must be asked first.
// EXPECT: cannot convert|no viable conversion
#include "base/result.h"

namespace olivine {
Result<int> read() { return 1; }
#ifdef BAD
int wrong() { return read(); }
#else
Result<int> right() {
  OLIVINE_TRY(const int value, read());
  return value + 1;
}
#endif
}  // namespace olivine
