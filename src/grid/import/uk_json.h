// UK Carbon Intensity API (api.carbonintensity.org.uk), JSON of /intensity and /intensity/{from}/{to}: half hours of Great
// Britain.
//
//   {"data": [{"from": "2018-01-20T12:00Z", "to": "2018-01-20T12:30Z", "intensity": {"forecast": 266, "actual": 263, ...}}]}
//
// `actual` is imported; a row without one (the future, an outage) is a gap, counted in a note. Answers of a region hold
// forecasts only and are refused. The service states gCO2/kWh of generation and imports with grid losses: average, direct,
// consumption, losses included.
//
// Units: g/kWh. Errors: kInvalid names what is wrong; the service's own error text is passed on. At most 4 MiB of
// text and 16 levels; nothing is kept but the rows. Threads: one. Lifetime: values.
#pragma once

#include "grid/import/import.h"

namespace olivine {

Result<Imported> import_uk_json(ByteSource& source, const ImportOptions& options);

}  // namespace olivine
