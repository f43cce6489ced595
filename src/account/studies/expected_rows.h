// What a paper printed, row by row (studies/NAME/expected.csv), and whether a recomputed value stands up to it.
//
//   id,published,unit,tolerance,source,mark,why
//   activity.training.energy,"433,196",kWh,0.1 %,section 4.2,SAW,
//   project/total.energy,"1,163,088",kWh,exact,table 5,SAW slip,the rows of the table add to 1162976
//
// id is FIGURE of account.toml, FILE/FIGURE of another manifest, or log:RUN/FIGURE of a raw log. Tolerances: "0.2 %" of the published
// value; "abs 0.1" in the row's unit; "printed": equal when rounded to the digits printed; "6 digits": equal to that many significant
// digits; "exact": to 1 part in 10^9.
// mark says how the value is known: SAW (in the paper), SAW-C (in the authors' code, data or README), quoted (in a text that quotes the
// paper); CALC was not printed anywhere that we saw: it is a check and never shown as published. A mark that ends in "slip" says that
// the paper contradicts itself here; such a row has to miss, and `why` tells how.
//
// Units: values in the row's unit. Errors: kCorrupt with file and row. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

struct StudyTolerance {
  enum class Kind { kRelative, kAbsolute, kPrinted, kDigits, kExact };
  Kind kind = Kind::kExact;
  double amount = 0.0;  // relative: a fraction; digits: how many
  std::string text;
  bool holds(double expected, std::string_view printed, double recomputed) const;
};

struct ExpectedRow {
  std::string id, manifest, figure;  // manifest: "account", "project", or "log:RUN"
  std::string printed;               // as the paper prints it: "433,196"
  double value = 0.0;
  std::string unit;                  // "1" for a plain number
  StudyTolerance tolerance;
  std::string source, mark, why;

  bool seen() const { return !mark.starts_with("CALC"); }
  bool slip() const { return mark.ends_with("slip"); }
  bool from_log() const { return manifest.starts_with("log:"); }
};

Result<std::vector<ExpectedRow>> parse_expected(std::string_view file, std::string_view csv);

enum class StudyRowState {
  kOk,       // within its tolerance
  kSlip,     // the paper's own slip, shown as such
  kOut,      // out of tolerance, or unknown, or a slip that is none
  kSkipped,  // what it needs is not here
};
std::string_view name_of(StudyRowState state);  // "ok", "slip", "out", "skipped"

// What a manifest or a log answered for one row.
struct StudyAnswer {
  std::optional<double> value;  // in the row's unit
  std::string reason;           // why there is none
  bool skipped = false;         // there is none because something that is not shipped is missing
};

struct StudyRow {
  ExpectedRow expected;
  std::optional<double> recomputed;
  std::optional<double> difference;  // recomputed / expected - 1
  StudyRowState state = StudyRowState::kOut;
  std::string reason;
};
StudyRow judge_row(ExpectedRow expected, const StudyAnswer& answer);

}  // namespace olivine
