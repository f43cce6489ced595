#include "grid/signals/generation_mix.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"

namespace olivine {
namespace {

tl::unexpected<Error> bad(const GenerationMix& mix, std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("generation mix of {}: {}", printable(mix.zone), why));
}

Status check_column(const GenerationMix& mix, std::string_view name, const std::vector<double>& mw) {
  if (mw.size() != mix.rows())
    return bad(mix, fmt::format("column {} has {} values for {} rows", printable(name), mw.size(), mix.rows()));
  for (std::size_t row = 0; row < mw.size(); ++row)
    if (std::isinf(mw[row]))
      return bad(mix, fmt::format("column {} at {} is infinite", printable(name), format_utc(mix.begin[row])));
  return {};
}

struct WeightedColumn {
  const MixColumn* column;
  double g_per_kwh;
};

// Columns with their factors.
Result<std::vector<WeightedColumn>> weighted(const GenerationMix& mix, std::span<const FuelFactor> factors) {
  std::vector<WeightedColumn> columns;
  for (const MixColumn& column : mix.fuels) {
    const std::optional<double> factor = factor_of(factors, column.name, column.fuel);
    const bool generates = std::any_of(column.mw.begin(), column.mw.end(), [](double v) { return v > 0.0; });
    if (!factor && generates)
      return bad(mix, fmt::format("no factor for column {} ({}); give one, e.g. {}=0", printable(column.name),
                                  name_of(column.fuel), printable(column.name)));
    columns.push_back({&column, factor.value_or(0.0)});  // without a factor it never generates
  }
  return columns;
}

}  // namespace

const MixColumn* GenerationMix::find(std::string_view column) const {
  const std::string wanted = to_lower(column);
  for (const MixColumn& c : fuels)
    if (to_lower(c.name) == wanted) return &c;
  return nullptr;
}

Status check(const GenerationMix& mix) {
  if (mix.step <= Duration{0}) return bad(mix, "the step is not longer than nothing");
  for (std::size_t row = 1; row < mix.rows(); ++row)
    if (mix.begin[row].ns - mix.begin[row - 1].ns < mix.step.ns)
      return bad(mix, fmt::format("the row at {} begins before the one before it ends", format_utc(mix.begin[row])));
  for (const MixColumn& column : mix.fuels) {
    OLIVINE_CHECK_STATUS(check_column(mix, column.name, column.mw));
    if (mix.find(column.name) != &column)
      return bad(mix, fmt::format("column {} occurs twice", printable(column.name)));
  }
  for (const MixExchange& exchange : mix.exchanges)
    OLIVINE_CHECK_STATUS(check_column(mix, exchange.neighbour, exchange.mw));
  return {};
}

double total_mw(const GenerationMix& mix, std::size_t row) {
  if (mix.fuels.empty()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0.0;
  for (const MixColumn& column : mix.fuels) sum += column.mw[row];
  return sum;
}

double net_load_mw(const GenerationMix& mix, std::size_t row) {
  double sum = total_mw(mix, row);
  for (const MixColumn& column : mix.fuels)
    if (is_weather_driven(column.fuel)) sum -= column.mw[row];
  for (const MixExchange& exchange : mix.exchanges) sum += exchange.mw[row];
  return sum;
}

Result<IntensitySeries> average_intensity(const GenerationMix& mix, std::span<const FuelFactor> factors) {
  OLIVINE_CHECK_STATUS(check(mix));
  IntensitySeries series;
  OLIVINE_TRY(series.boundary, uniform_boundary(factors));
  OLIVINE_TRY(const auto columns, weighted(mix, factors));
  series.zone = mix.zone;
  series.source = mix.source;
  series.notes = mix.notes;
  series.accounting = "production";
  series.losses = "excluded";
  series.basis = Basis::kModelled;
  std::size_t charging_rows = 0;
  for (std::size_t row = 0; row < mix.rows(); ++row) {
    double generated_mw = 0.0, g_per_kwh_mw = 0.0;
    bool charging = false;
    for (const auto& [column, g_per_kwh] : columns) {
      const double mw = column->mw[row];
      charging |= mw < 0.0;
      generated_mw += mw < 0.0 ? 0.0 : mw;  // NaN stays NaN
      g_per_kwh_mw += mw < 0.0 ? 0.0 : mw * g_per_kwh;
    }
    if (!(generated_mw > 0.0)) continue;  // unknown, or nothing generated: a gap
    charging_rows += charging ? 1 : 0;
    const WallTime end{mix.begin[row].ns + mix.step.ns};
    series.points.push_back(exact_point(mix.begin[row], end, g_per_kwh_mw / generated_mw));
  }
  if (charging_rows > 0)
    series.notes.push_back(fmt::format("{} steps hold negative generation, taken as load", charging_rows));
  return series;
}

}  // namespace olivine
