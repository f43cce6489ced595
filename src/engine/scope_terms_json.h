// The closing's part about quotas and service levels of scopes, as JSON. See context.h and report/run_record.h.
//
// Units: by type. Errors: reading throws the JSON library's exception, as json_fields.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/run_record.h"

namespace olivine {

std::string to_json(const std::vector<RecordTerms>& terms);
std::vector<RecordTerms> scope_terms_from_json(std::string_view text);

}  // namespace olivine
