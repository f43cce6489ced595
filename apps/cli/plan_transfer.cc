// plan --data and --from; see plan_intensity.h.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_money.h"
#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "provenance/defaults.h"
#include "units/format.h"
#include "units/quantity.h"

namespace olivine::cli {
namespace {

// "500GB", "1.5 TB", "200 MB": decimal, as providers bill.
Result<double> gigabytes_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
      {{"TB", 1e3}, {"GB", 1.0}, {"MB", 1e-3}, {"PB", 1e6}}};
  for (const auto& unit : kUnits) {
    if (!trim(text).ends_with(unit.first)) continue;
    const auto number = parse_double(trim(trim(text).substr(0, trim(text).size() - 2)));
    if (number && *number >= 0.0 && *number <= 1e12) return *number * unit.second;
  }
  return fail(ErrorKind::kInvalid, fmt::format("--data: \"{}\" is not an amount of data, e.g. 500GB", printable(text)));
}

// The zone in which the data are: of the file that the plan goes by, or as it is stored and shipped.
Result<ZoneIntensity> home_of(App& app, const JobRequest& job, PlanIntensities& intensities) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  if (o.intensity.empty()) {
    IntensityQuestion at_home = question_of(app, job);
    at_home.zones = {o.from};
    OLIVINE_TRY(PlanIntensities home, plan_intensities(app, at_home));
    for (std::string& source : home.sources)
      if (std::find(intensities.sources.begin(), intensities.sources.end(), source) == intensities.sources.end())
        intensities.sources.push_back(std::move(source));
    return std::move(home.zones.front());
  }
  if (intensities.home) return *intensities.home;
  return fail(ErrorKind::kInvalid,
              fmt::format("--from: {} has no rows of zone {}: add them, in a column zone, or name the zone of a file "
                          "without one by --zones",
                          printable(o.intensity), printable(o.from)));
}

}  // namespace

Result<std::optional<DataTransfer>> plan_transfer(App& app, const JobRequest& job, PlanIntensities& intensities) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  if (o.data.empty() && o.from.empty()) {
    if (!o.egress.empty() || !o.energy_per_gb.empty())
      return fail(ErrorKind::kInvalid, "--egress and --energy-per-gb are of --data, e.g. --data 500GB --from FR");
    return std::optional<DataTransfer>{};
  }
  if (o.data.empty() || o.from.empty())
    return fail(ErrorKind::kInvalid, "--data and --from go together, e.g. --data 500GB --from FR");
  OLIVINE_TRY(const double gigabytes, gigabytes_of(o.data));
  DataTransfer transfer;
  OLIVINE_TRY(transfer.from, home_of(app, job, intensities));
  if (o.energy_per_gb.empty()) {
    OLIVINE_TRY(const Default network, default_value("network_kwh_per_gb"));
    transfer.energy_j = gigabytes * network.value * kJoulesPerKilowattHour;
    intensities.sources.push_back(fmt::format("network {} kWh/GB [{}, {}], {}: {}", shortest(network.value),
                                              shortest(network.lower), shortest(network.upper), name_of(network.basis),
                                              network.row.text()));
  } else {
    OLIVINE_TRY(const Energy energy, named("--energy-per-gb", parse_energy(o.energy_per_gb)));
    transfer.energy_j = gigabytes * in_joules(energy);
  }
  if (!o.egress.empty()) {
    OLIVINE_TRY(const double price, amount_of("--egress", o.egress, nullptr));  // its currency: add_prices
    transfer.cost = gigabytes * price;
  }
  return std::optional(std::move(transfer));
}

}  // namespace olivine::cli
