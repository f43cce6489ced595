// The half-year files of form EIA-930 as the US EIA publishes them: EIA930_BALANCE_YYYY_*.csv (net generation by fuel) and
// EIA930_INTERCHANGE_YYYY_*.csv (what goes from one balancing authority to another).
//
//   "Balancing Authority", ..., "UTC Time at End of Hour", ..., "Net Generation (MW) from Coal", ...
//   CISO, ..., 01/01/2022 09:00:00 AM, ..., "1,234"          -> US-CAL-CISO, the hour from 08:00Z, 1234 MW
//   CISO, BPAT, ..., Interchange (MW) -300                   -> 300 MW into CISO: positive goes out
//
// Times name the end of their hour. Values as reported: EIA's imputed and adjusted columns are left out. A fuel that an
// authority never gives is one that it does not have. Authorities become zone keys by data/zone_aliases.csv; one that is
// not there, and a neighbour in Canada or Mexico, is EIA-CODE.
//
// Units: MWh in an hour = MW. Errors: kInvalid with line, value and fix. At most kMaxMixValues. Threads: pure. Lifetime: values.
#pragma once

#include "grid/mixes/mix_file.h"

namespace olivine {

bool is_eia930_header(std::string_view first_line);
// `options.only_zone`: of the balance only that zone.
Result<MixFile> parse_eia930_file(ByteSource& source, const MixCsvOptions& options);

}  // namespace olivine
