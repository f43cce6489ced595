// HiGHS, the solver of mixed-integer programmes, through its C API, whose library is loaded when a plan asks for it and not before.
//
// Debian 12 has no package of it; PyPI's highsbox (MIT) brings lib/libhighs.so. Eleven functions are declared here by hand; they are
// the same from HiGHS 1.5 to 1.15 (docs/adr/0036).
//
// Units: the caller's. Errors: kUnsupported when the library is not there (names the package), kInvalid for a model that HiGHS
// refuses, kNotFound where no solution exists or none was found in time. Threads: one user. Lifetime: the library stays loaded until
// the program ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace olivine {

// minimise cost x, row_lower <= A x <= row_upper, lower <= x <= upper; A by columns.
struct IntegerProgramme {
  std::vector<double> cost, lower, upper;
  std::vector<bool> whole;  // of each column
  std::vector<double> row_lower, row_upper;
  std::vector<int> column_begin{0};  // into row and value; one more than columns
  std::vector<int> row;
  std::vector<double> value;

  // Adds a column; its entries follow.
  void column(double c, double low, double high, bool is_whole);
  void entry(std::size_t r, double v);
  std::size_t columns() const { return cost.size(); }
};

struct IntegerSolution {
  std::vector<double> x;
  double value = 0.0, bound = 0.0;
  bool optimal = false;  // else the time was over
};

class Highs {
 public:
  // `library` as the user set it (OLIVINE_HIGHS); empty: the usual places of the system.
  static Result<std::unique_ptr<Highs>> load(const std::string& library);
  ~Highs();
  Highs(const Highs&) = delete;
  Highs& operator=(const Highs&) = delete;
  std::string version() const;
  // `start`, when not empty, is a solution that is known to hold.
  Result<IntegerSolution> solve(const IntegerProgramme& programme, double seconds,
                                const std::vector<double>& start = {});

 private:
  struct Api;
  explicit Highs(std::unique_ptr<Api> api);
  std::unique_ptr<Api> api_;
};

}  // namespace olivine
