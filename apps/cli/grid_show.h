// What `grid show` says about a zone, as one value; the command prints it as text or as JSON.
//
// Units: g/kWh. Errors: none here; a figure may be unknown and then has a reason. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grid/shipped.h"
#include "grid/zone_source.h"
#include "report/render.h"

namespace olivine::cli {

struct GridShow {
  std::string asked;
  bool only_stored = false;  // no shipped table has this zone, an import has
  GridZone zone;
  WallTime at;
  std::vector<GridFigure> figures;  // what was asked for; without --signal and --boundary: average, direct, marginal
  GridFigure run_uses;              // what `olivine run --zone` charges this hour with
  std::vector<GridFigure> yearly;
  std::vector<ZoneAlias> names, lies_in;
  std::vector<CloudRegion> clouds;
};

std::string render_grid_show_text(const GridShow& show, const TextStyle& style);
std::string render_grid_show_json(const GridShow& show);

}  // namespace olivine::cli
