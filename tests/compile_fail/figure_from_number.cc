// What is printed is a figure: value, coverage, basis and origin together. A number alone is none.
// EXPECT: could not convert|invalid initialization|no matching function|no viable conversion
#include "provenance/figure.h"

namespace olivine {
bool print(const Figure<Energy>& f) { return f.known(); }
#ifdef BAD
bool wrong() { return print(joules(1.0)); }
#else
bool right() { return print(Figure<Energy>::unknown("no meter")); }
#endif
}  // namespace olivine
