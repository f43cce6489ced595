// The answer of `olivine breakeven` as text, JSON (docs/schemas/breakeven.schema.json) and picture.
//
// Units: years, kWh and kg for people, the same named in JSON keys. Errors: of the chart. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/breakeven_question.h"
#include "report/chart.h"

namespace olivine::cli {

HeatMap heat_map_of(const AskedBreakEven& asked, const PayBackMap& map);
std::string break_even_json(const AskedBreakEven& asked, const BreakEvenAnswer& answer,
                            const std::optional<PayBackMap>& map);
Result<std::string> break_even_text(const App& app, const AskedBreakEven& asked, const BreakEvenAnswer& answer,
                                    const std::optional<PayBackMap>& map);

}  // namespace olivine::cli
