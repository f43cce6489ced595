// grid zones, config show: tables and settings.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "base/text.h"
#include "grid/zones.h"

namespace olivine::cli {
namespace {

std::string zones_json(const std::vector<ZoneFactor>& zones) {
  auto list = nlohmann::ordered_json::array();
  for (const ZoneFactor& z : zones)
    list.push_back({{"zone", z.zone},
                    {"name", z.name},
                    {"parent", z.parent.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(z.parent)},
                    {"intensity_g_per_kwh", z.g_per_kwh},
                    {"boundary", z.type},
                    {"accounting", z.accounting},
                    {"losses", z.losses},
                    {"year", z.year > 0 ? nlohmann::ordered_json(z.year) : nlohmann::ordered_json(nullptr)},
                    {"source", z.row.text()}});
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string zones_text(const std::vector<ZoneFactor>& zones) {
  std::string text = fmt::format("{:<10} {:>8}  {:<10} {:<11} {:<5} {}\n", "zone", "g/kWh", "boundary", "accounting", "year", "name");
  for (const ZoneFactor& z : zones)
    text += fmt::format("{:<10} {:>8.1f}  {:<10} {:<11} {:<5} {}\n", z.zone, z.g_per_kwh, z.type, z.accounting,
                        z.year > 0 ? std::to_string(z.year) : "?", z.name);
  return text;
}

}  // namespace

int grid_zones_command(App& app) {
  const auto zones = search_zones(app.options.text);
  if (app.options.json) return print_json(app, zones_json(zones));
  if (zones.empty()) {
    const auto known = find_zone(app.options.text);
    return report_error(known ? Error{ErrorKind::kNotFound, "no zone"} : known.error());
  }
  return print(zones_text(zones));
}

int config_show_command(App& app) {
  return app.options.json ? print_json(app, render_config_json(app.config))
                          : print(render_config_text(app.config, app.options.origin));
}

}  // namespace olivine::cli
