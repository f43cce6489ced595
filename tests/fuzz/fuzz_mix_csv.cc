// Fuzzes files of generation and exchanges: any bytes (tables, EIA-930, ENTSO-E; gzip too) give mixes of sound shape or an error of one line; what is computed from it is
// finite, and a factor is either there or refused with a reason.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "grid/mixes/join_mixes.h"
#include "grid/mixes/mix_file.h"
#include "grid/mixes/mix_intensities.h"
#include "grid/signals/marginal_regression.h"

namespace {

using namespace olivine;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_one_line(const Error& error) {
  require(!error.message.empty() && error.message == printable(error.message) && error.message.size() < 3000);
}

void check_fit(const MarginalFit& fit) {
  require(fit.identifiable == fit.reason.empty());
  require(fit.identifiable == fit.slope_g_per_kwh.has_value());
  if (fit.slope_g_per_kwh) require(!std::isnan(*fit.slope_g_per_kwh) && !std::isnan(*fit.standard_error_g_per_kwh));
}

void check_mix(const GenerationMix& mix) {
  require(check(mix).has_value());
  const auto series = average_intensity(mix, default_fuel_factors(Boundary::kLifecycle));
  if (!series) require_one_line(series.error());
  if (series) require(check(*series).has_value());
  for (const auto grouping : {MarginalGrouping::kHourOfDay, MarginalGrouping::kLoadDecile}) {
    const auto estimate = estimate_marginal(mix, {default_fuel_factors(Boundary::kDirect), {}}, grouping);
    if (!estimate) {
      require_one_line(estimate.error());
      continue;
    }
    check_fit(estimate->fit);
    std::size_t in_groups = 0;
    for (const MarginalGroup& group : estimate->groups) {
      check_fit(group.fit);
      in_groups += group.fit.n;
    }
    require(in_groups == estimate->fit.n);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = read_mix_file(std::make_unique<TextSource>(bytes), "f.csv", {"ZZ", {"peat"}});
  if (!file) {
    require_one_line(file.error());
    return 0;
  }
  for (const GenerationMix& mix : file->mixes) check_mix(mix);
  const auto joined = join_mixes({*file});
  if (!joined) {
    require_one_line(joined.error());
    return 0;
  }
  const auto series = intensities_of_mixes(*joined, {});
  if (!series) require_one_line(series.error());
  if (series)
    for (const StoredSeries& one : series->series) require(encode_series(one, {1}).has_value());
  return 0;
}
