// Student's t: its quantiles, for ranges of means of few repeats.
//
//   student_quantile(0.975, 4) -> 2.776
//
// The distribution function is the integral of cos^(n-1) over the angle atan(t / sqrt n) (Simpson's rule); the quantile by bisection, beyond
// 200 degrees by Fisher and Cornish's series (Abramowitz and Stegun 26.7.5).
// Units: none. Errors: none; degrees of freedom below 1 count as 1. Threads: pure. Lifetime: values.
#pragma once

namespace olivine {

double student_probability(double t, double degrees);
double student_quantile(double probability, double degrees);

}  // namespace olivine
