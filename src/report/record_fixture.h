// RunRecords made up for the tests of the renderers. Linked by tests only.
//
// Units: by type. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include "report/render.h"

namespace olivine::report_test {

// The example of the documentation: modelled CPU and DRAM in France, 71 % of the machine's energy.
RunRecord usual_record();
// Two GPUs, one of them unreadable: the total is unknown with a lower bound; no zone, a gap, late readings.
RunRecord partly_unknown_record();
// Nothing known at all: a run that was cut off before its first reading.
RunRecord empty_record();
// Every text field holds what an attacker would put there.
RunRecord hostile_record();
// All characters of the usual record's text plain: no colour.
TextStyle plain_style();

// Compares with tests/golden/report/NAME; OLIVINE_UPDATE_GOLDEN=1 rewrites the file.
void expect_golden(const std::string& name, const std::string& actual);

}  // namespace olivine::report_test
