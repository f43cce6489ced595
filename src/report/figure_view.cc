#include "report/figure_view.h"

#include <fmt/core.h>

namespace olivine {

std::vector<NamedFigure> all_figures(const RunRecord& record) {
  const RecordEnergy& e = record.energy;
  const RecordEmissions& c = record.emissions;
  std::vector<NamedFigure> all{{"energy_j.total", "energy", view_of(e.total)},
                               {"energy_j.attributed", "attributed", view_of(e.attributed)},
                               {"energy_j.idle_charged", "idle_charged", view_of(e.idle_charged)},
                               {"energy_j.others", "others", view_of(e.others)},
                               {"energy_j.self", "self", view_of(e.self)},
                               {"energy_j.idle", "idle", view_of(e.idle)},
                               {"energy_j.unattributed", "unattributed", view_of(e.unattributed)},
                               {"energy_j.measured_node", "measured_node", view_of(e.measured_node)}};
  for (std::size_t i = 0; i < e.components.size(); ++i)
    all.push_back({fmt::format("energy_j.components[{}].figure", i), e.components[i].source,
                   view_of(e.components[i].attributed)});
  const std::string operational = "emissions_g.operational.";
  all.push_back({operational + "location_average", "operational", view_of(c.location_average)});
  all.push_back({operational + "location_marginal", "marginal", view_of(c.location_marginal)});
  all.push_back({operational + "market", "market", view_of(c.market)});
  all.push_back({"emissions_g.embodied", "embodied", view_of(c.embodied)});
  all.push_back({"emissions_g.total", "carbon", view_of(c.total)});
  all.push_back({"intensity.value", "intensity", view_of(record.intensity.value)});
  if (record.marginal.value.known())
    all.push_back({"intensity_marginal.value", "marginal_intensity", view_of(record.marginal.value)});
  all.push_back({"pue", "", view_of(record.pue)});
  all.push_back({"cost", "", view_of(record.cost, record.currency.empty() ? MoneyTag::kUnit : record.currency)});
  all.push_back({"water_l", "water", view_of(record.water)});
  if (const ScheduleFigures& s = record.schedule_figures; s.present) {
    const std::string figures = "schedule.figures.";
    all.push_back({figures + "planned_average", "planned_saving", view_of(s.planned_average)});
    all.push_back({figures + "planned_marginal", "", view_of(s.planned_marginal)});
    all.push_back({figures + "saving_average", "saving", view_of(s.saving_average)});
    all.push_back({figures + "saving_marginal", "", view_of(s.saving_marginal)});
    all.push_back({figures + "saved_average_g", "saved", view_of(s.saved_average)});
    all.push_back({figures + "saved_marginal_g", "", view_of(s.saved_marginal)});
  }
  return all;
}

}  // namespace olivine
